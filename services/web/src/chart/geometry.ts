// How a series becomes shapes in the raster.

import type { Line } from "./line";
import type { Mark } from "./protocol";
import { polyline, type Raster, type Rgb } from "./raster";
import type { Scale } from "./scale";

export interface LineStyle {
  width: number;
  dash: readonly number[];
  values: Float64Array;
}

/** What drawLine needs of a line. */
type Rows = Pick<Line, "x" | "touching">;

const drawable = (value: number, log: boolean) => Number.isFinite(value) && (!log || value > 0);

/** Segments between neighbouring drawable rows; a row that cannot be drawn (NaN, ≤ 0 on a log axis) breaks the line. */
export function drawLine(
  raster: Raster,
  line: Rows,
  shift: number,
  scaleX: Scale,
  scaleY: Scale,
  style: LineStyle,
): void {
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  const xs = new Float64Array(to - from);
  const ys = new Float64Array(to - from);
  let count = 0;
  const finish = () => {
    if (count > 1) polyline(raster, xs, ys, 0, count, style.width, style.dash);
    count = 0;
  };
  for (let i = from; i < to; i++) {
    const value = style.values[i];
    // On another tag's axis a row may have no place.
    if (!drawable(value, scaleY.log) || Number.isNaN(line.x[i])) {
      finish();
      continue;
    }
    xs[count] = scaleX(line.x[i] - shift);
    ys[count] = scaleY(value);
    count++;
  }
  finish();
}

/** Whether a line has more rows in view than the picture has columns: its spans a column are all that can be seen of it. */
export function isDense(line: Line, shift: number, scaleX: Scale, width: number): boolean {
  if (line.path) return false;
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  return to - from > width;
}

/**
 * A line as the span of its height in each pixel column, `half` of its width beyond either end: what lines of a crowd
 * and dense lines are drawn with, several times faster than stroke by stroke. A row that cannot be drawn breaks it.
 */
export function drawSpans(
  raster: Pick<Raster, "width" | "spans">,
  line: Line,
  shift: number,
  scaleX: Scale,
  scaleY: Scale,
  values: Float64Array,
  color: Rgb,
  alpha: number,
  half = 0.5,
  dash: readonly number[] = [],
): void {
  const { width } = raster;
  const upper = new Float32Array(width).fill(Number.POSITIVE_INFINITY);
  const lower = new Float32Array(width).fill(Number.NEGATIVE_INFINITY);
  const put = (x: number, y0: number, y1: number) => {
    const top = Math.min(y0, y1);
    const bottom = Math.max(y0, y1);
    if (top - half < upper[x]) upper[x] = top - half;
    if (bottom + half > lower[x]) lower[x] = bottom + half;
  };
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  let px = Number.NaN;
  let py = 0;
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (!drawable(value, scaleY.log)) {
      px = Number.NaN;
      continue;
    }
    const x = scaleX(line.x[i] - shift);
    const y = scaleY(value);
    const start = Number.isNaN(px) ? x : px;
    const startY = Number.isNaN(px) ? y : py;
    const slope = x > start ? (y - startY) / (x - start) : 0;
    const last = Math.min(width - 1, Math.floor(x));
    for (let column = Math.max(0, Math.floor(start)); column <= last; column++) {
      const a = Math.max(column, start);
      const b = Math.min(column + 1, x);
      put(column, startY + slope * (a - start), b >= x ? y : startY + slope * (b - start));
    }
    px = x;
    py = y;
  }
  if (dash.length > 0) leaveOut(upper, dash);
  raster.spans(upper, lower, color, alpha);
}

/** Empties the columns of the gaps of a dash pattern, which runs along x: a dense line has no length to speak of. */
function leaveOut(upper: Float32Array, dash: readonly number[]): void {
  let index = 0;
  let end = dash[0];
  for (let x = 0; x < upper.length; x++) {
    while (x >= end) {
      index = (index + 1) % dash.length;
      end += dash[index];
    }
    if (index % 2 === 1) upper[x] = Number.POSITIVE_INFINITY;
  }
}

/** Dots on the points of an exact line where they are at least 6 CSS pixels apart, and on points without neighbours. */
export function drawDots(
  raster: Raster,
  line: Line,
  shift: number,
  scaleX: Scale,
  scaleY: Scale,
  style: LineStyle,
  dpr: number,
): void {
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  const span = to - from > 1 ? scaleX(line.x[to - 1]) - scaleX(line.x[from]) : 0;
  const sparse = !line.bucketed && !line.path && (to - from < 2 || span / (to - from - 1) >= 6 * dpr);
  // Only what breaks a line leaves a point alone.
  if (!sparse && line.nonFinite === 0 && !scaleY.log && line.n > 1) return;
  const { log } = scaleY;
  for (let i = from; i < to; i++) {
    if (!drawable(style.values[i], log) || Number.isNaN(line.x[i])) continue;
    const before = i > 0 && drawable(style.values[i - 1], log);
    const after = i + 1 < line.n && drawable(style.values[i + 1], log);
    if (!sparse && (before || after)) continue;
    raster.dot(scaleX(line.x[i] - shift), scaleY(style.values[i]), (before || after ? 1.8 : 2.4) * dpr);
  }
}

/**
 * The envelope of a bucketed line: for each pixel column the span from the least to the greatest value. Between columns of
 * the answer the spans are joined linearly; each extreme itself stands at its own x, so that none is lost.
 */
export function drawEnvelope(
  raster: Raster,
  line: Line,
  shift: number,
  scaleX: Scale,
  scaleY: Scale,
  height: number,
): void {
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  const top = new Float64Array(raster.width).fill(Number.POSITIVE_INFINITY);
  const bottom = new Float64Array(raster.width).fill(Number.NEGATIVE_INFINITY);
  const put = (column: number, y0: number, y1: number) => {
    if (column < 0 || column >= raster.width) return;
    if (y0 < top[column]) top[column] = y0;
    if (y1 > bottom[column]) bottom[column] = y1;
  };
  const edge = (value: number, atFoot: number) => (scaleY.log && value <= 0 ? atFoot : scaleY(value));
  let px = Number.NaN;
  let pTop = 0;
  let pBottom = 0;
  for (let i = from; i < to; i++) {
    if (!drawable(line.hi[i], scaleY.log)) {
      px = Number.NaN;
      continue;
    }
    const yTop = scaleY(line.hi[i]);
    const yBottom = edge(line.lo[i], height);
    const x = (scaleX(line.loX[i] - shift) + scaleX(line.hiX[i] - shift)) / 2;
    put(Math.floor(scaleX(line.hiX[i] - shift)), yTop, yTop);
    put(Math.floor(scaleX(line.loX[i] - shift)), yBottom, yBottom);
    put(Math.floor(x), yTop, yBottom);
    for (let column = Math.max(0, Math.ceil(px - 0.5)); column < Math.min(raster.width, x); column++) {
      const part = x > px ? (column + 0.5 - px) / (x - px) : 1;
      if (part < 0 || part > 1) continue;
      put(column, pTop + (yTop - pTop) * part, pBottom + (yBottom - pBottom) * part);
    }
    px = x;
    pTop = yTop;
    pBottom = yBottom;
  }
  for (let column = 0; column < raster.width; column++) {
    if (top[column] <= bottom[column]) raster.rect(column, top[column] - 0.5, column + 1, bottom[column] + 0.5);
  }
}

/** The span from the least to the greatest value in each `gap`-th pixel column from `first` on; the others are empty. */
export function hatchSpans(
  raster: Pick<Raster, "width" | "height">,
  line: Line,
  shift: number,
  scaleX: Scale,
  scaleY: Scale,
  gap: number,
  first: number,
): { upper: Float32Array; lower: Float32Array } {
  const upper = new Float32Array(raster.width).fill(Number.POSITIVE_INFINITY);
  const lower = new Float32Array(raster.width).fill(Number.NEGATIVE_INFINITY);
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  for (let i = from; i < to; i++) {
    const column = Math.floor(scaleX(line.x[i] - shift));
    if (column < 0 || column >= raster.width || column % gap !== first) continue;
    if (!drawable(line.hi[i], scaleY.log)) continue;
    const top = scaleY(line.hi[i]);
    const bottom = scaleY.log && line.lo[i] <= 0 ? raster.height : scaleY(line.lo[i]);
    if (top < upper[column]) upper[column] = top;
    if (bottom > lower[column]) lower[column] = bottom;
  }
  return { upper, lower };
}

/** The area between two columns of values, as spans a pixel column; NaN leaves a gap. */
export function drawBand(
  raster: Raster,
  xs: Float64Array,
  lo: Float64Array,
  hi: Float64Array,
  scaleX: Scale,
  scaleY: Scale,
): void {
  const foot = raster.height;
  const place = (value: number) => (scaleY.log && value <= 0 ? foot : scaleY(value));
  let row = 0;
  for (let column = 0; column < raster.width; column++) {
    const at = column + 0.5;
    while (row + 1 < xs.length && scaleX(xs[row + 1]) < at) row++;
    if (row + 1 >= xs.length) break;
    const from = scaleX(xs[row]);
    const to = scaleX(xs[row + 1]);
    if (at < from || at > to) continue;
    const part = to > from ? (at - from) / (to - from) : 0;
    const upper = place(hi[row]) + (place(hi[row + 1]) - place(hi[row])) * part;
    const lower = place(lo[row]) + (place(lo[row + 1]) - place(lo[row])) * part;
    if (lower > upper) raster.rect(column, upper, column + 1, lower);
  }
}

/** Stretches of NaN and infinities in view. In buckets a stretch is seen where a column's last point is one. */
export function findMarks(line: Line, shift: number, scaleX: Scale, dpr: number, most: number): Mark[] {
  if (line.nonFinite === 0) return [];
  const marks: Mark[] = [];
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  const rightEdge = scaleX(scaleX.hi);
  let open: Mark | null = null;
  for (let i = from; i < to; i++) {
    const value = line.value[i];
    if (Number.isFinite(value)) {
      open = null;
      continue;
    }
    const kind = Number.isNaN(value) ? "nan" : value > 0 ? "+inf" : "-inf";
    const at = scaleX(line.x[i] - shift) / dpr;
    if (at < -1 || at > rightEdge / dpr + 1) continue;
    if (open !== null && open.kind === kind) {
      open.to = at;
      continue;
    }
    if (marks.length >= most) break;
    open = { kind, from: at, to: at, step: line.step[i] };
    marks.push(open);
  }
  return marks;
}
