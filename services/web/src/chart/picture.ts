// One panel's picture: ranges, ticks, then envelopes, faint raw lines, lines and dots, in the order that they lie over each
// other. Pure: lines and a look in, pixels and a frame out.

import { drawCrowdLine, drawDots, drawEnvelope, drawLine, findMarks, type LineStyle } from "./geometry";
import type { Line } from "./line";
import type { Extreme, Frame, Mark, PanelSpec, Scene, SceneRun } from "./protocol";
import { Raster, type Rgb } from "./raster";
import { growX, makeScale, padRange, quantile, type Scale, type YMode } from "./scale";
import { ema } from "./smooth";
import { logTicks, relativeTicks, stepTicks, valueTicks, wallTicks } from "./ticks";

export interface DrawnLine {
  run: SceneRun;
  line: Line;
  /** What is subtracted from the line's x: its origin on the relative axis. */
  shift: number;
}

/** What stays between pictures of one panel so that live points do not make it jump. */
export interface Ranges {
  x: [number, number];
  y: [number, number];
}

export interface Picture {
  raster: Raster;
  frame: Frame;
  ranges: Ranges;
  scaleX: Scale;
  scaleY: Scale;
}

// Above 40 series envelopes would be a fog, above 300 lines are drawn thin and translucent.
const MAX_ENVELOPES = 40;
const MAX_SOLID = 300;
const MAX_MARKS = 60;

export function smoothed(line: Line, weight: number): Float64Array {
  const cache = smoothCache.get(line);
  if (cache && cache.weight === weight && cache.version === line.version) return cache.values;
  const values = ema(line.value, line.n, weight);
  smoothCache.set(line, { weight, version: line.version, values });
  return values;
}
const smoothCache = new WeakMap<Line, { weight: number; version: number; values: Float64Array }>();

export function xRange(lines: DrawnLine[], scene: Scene, base: bigint, held: Ranges | null): [number, number] {
  if (scene.range !== null) {
    return scene.range.axis === "step"
      ? [Number(scene.range.from - base), Number(scene.range.to - base)]
      : [scene.range.from, scene.range.to];
  }
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { line, shift } of lines) {
    if (line.n === 0) continue;
    lo = Math.min(lo, line.firstX - shift);
    hi = Math.max(hi, line.x[line.n - 1] - shift);
  }
  if (!(lo <= hi)) return [0, 1];
  if (held !== null) return [Math.min(lo, held.x[0]), growX(held.x[0], held.x[1], hi)];
  // A single place gets room, also where half a step is below the spacing of doubles.
  const room = Math.max(0.5, Math.abs(lo) * 2 ** -50);
  return lo === hi ? [lo - room, hi + room] : [lo, hi];
}

interface Extent {
  lo: number;
  hi: number;
  lowest: Extreme | null;
  highest: Extreme | null;
  nonPositive: number;
  atLeast: boolean;
  columns: number[] | null;
}

/** Where a line crosses x on its way between two rows; NaN: it does not. A zoom between two points has to show it. */
function valueAt(line: Line, x: number): number {
  const after = line.lowerBound(x);
  if (after === 0 || after >= line.n) return Number.NaN;
  const part = (x - line.x[after - 1]) / (line.x[after] - line.x[after - 1]);
  const value = line.value[after - 1] + (line.value[after] - line.value[after - 1]) * part;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Extremes of what is in view. With `keep`, also all column extremes, for quantiles. */
function extent(lines: DrawnLine[], x: [number, number], mode: YMode, keep: boolean): Extent {
  const e: Extent = {
    lo: Infinity,
    hi: -Infinity,
    lowest: null,
    highest: null,
    nonPositive: 0,
    atLeast: false,
    columns: keep ? [] : null,
  };
  for (const { line, shift, run } of lines) {
    for (const edge of x) {
      const value = valueAt(line, edge + shift);
      if (mode === "log" && value <= 0) continue;
      if (value < e.lo) e.lo = value;
      if (value > e.hi) e.hi = value;
    }
    const end = line.lowerBound(x[1] + shift + Number.EPSILON * Math.abs(x[1] + shift));
    const last = end < line.n && line.x[end] <= x[1] + shift ? end + 1 : end;
    for (let i = line.lowerBound(x[0] + shift); i < last; i++) {
      let lo = line.lo[i];
      const hi = line.hi[i];
      if (!Number.isFinite(lo) || !Number.isFinite(hi)) continue;
      if (mode === "log" && lo <= 0) {
        e.nonPositive++;
        e.atLeast ||= line.bucketed;
        if (hi <= 0) continue;
        lo = line.value[i] > 0 ? Math.min(line.value[i], hi) : hi;
      }
      if (lo < e.lo) e.lo = lo;
      if (hi > e.hi) e.hi = hi;
      if (e.lowest === null || lo < e.lowest.value) {
        e.lowest = { value: lo, step: line.loStep[i], run: run.id };
      }
      if (e.highest === null || hi > e.highest.value) {
        e.highest = { value: hi, step: line.hiStep[i], run: run.id };
      }
      e.columns?.push(lo, hi);
    }
  }
  return e;
}

function yRange(e: Extent, mode: YMode, held: Ranges | null): { y: [number, number]; clipped: boolean } {
  let lo = e.lo;
  let hi = e.hi;
  let margin = 0.05;
  let clipped = false;
  if (e.columns !== null && e.columns.length > 0) {
    const sorted = Float64Array.from(e.columns).sort();
    lo = quantile(sorted, 0.05);
    hi = quantile(sorted, 0.95);
    margin = 0.1;
    clipped = padRange(lo, hi, mode, margin)[0] > e.lo || padRange(lo, hi, mode, margin)[1] < e.hi;
  }
  const fresh = padRange(lo, hi, mode, margin);
  if (held === null || !(e.lo <= e.hi)) return { y: fresh, clipped };
  // Grows when a point would leave it, and shrinks never by itself.
  const inside = lo >= held.y[0] && hi <= held.y[1];
  return { y: inside ? held.y : [Math.min(held.y[0], fresh[0]), Math.max(held.y[1], fresh[1])], clipped };
}

export interface PictureInput {
  panel: PanelSpec;
  scene: Scene;
  base: bigint;
  lines: DrawnLine[];
  loading: boolean;
  newSteps: bigint;
  /** null: fit to the data. */
  held: Ranges | null;
}

export function drawPicture(input: PictureInput): Picture {
  const { panel, scene, base, lines, held } = input;
  const mode = panel.y ?? scene.y;
  const width = Math.max(1, Math.round(panel.width * panel.dpr));
  const height = Math.max(1, Math.round(panel.height * panel.dpr));
  const x = xRange(lines, scene, base, held);
  const e = extent(lines, x, mode, scene.outliers);
  const { y, clipped } = yRange(e, mode, held);
  const log = mode === "log";
  const scaleX = makeScale(x[0], x[1], 0, width, false);
  const scaleY = makeScale(y[0], y[1], height, 0, log);

  // Without a value in view there is no y axis to label.
  const ticks = log ? logTicks(y[0], y[1], panel.height) : valueTicks(y[0], y[1], panel.height);
  const yTicks = e.lo <= e.hi ? ticks : [];
  const raster = new Raster(width, height, scene.theme.panel);
  for (const tick of yTicks) {
    const at = Math.round(scaleY(tick.at) - panel.dpr / 2);
    raster.rect(0, at, width, at + Math.max(1, Math.round(panel.dpr)));
  }
  raster.flush(scene.theme.grid, 1);

  const marks = drawLines(raster, panel, scene, lines, scaleX, scaleY, height);
  const smoothingApproximate = scene.smoothing > 0 && lines.some(({ line }) => line.bucketed || line.partial);
  const frame: Frame = {
    axis: scene.x,
    base,
    x,
    y,
    log,
    xTicks: ticksOf(scene.x, x, base, panel.width),
    yTicks,
    marks,
    series: lines.filter(({ line }) => line.n > 0).length,
    bucketed: lines.filter(({ line }) => line.bucketed).length,
    smoothingApproximate,
    loading: input.loading,
    nonPositive: e.nonPositive,
    nonPositiveAtLeast: e.atLeast,
    nonFinite: lines.reduce((sum, { line }) => sum + line.nonFinite, 0),
    unplaced: lines.reduce((sum, { line }) => sum + line.unplaced, 0),
    clipped,
    truncated: lines.some(({ line }) => line.truncated),
    damaged: lines.some(({ line }) => line.damaged),
    newSteps: input.newSteps,
    lowest: e.lowest,
    highest: e.highest,
  };
  return { raster, frame, ranges: { x, y }, scaleX, scaleY };
}

function ticksOf(axis: Scene["x"], x: [number, number], base: bigint, pixels: number) {
  if (axis === "step") return stepTicks(x[0], x[1], base, pixels);
  return axis === "rel" ? relativeTicks(x[0], x[1], pixels) : wallTicks(x[0], x[1], pixels);
}

function drawLines(
  raster: Raster,
  panel: PanelSpec,
  scene: Scene,
  all: DrawnLine[],
  scaleX: Scale,
  scaleY: Scale,
  height: number,
): Mark[] {
  const { theme, focus, smoothing } = scene;
  const { dpr } = panel;
  // Focus lies on top, live runs above the others.
  const rank = (d: DrawnLine) => (d.run.id === focus ? 2 : d.run.live ? 1 : 0);
  const lines = all.filter((d) => d.line.n > 0).sort((a, b) => rank(a) - rank(b));
  const focused = focus !== null && lines.some((d) => d.run.id === focus);
  const dim = (d: DrawnLine) => (focused && d.run.id !== focus ? 0.3 : 1);
  const many = lines.length > MAX_SOLID;
  const color = (d: DrawnLine): Rgb => theme.runs[d.run.slot % theme.runs.length];

  for (const d of lines) {
    if (lines.length > MAX_ENVELOPES && d.run.id !== focus) continue;
    if (d.line.bucketed) {
      drawEnvelope(raster, d.line, d.shift, scaleX, scaleY, height);
      raster.flush(color(d), theme.envelope * dim(d));
    } else if (smoothing > 0) {
      const style: LineStyle = { width: dpr, dash: [], values: d.line.value };
      drawLine(raster, d.line, d.shift, scaleX, scaleY, style);
      raster.flush(color(d), (theme.envelope + 0.1) * dim(d));
    }
  }
  const marks: Mark[] = [];
  for (const d of lines) {
    const thick = d.run.id === focus;
    const values = smoothing > 0 ? smoothed(d.line, smoothing) : d.line.value;
    const alpha = many && !thick ? Math.max(0.12, 3 / Math.sqrt(lines.length)) : dim(d);
    const style: LineStyle = {
      width: dpr * (thick ? 2.2 : many ? 1 : 1.4),
      dash: DASHES[d.run.dash % DASHES.length].map((length) => length * dpr),
      values,
    };
    if (many && !thick) {
      drawCrowdLine(raster, d.line, d.shift, scaleX, scaleY, values, color(d), alpha * dim(d));
      continue;
    }
    drawLine(raster, d.line, d.shift, scaleX, scaleY, style);
    drawDots(raster, d.line, d.shift, scaleX, scaleY, style, dpr);
    raster.flush(color(d), alpha);
    if (d.run.live) drawHead(raster, d, scaleX, scaleY, style.values, dpr, theme.panel, color(d));
    if (marks.length < MAX_MARKS) marks.push(...findMarks(d.line, d.shift, scaleX, dpr, MAX_MARKS - marks.length));
  }
  return marks;
}

/** The end of a run that is still writing: a dot with a rim. */
function drawHead(
  raster: Raster,
  d: DrawnLine,
  scaleX: Scale,
  scaleY: Scale,
  values: Float64Array,
  dpr: number,
  rim: Rgb,
  color: Rgb,
) {
  let i = d.line.n - 1;
  while (i >= 0 && !Number.isFinite(values[i])) i--;
  if (i < 0 || (scaleY.log && values[i] <= 0)) return;
  const x = Math.min(scaleX(d.line.x[i] - d.shift), raster.width - 4 * dpr);
  if (scaleX(d.line.x[i] - d.shift) > raster.width + 1 || x < 0) return;
  const y = scaleY(values[i]);
  raster.dot(x, y, 3.6 * dpr);
  raster.flush(rim, 1);
  raster.dot(x, y, 2.6 * dpr);
  raster.flush(color, 1);
}

// Solid, 4-2, 1-2, 6-2-1-2 (CSS pixels): 12 colours × 4 = 48 looks.
const DASHES: readonly (readonly number[])[] = [[], [5, 3], [1.5, 2.5], [7, 2.5, 1.5, 2.5]];
