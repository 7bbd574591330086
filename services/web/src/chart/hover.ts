// What stands under the crosshair, the table behind a chart, and which runs pass through a box.

import { interpolate } from "./derive";
import type { GroupLine } from "./groups";
import { cssOf, type Layers, scaleYFor } from "./layers";
import type { HoverRow, PanelHover, RowOrder, Table, TableRow } from "./protocol";
import { type DrawnLine, valuesOf } from "./values";

export interface Hoverable {
  id: string;
  layers: Layers;
}

const MAX_ROWS = 12;
const MAX_DOTS = 60;
/** Beyond its ends a series still answers within this many CSS pixels. */
const REACH = 12;

/**
 * `y`: the pointer's height in the owner's plot, CSS pixels. Other panels pass null and get their rows as drawn.
 */
export function hoverAt(
  { id, layers }: Hoverable,
  x: number,
  y: number | null,
  order: RowOrder = "pixel",
  most = y === null ? MAX_DOTS : MAX_ROWS,
): PanelHover {
  const { scaleX, panel, lines, groups } = layers;
  if (!(x >= scaleX.lo && x <= scaleX.hi)) return { id, hair: null, rows: [], total: 0 };
  const at = scaleX(x) / panel.dpr;
  if (layers.pick != null) return pickAt(id, layers, x, at, y, order, most);
  const rows: HoverRow[] = groups.map((g) => groupRow(g, x, layers)).filter((row) => row !== null);
  let snap = Number.NaN;
  const members = groups.length > 0 ? lines.filter(({ run }) => run.id === layers.scene.focus) : lines;
  for (const drawn of members) {
    const row = drawn.line.path ? pathRow(drawn, at, y, layers) : rowAt(drawn, x, layers);
    if (row === null) continue;
    rows.push(row);
    if (!drawn.line.path && !(Math.abs(row.px - at) >= Math.abs(snap - at))) snap = row.px;
  }
  if (y !== null) sortRows(rows, at, y, order);
  return {
    id,
    hair: Number.isNaN(snap) ? at : snap,
    ...(y === null ? {} : { x, y }),
    rows: rows.slice(0, most),
    total: rows.length,
  };
}

const PICK_REACH = 6; // CSS pixels

/** Of a crowd: the lines under the pointer, and the focused one. Other panels show only that. */
function pickAt(
  id: string,
  layers: Layers,
  x: number,
  at: number,
  y: number | null,
  order: RowOrder,
  most: number,
): PanelHover {
  const { pick, picked = [], panel, lines, scene } = layers;
  const near = y === null ? [] : pick!.near(at * panel.dpr, y * panel.dpr, PICK_REACH * panel.dpr, most);
  const found = near.map((index) => picked[index]);
  const focused = lines.filter((d) => d.run.id === scene.focus && !found.includes(d));
  const rows = [...found, ...focused].map((d) => (d.line.path ? pathRow(d, at, y, layers) : rowAt(d, x, layers)));
  const there = rows.filter((row) => row !== null);
  const hair = there.find((row) => Math.abs(row.px - at) <= REACH)?.px ?? at;
  if (y !== null && order !== "pixel") sortRows(there, at, y, order);
  return { id, hair, ...(y === null ? {} : { x, y }), rows: there.slice(0, most), total: picked.length };
}

function sortRows(rows: HoverRow[], at: number, y: number, order: RowOrder): void {
  // What has no place, as NaN, comes last.
  const last = (key: number) => (Number.isFinite(key) ? key : Number.POSITIVE_INFINITY);
  const key = (row: HoverRow): number => {
    if (order === "up") return last(row.value);
    if (order === "down") return last(-row.value);
    return last(order === "value" ? Math.abs(row.py - y) : Math.hypot(row.px - at, row.py - y));
  };
  const keys = new Map(rows.map((row) => [row, key(row)]));
  rows.sort((a, b) => keys.get(a)! - keys.get(b)! || 0);
}

function rowAt({ run, tag, color, line, shift }: DrawnLine, x: number, layers: Layers): HoverRow | null {
  if (line.n === 0) return null;
  const { scaleX, panel } = layers;
  const after = Math.min(line.n - 1, line.lowerBound(x + shift));
  const before = Math.max(0, after - 1);
  const i = Math.abs(line.x[before] - shift - x) <= Math.abs(line.x[after] - shift - x) ? before : after;
  const px = scaleX(line.x[i] - shift) / panel.dpr;
  const outside = x + shift < line.x[0] || x + shift > line.x[line.n - 1];
  if (outside && Math.abs(px - scaleX(x) / panel.dpr) > REACH) return null;
  return { run: run.id, tag, color: cssOf(color), ...rowOf(line, tag, i, px, layers) };
}

/** The point of a path that is nearest to the pointer; for other panels, nearest to the hair. */
function pathRow({ run, tag, color, line }: DrawnLine, at: number, y: number | null, layers: Layers): HoverRow | null {
  const { scaleX, panel, smoother } = layers;
  const scaleY = scaleYFor(layers, tag);
  const values = valuesOf(line, smoother);
  let best = -1;
  let least = y === null ? REACH : Number.POSITIVE_INFINITY;
  for (let i = 0; i < line.n; i++) {
    if (!Number.isFinite(line.x[i])) continue;
    const dx = scaleX(line.x[i]) / panel.dpr - at;
    const distance = y === null ? Math.abs(dx) : Math.hypot(dx, scaleY(values[i]) / panel.dpr - y);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  if (best < 0) return null;
  const px = scaleX(line.x[best]) / panel.dpr;
  return { run: run.id, tag, color: cssOf(color), ...rowOf(line, tag, best, px, layers) };
}

function rowOf(line: DrawnLine["line"], tag: string, i: number, px: number, layers: Layers) {
  const { panel, smoother } = layers;
  const scaleY = scaleYFor(layers, tag);
  const smoothed = valuesOf(line, smoother)[i];
  return {
    step: line.step[i],
    wall: line.wall[i],
    relative: line.wall[i] - line.origin,
    value: line.value[i],
    smoothed,
    min: line.lo[i],
    max: line.hi[i],
    bucketed: line.bucketed,
    px,
    py: Number.isFinite(smoothed) && !(scaleY.log && smoothed <= 0) ? scaleY(smoothed) / panel.dpr : Number.NaN,
  };
}

function groupRow(g: GroupLine, x: number, { scaleX, scaleY, panel, scene }: Layers): HoverRow | null {
  let i = 0;
  for (let k = 0; k < g.x.length; k++) if (Math.abs(g.x[k] - x) < Math.abs(g.x[i] - x)) i = k;
  if (g.x.length === 0 || g.n[i] === 0) return null;
  const value = g.centre[i];
  return {
    run: g.group.key,
    tag: g.tag,
    color: cssOf(scene.theme.runs[g.group.slot % scene.theme.runs.length]),
    group: { n: g.n[i], sd: g.sd[i] },
    step: g.step[i],
    wall: g.wall[i],
    relative: 0,
    value,
    smoothed: value,
    min: g.lo[i],
    max: g.hi[i],
    bucketed: false,
    px: scaleX(g.x[i]) / panel.dpr,
    py: scaleY.log && value <= 0 ? Number.NaN : scaleY(value) / panel.dpr,
  };
}

/** Rows are the steps in a range, or in view, first ones first; of a bucketed line they are the last points of columns. */
export function tableOf({ layers }: Hoverable, range: [number, number] | null, most: number): Table {
  const { scaleX, lines } = layers;
  const [lo, hi] = range ?? [scaleX.lo, scaleX.hi];
  const byStep = new Map<bigint, TableRow>();
  lines.forEach(({ line, shift }, column) => {
    const [from, to] = line.within(lo + shift, hi + shift);
    for (let i = from; i < to; i++) {
      if (line.path && !(line.x[i] >= lo && line.x[i] <= hi)) continue;
      let row = byStep.get(line.step[i]);
      if (row === undefined) {
        row = { step: line.step[i], wall: line.wall[i], values: new Array(lines.length).fill(null) };
        byStep.set(line.step[i], row);
      }
      row.values[column] = line.value[i];
    }
  });
  const rows = [...byStep.values()].sort((a, b) => (a.step < b.step ? -1 : a.step > b.step ? 1 : 0));
  return {
    what: "table",
    columns: lines.map(({ run, tag }) => ({ run: run.id, tag })),
    rows: rows.slice(0, most),
    left: Math.max(0, rows.length - most),
    bucketed: lines.some(({ line }) => line.bucketed),
  };
}

/** As the tooltip has it: centre, deviation and members of each group, at its places in a range. null: there are no groups. */
export function groupTable({ layers }: Hoverable, range: [number, number] | null, most: number): Table | null {
  const { scaleX, groups } = layers;
  if (groups.length === 0) return null;
  const [lo, hi] = range ?? [scaleX.lo, scaleX.hi];
  const what = ["centre", "sd", "n"] as const;
  const byStep = new Map<bigint, TableRow>();
  groups.forEach((g, k) => {
    for (let i = 0; i < g.x.length; i++) {
      if (g.n[i] === 0 || !(g.x[i] >= lo && g.x[i] <= hi)) continue;
      const row = byStep.get(g.step[i]) ?? {
        step: g.step[i],
        wall: g.wall[i],
        values: new Array(groups.length * what.length).fill(null),
      };
      byStep.set(g.step[i], row);
      what.forEach((of, w) => {
        row.values[k * what.length + w] = g[of][i];
      });
    }
  });
  const rows = [...byStep.values()].sort((a, b) => (a.step < b.step ? -1 : a.step > b.step ? 1 : 0));
  return {
    what: "table",
    columns: groups.flatMap(({ group, tag }) => what.map((of) => ({ run: group.key, tag, of }))),
    rows: rows.slice(0, most),
    left: Math.max(0, rows.length - most),
    bucketed: layers.lines.some(({ line }) => line.bucketed),
  };
}

/** Runs with a point in the box, or whose line crosses one of its sides. */
export function passing({ layers }: Hoverable, x: [number, number], y: [number, number]): string[] {
  const out = new Set<string>();
  for (const { line, shift, run } of layers.lines) {
    const [from, to] = line.within(x[0] + shift, x[1] + shift);
    let hit = false;
    for (let i = from; i < to && !hit; i++) {
      if (line.path && !(line.x[i] >= x[0] && line.x[i] <= x[1])) continue;
      hit = line.hi[i] >= y[0] && line.lo[i] <= y[1];
    }
    if (!hit && !line.path) {
      const [a, b] = x.map((edge) => interpolate(line, line.value, edge + shift));
      hit = Math.max(a, b) >= y[0] && Math.min(a, b) <= y[1];
    }
    if (hit) out.add(run.id);
  }
  return [...out];
}
