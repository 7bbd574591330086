// Smoothing of (x_i, y_i) on the rows that are there. Non-finite y pass through and do not count; a constant series is left
// untouched (the arithmetic would add rounding noise to it). The server has the same formulas on raw points.

import type { Smoothing, SmoothingKind } from "./protocol";

/** The largest amount of each kind: weights, σ in percent of the range, points. */
export const MAX_AMOUNT: Record<SmoothingKind, number> = { none: 0, ema: 0.999, twema: 0.999, gauss: 50, mean: 10_001 };

// Time-weighted smoothing is as strong as ema would be with this many points over the range.
const TWEMA_POINTS = 1000;

/** Whether it does anything. */
export const smooths = (s: Smoothing): boolean => s.kind !== "none" && s.amount > 0;

/** Rows to smooth, in order of x. */
export interface Rows {
  count: number;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Points that a row stands for (columns); null: one each. */
  weight: ArrayLike<number> | null;
}

/** `range`: X of twema and gauss, in units of x. */
export function smooth(how: Smoothing, rows: Rows, range: number): Float64Array {
  if (!smooths(how) || isConstant(rows)) return Float64Array.from({ length: rows.count }, (_, i) => rows.y[i]);
  switch (how.kind) {
    case "ema":
      return ema(rows, how.amount);
    case "twema":
      return twema(rows, how.amount, range);
    case "gauss":
      return gauss(rows, (how.amount / 100) * range);
    default:
      return mean(rows, how.amount);
  }
}

/** As TensorBoard: s_i = w·s_{i−1} + (1 − w)·y_i, s_0 = 0; drawn s_i / (1 − w^i), i counted from 1 over the finite values. */
function ema({ count, y: ys, weight }: Rows, w: number): Float64Array {
  const out = new Float64Array(count);
  let last = 0;
  let power = 1; // w^i
  for (let i = 0; i < count; i++) {
    const y = ys[i];
    if (!Number.isFinite(y)) {
      out[i] = y;
      continue;
    }
    const decay = weight === null ? w : w ** Math.max(1, weight[i]);
    last = last * decay + (1 - decay) * y;
    power *= decay;
    out[i] = last / (1 - power);
  }
  return out;
}

/** α_i = w^(k·Δx_i/X), w = min(√amount, 0.999): s_i = α_i·s_{i−1} + y_i, n_i = α_i·n_{i−1} + 1; drawn s_i/n_i. */
function twema({ count, x: xs, y: ys, weight }: Rows, amount: number, range: number): Float64Array {
  const out = new Float64Array(count);
  const logWeight = Math.log(Math.min(Math.sqrt(amount), 0.999));
  const scale = range > 0 ? (logWeight * TWEMA_POINTS) / range : 0;
  let sum = 0;
  let n = 0;
  let before = Number.NaN;
  for (let i = 0; i < count; i++) {
    const y = ys[i];
    if (!Number.isFinite(y)) {
      out[i] = y;
      continue;
    }
    const power = Number.isNaN(before) ? Number.NEGATIVE_INFINITY : scale * Math.abs(xs[i] - before);
    const alpha = Math.exp(power);
    // A row of many points counts as if they stood evenly between it and the row before.
    const own = weight === null ? 1 : evenly(alpha, power, Math.max(1, weight[i]));
    sum = alpha * sum + own * y;
    n = alpha * n + own;
    before = xs[i];
    out[i] = sum / n;
  }
  return out;
}

/** 1 + a + a² + … of `points` terms, where a^points = alpha = e^power. */
function evenly(alpha: number, power: number, points: number): number {
  const each = Math.exp(power / points);
  return each < 1 ? (1 - alpha) / (1 - each) : points;
}

/** Σ_j y_j·exp(−(x_i−x_j)²/2σ²) / Σ_j exp(…), cut at 3σ. */
function gauss({ count, x: xs, y: ys, weight }: Rows, sigma: number): Float64Array {
  const out = new Float64Array(count);
  const reach = 3 * sigma;
  const scale = sigma > 0 ? -1 / (2 * sigma * sigma) : 0;
  let from = 0;
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(ys[i])) {
      out[i] = ys[i];
      continue;
    }
    while (xs[from] < xs[i] - reach) from++;
    let sum = 0;
    let n = 0;
    for (let j = from; j < count && xs[j] <= xs[i] + reach; j++) {
      if (!Number.isFinite(ys[j])) continue;
      const part = Math.exp(scale * (xs[j] - xs[i]) ** 2) * (weight === null ? 1 : weight[j]);
      sum += part * ys[j];
      n += part;
    }
    out[i] = n > 0 ? sum / n : ys[i];
  }
  return out;
}

/** The mean of the n finite points centred on i, fewer at the ends. */
function mean({ count, y: ys, weight }: Rows, points: number): Float64Array {
  const out = new Float64Array(count);
  // Running totals over the finite rows before each row: of points and of their values.
  const ns = new Float64Array(count + 1);
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    const w = Number.isFinite(ys[i]) ? (weight === null ? 1 : weight[i]) : 0;
    ns[i + 1] = ns[i] + w;
    sums[i + 1] = sums[i] + (w > 0 ? w * ys[i] : 0);
  }
  const reach = Math.floor(points / 2);
  let from = 0;
  let to = 0;
  for (let i = 0; i < count; i++) {
    if (!Number.isFinite(ys[i])) {
      out[i] = ys[i];
      continue;
    }
    const middle = (ns[i] + ns[i + 1]) / 2;
    while (ns[from + 1] < middle - reach) from++;
    while (to < count && ns[to] < middle + reach) to++;
    out[i] = (sums[Math.max(to, i + 1)] - sums[Math.min(from, i)]) / (ns[Math.max(to, i + 1)] - ns[Math.min(from, i)]);
  }
  return out;
}

/** All values the same (NaN equals nothing, so a series of NaN is not constant; it passes through all the same). */
function isConstant({ count, y }: Rows): boolean {
  for (let i = 1; i < count; i++) if (y[i] !== y[0]) return false;
  return count > 0;
}
