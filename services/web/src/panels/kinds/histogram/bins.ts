// What a histogram's value holds, and what of it can be drawn. Logs have everything: bins without width, edges at infinity or
// in no order, counts that are NaN, negative or near the greatest double.

import { toValue } from "../../../api/json64";

/** The buckets as they were logged. */
export interface Histogram {
  left: Float64Array;
  right: Float64Array;
  count: Float64Array;
}

/** Null: the value is not what a histogram is. */
export function readHistogram(value: unknown): Histogram | null {
  const buckets = (value as { buckets?: unknown } | null | undefined)?.buckets;
  if (!Array.isArray(buckets) || !buckets.every((bucket) => Array.isArray(bucket) && bucket.length >= 3)) return null;
  const column = (k: number) => Float64Array.from(buckets as unknown[][], (bucket) => toValue(bucket[k]));
  return { left: column(0), right: column(1), count: column(2) };
}

/** The bins that hold something, by their lower edges. */
export interface Bins {
  lo: Float64Array;
  hi: Float64Array;
  /** Of the whole count; they sum to 1. A share does not overflow where counts near the greatest double would. */
  share: Float64Array;
  /** Which bucket of the histogram each of them is. */
  bucket: Int32Array;
  /** Buckets that have no place or no count: an edge that is NaN, both at infinity, a count that is negative or not finite. */
  undrawn: number;
  /** Those that go on to infinity, and stand at their finite edge. */
  endless: number;
}

export function drawableBins({ left, right, count }: Histogram): Bins {
  const bins: { lo: number; hi: number; count: number; bucket: number }[] = [];
  let undrawn = 0;
  let endless = 0;
  let most = 0;
  for (let i = 0; i < count.length; i++) {
    if (count[i] === 0) continue;
    const edges = placeOf(left[i], right[i]);
    if (edges === null || !(count[i] > 0 && count[i] < Number.POSITIVE_INFINITY)) undrawn++;
    else {
      if (!Number.isFinite(left[i]) || !Number.isFinite(right[i])) endless++;
      most = Math.max(most, count[i]);
      bins.push({ lo: edges[0], hi: edges[1], count: count[i], bucket: i });
    }
  }
  // Beside a count near the greatest double the least ones are nothing.
  const counted = bins.filter((bin) => bin.count / most > 0).sort((a, b) => a.lo - b.lo || a.hi - b.hi);
  const parts = Float64Array.from(counted, (bin) => bin.count / most);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return {
    lo: Float64Array.from(counted, (bin) => bin.lo),
    hi: Float64Array.from(counted, (bin) => bin.hi),
    share: parts.map((part) => part / whole),
    bucket: Int32Array.from(counted, (bin) => bin.bucket),
    undrawn,
    endless,
  };
}

/** Lower and upper edge; a bin that goes on to infinity stands at its finite edge. */
function placeOf(left: number, right: number): [number, number] | null {
  if (Number.isNaN(left) || Number.isNaN(right)) return null;
  const finite = [left, right].filter(Number.isFinite);
  if (finite.length === 0) return null;
  return [Math.min(...finite), Math.max(...finite)];
}

export type Range = readonly [lo: number, hi: number];

const MARGIN = 0.03; // of the range, on either side

/** What an axis shows of these bins: all of them, with some room; never empty. */
export function valueRange(all: readonly Bins[]): Range {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const bins of all) {
    for (const edge of bins.lo) lo = Math.min(lo, edge);
    for (const edge of bins.hi) hi = Math.max(hi, edge);
  }
  if (lo > hi) return [0, 1];
  const room = hi > lo ? hi * MARGIN - lo * MARGIN : Math.max(Math.abs(lo) * MARGIN, lo === 0 ? 0.5 : 0);
  const clamp = (value: number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
  const range: Range = [clamp(lo - room), clamp(hi + room)];
  // Of the least doubles a part is nothing.
  return range[0] < range[1] ? range : [lo - 0.5, hi + 0.5];
}

/** A map of the range onto 0 to `pixels`, for ranges up to those from the least to the greatest double. */
export function placer([lo, hi]: Range, pixels: number): (value: number) => number {
  const from = lo / 2;
  const span = hi / 2 - from;
  return (value) => (span > 0 ? ((value / 2 - from) / span) * pixels : pixels / 2);
}

/** How much of a histogram lies in each of `columns` equal parts of the range. All of it, if the range holds all bins. */
export function sharesOver(bins: Bins, range: Range, columns: number): Float64Array {
  const out = new Float64Array(columns);
  const place = placer(range, columns);
  for (let i = 0; i < bins.share.length; i++) {
    const from = place(bins.lo[i]);
    const to = place(bins.hi[i]);
    const width = to - from;
    if (!(width > 0)) {
      if (from >= 0 && from <= columns) out[Math.min(columns - 1, Math.floor(from))] += bins.share[i];
      continue;
    }
    const end = Math.min(columns, Math.ceil(to));
    for (let c = Math.max(0, Math.floor(from)); c < end; c++)
      out[c] += bins.share[i] * ((Math.min(to, c + 1) - Math.max(from, c)) / width);
  }
  return out;
}

/** The bucket at a value, of several the narrowest; else the nearest within `slack`. Null: none is there. */
export function bucketAt(bins: Bins, value: number, slack: number): number | null {
  let best = -1;
  let away = slack;
  let width = Number.POSITIVE_INFINITY;
  for (let i = 0; i < bins.bucket.length; i++) {
    const far = Math.max(0, bins.lo[i] - value, value - bins.hi[i]);
    const wide = bins.hi[i] - bins.lo[i];
    if (far < away || (far === away && wide < width)) {
      best = i;
      away = far;
      width = wide;
    }
  }
  return best < 0 ? null : bins.bucket[best];
}
