// What is drawn of a line: its values, smoothed as the look says.

import type { Line } from "./line";
import type { Look, SceneRun, Smoothing } from "./protocol";
import type { Rgb } from "./raster";
import { smooth, smooths } from "./smooth";

export interface DrawnLine {
  run: SceneRun;
  tag: string;
  color: Rgb;
  dash: number;
  line: Line;
  /** What is subtracted from the line's x: its origin on the relative axis. */
  shift: number;
}

/** How a panel smooths: the look's way, and the range that twema and gauss measure by. */
export interface Smoother {
  how: Smoothing;
  range: number;
}

export const smootherOf = (look: Pick<Look, "smoothing">, range: number): Smoother => ({
  how: look.smoothing,
  range: look.smoothing.range ?? range,
});

/** What the server is asked to smooth with; equal keys mean equal lines. */
export const smootherKey = ({ how, range }: Smoother): string =>
  how.kind === "ema" || how.kind === "mean" ? `${how.kind}:${how.amount}` : `${how.kind}:${how.amount}@${range}`;

const cache = new WeakMap<Line, { key: string; version: number; values: Float64Array }>();

/** Exact where all points are here or the server smoothed them; else from columns, weighted by what they stand for. */
export function valuesOf(line: Line, smoother: Smoother): Float64Array {
  if (!smooths(smoother.how)) return line.value;
  const key = smootherKey(smoother);
  const known = cache.get(line);
  if (known?.key === key && known.version === line.version) return known.values;
  const values = compute(line, smoother, key);
  cache.set(line, { key, version: line.version, values });
  return values;
}

function compute(line: Line, { how, range }: Smoother, key: string): Float64Array {
  const served = line.smoothed !== null && line.smoothedBy === key ? line.smoothed : null;
  if (served !== null && line.smoothedRows === line.n) return served;
  const x = line.path ? Float64Array.from(line.step, Number) : line.x;
  const own = smooth(how, { count: line.n, x, y: line.mean, weight: line.weight }, range);
  if (served === null || line.smoothedRows === 0) return own;
  // Live rows go on from where the served ones end.
  const last = line.smoothedRows - 1;
  const offset = served[last] - own[last];
  const joined = Number.isFinite(offset) ? own.map((value) => value + offset) : own;
  joined.set(served.subarray(0, line.smoothedRows));
  return joined;
}

/** Whether the smoothed line is not what all points would give. */
export function isApproximate(line: Line, smoother: Smoother): boolean {
  if (!smooths(smoother.how) || (!line.bucketed && !line.partial)) return false;
  const served = line.smoothed !== null && line.smoothedBy === smootherKey(smoother);
  return !served || line.smoothedApprox || line.smoothedRows < line.n;
}
