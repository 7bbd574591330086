// The ranges that a panel shows.

import type { GroupLine } from "./groups";
import type { Line } from "./line";
import type { Extreme, Look, Scene } from "./protocol";
import { growX, linearPart, padRange, quantile, type YMode } from "./scale";
import type { DrawnLine } from "./values";

export interface HeldY {
  y: [number, number];
  c: number;
}

/** What stays between pictures of one panel so that live points do not make it jump. */
export interface Ranges {
  x: [number, number];
  y: [number, number];
  c: number;
  /** Of the axis at the right. */
  right?: HeldY | null;
  /** X of twema and gauss: what the data spanned at first. */
  smoothing: number;
}

/** Least and greatest x of the data; with `positive` of what a log axis can show. */
export function dataSpan(lines: DrawnLine[], positive = false): [number, number] | null {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { line, shift } of lines) {
    if (line.n === 0) continue;
    if (line.path) {
      for (let i = 0; i < line.n; i++) {
        const x = line.x[i] - shift;
        if (!Number.isFinite(x) || (positive && x <= 0)) continue;
        lo = Math.min(lo, x);
        hi = Math.max(hi, x);
      }
      continue;
    }
    const first = line.firstX - shift;
    if (!positive || first > 0) lo = Math.min(lo, first);
    else {
      const at = line.lowerBound(shift + Number.MIN_VALUE);
      if (at < line.n && line.x[at] - shift > 0) lo = Math.min(lo, line.x[at] - shift);
    }
    hi = Math.max(hi, line.x[line.n - 1] - shift);
  }
  return lo <= hi ? [lo, hi] : null;
}

export function xRange(
  lines: DrawnLine[],
  range: Scene["range"],
  look: Pick<Look, "x" | "xLog">,
  base: bigint,
  held: Ranges | null,
): [number, number] {
  if (range !== null && range.axis === look.x) {
    return range.axis === "step" ? [Number(range.from - base), Number(range.to - base)] : [range.from, range.to];
  }
  const span = dataSpan(lines, look.xLog);
  if (span === null) return look.xLog ? [1, 10] : [0, 1];
  const [lo, hi] = span;
  if (held !== null) return [Math.min(lo, held.x[0]), growX(held.x[0], held.x[1], hi)];
  // A single place gets room, also where half a step is below the spacing of doubles.
  const room = Math.max(0.5, Math.abs(lo) * 2 ** -50);
  return lo === hi ? [look.xLog ? lo / 2 : lo - room, hi + room] : [lo, hi];
}

export interface Extent {
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
  if (line.path) return Number.NaN;
  const after = line.lowerBound(x);
  if (after === 0 || after >= line.n) return Number.NaN;
  const part = (x - line.x[after - 1]) / (line.x[after] - line.x[after - 1]);
  const value = line.value[after - 1] + (line.value[after] - line.value[after - 1]) * part;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Extremes of what is in view. With `keep`, also all column extremes, for quantiles. Yields after each line. */
export function* extentOf(
  lines: DrawnLine[],
  x: [number, number],
  mode: YMode,
  keep: boolean,
): Generator<void, Extent> {
  const e: Extent = {
    lo: Infinity,
    hi: -Infinity,
    lowest: null,
    highest: null,
    nonPositive: 0,
    atLeast: false,
    columns: keep ? [] : null,
  };
  for (const drawn of lines) {
    const { line, shift } = drawn;
    for (const edge of x) {
      const value = valueAt(line, edge + shift);
      if (mode === "log" && value <= 0) continue;
      if (value < e.lo) e.lo = value;
      if (value > e.hi) e.hi = value;
    }
    addRows(e, drawn, x, mode);
    yield;
  }
  return e;
}

function addRows(e: Extent, { line, shift, run }: DrawnLine, x: [number, number], mode: YMode): void {
  const [from, to] = line.within(x[0] + shift, x[1] + shift);
  for (let i = from; i < to; i++) {
    if (line.path && !(line.x[i] >= x[0] && line.x[i] <= x[1])) continue;
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
    if (e.lowest === null || lo < e.lowest.value) e.lowest = { value: lo, step: line.loStep[i], run: run.id };
    if (e.highest === null || hi > e.highest.value) e.highest = { value: hi, step: line.hiStep[i], run: run.id };
    e.columns?.push(lo, hi);
  }
}

/** A band may reach beyond its members: their mean and a deviation. */
export function addBand(e: Extent, { centre, lo, hi }: Pick<GroupLine, "centre" | "lo" | "hi">, mode: YMode): void {
  for (const values of [centre, lo, hi]) {
    for (const value of values) {
      if (!Number.isFinite(value) || (mode === "log" && value <= 0)) continue;
      if (value < e.lo) e.lo = value;
      if (value > e.hi) e.hi = value;
    }
  }
}

export interface YRange {
  y: [number, number];
  c: number;
  clipped: boolean;
}

export function yRange(e: Extent, look: Pick<Look, "y" | "c" | "outliers" | "yRange">, held: HeldY | null): YRange {
  const mode = look.y;
  const c = look.c ?? held?.c ?? (mode === "symlog" ? linearPart(Float64Array.from(e.columns ?? [], Math.abs)) : 1);
  if (look.yRange !== null) {
    const [lo, hi] = look.yRange;
    const usable = mode !== "log" || lo > 0;
    if (usable) return { y: [lo, hi], c, clipped: false };
  }
  let { lo, hi } = e;
  let margin = 0.05;
  let clipped = false;
  if (look.outliers && e.columns !== null && e.columns.length > 0) {
    const sorted = Float64Array.from(e.columns).sort();
    lo = quantile(sorted, 0.05);
    hi = quantile(sorted, 0.95);
    margin = 0.1;
    const [from, to] = padRange(lo, hi, mode, margin, c);
    clipped = from > e.lo || to < e.hi;
  }
  const fresh = padRange(lo, hi, mode, margin, c);
  if (held === null || !(e.lo <= e.hi)) return { y: fresh, c, clipped };
  // Grows when a point would leave it, and shrinks never by itself.
  const inside = lo >= held.y[0] && hi <= held.y[1];
  return { y: inside ? held.y : [Math.min(held.y[0], fresh[0]), Math.max(held.y[1], fresh[1])], c, clipped };
}
