// What stands under the crosshair, and the table behind a chart.

import { type DrawnLine, smoothed } from "./picture";
import type { HoverRow, PanelHover, TableRow } from "./protocol";
import type { Scale } from "./scale";

export interface Hoverable {
  id: string;
  dpr: number;
  lines: DrawnLine[];
  scaleX: Scale;
  scaleY: Scale;
  smoothing: number;
}

const MAX_ROWS = 12;
const MAX_DOTS = 60;
/** Beyond its ends a series still answers within this many CSS pixels. */
const REACH = 12;

/**
 * `y`: the pointer's height in the owner's plot, CSS pixels: its rows are sorted by nearness to it. Other panels pass null
 * and get their rows as drawn.
 */
export function hoverAt(panel: Hoverable, x: number, y: number | null): PanelHover {
  const { scaleX, dpr } = panel;
  if (x < scaleX.lo || x > scaleX.hi) return { id: panel.id, hair: null, rows: [], total: 0 };
  const rows: HoverRow[] = [];
  let snap = Number.NaN;
  for (const drawn of panel.lines) {
    const row = rowAt(drawn, x, panel);
    if (row === null) continue;
    rows.push(row);
    if (!(Math.abs(row.px - scaleX(x) / dpr) >= Math.abs(snap - scaleX(x) / dpr))) snap = row.px;
  }
  if (y !== null) {
    const distance = (row: HoverRow) => (Number.isFinite(row.py) ? Math.abs(row.py - y) : 1e9);
    rows.sort((a, b) => distance(a) - distance(b));
  }
  const hair = Number.isNaN(snap) ? scaleX(x) / dpr : snap;
  return { id: panel.id, hair, rows: rows.slice(0, y === null ? MAX_DOTS : MAX_ROWS), total: rows.length };
}

function rowAt({ run, line, shift }: DrawnLine, x: number, panel: Hoverable): HoverRow | null {
  if (line.n === 0) return null;
  const { scaleX, scaleY, dpr, smoothing } = panel;
  const after = Math.min(line.n - 1, line.lowerBound(x + shift));
  const before = Math.max(0, after - 1);
  const i = Math.abs(line.x[before] - shift - x) <= Math.abs(line.x[after] - shift - x) ? before : after;
  const at = scaleX(line.x[i] - shift) / dpr;
  const outside = x + shift < line.x[0] || x + shift > line.x[line.n - 1];
  if (outside && Math.abs(at - scaleX(x) / dpr) > REACH) return null;
  const values = smoothing > 0 ? smoothed(line, smoothing) : line.value;
  const py = Number.isFinite(values[i]) && !(scaleY.log && values[i] <= 0) ? scaleY(values[i]) / dpr : Number.NaN;
  return {
    run: run.id,
    step: line.step[i],
    wall: line.wall[i],
    relative: line.wall[i] - line.origin,
    value: line.value[i],
    smoothed: values[i],
    min: line.lo[i],
    max: line.hi[i],
    bucketed: line.bucketed,
    px: at,
    py,
  };
}

const MAX_TABLE = 1000;

/** Rows are the steps in view of all drawn runs, first ones first; of a bucketed line they are the last points of columns. */
export function tableOf(panel: Hoverable): { runs: string[]; rows: TableRow[]; left: number; bucketed: boolean } {
  const { scaleX } = panel;
  const byStep = new Map<bigint, TableRow>();
  panel.lines.forEach(({ line, shift }, column) => {
    for (let i = line.lowerBound(scaleX.lo + shift); i < line.n && line.x[i] - shift <= scaleX.hi; i++) {
      let row = byStep.get(line.step[i]);
      if (row === undefined) {
        row = { step: line.step[i], wall: line.wall[i], values: new Array(panel.lines.length).fill(null) };
        byStep.set(line.step[i], row);
      }
      row.values[column] = line.value[i];
    }
  });
  const rows = [...byStep.values()].sort((a, b) => (a.step < b.step ? -1 : a.step > b.step ? 1 : 0));
  return {
    runs: panel.lines.map(({ run }) => run.id),
    rows: rows.slice(0, MAX_TABLE),
    left: Math.max(0, rows.length - MAX_TABLE),
    bucketed: panel.lines.some(({ line }) => line.bucketed),
  };
}
