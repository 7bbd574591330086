// The distribution of a histogram in nine numbers, as TensorBoard's distributions have them: where a normal distribution has
// its least value, its middle, the ends of one, two and three halves of a standard deviation on either side, and its greatest.

import type { Bins } from "./bins";

/** In percent. */
export const BASES = [0, 6.68, 15.87, 30.85, 50, 69.15, 84.13, 93.32, 100] as const;

/** The value below which each percentage of the count lies, linear within a bin as logged; null: nothing was counted. */
export function percentiles(bins: Bins, bases: readonly number[] = BASES): Float64Array | null {
  const { lo, hi, share } = bins;
  if (share.length === 0) return null;
  const greatest = hi.reduce((most, edge) => Math.max(most, edge), hi[0]);
  const out = new Float64Array(bases.length);
  let bin = 0;
  let below = 0;
  for (let k = 0; k < bases.length; k++) {
    const wanted = bases[k] / 100;
    while (bin < share.length - 1 && below + share[bin] < wanted) below += share[bin++];
    const part = Math.min(1, Math.max(0, (wanted - below) / share[bin]));
    const inside = Math.min(hi[bin], Math.max(lo[bin], lo[bin] * (1 - part) + hi[bin] * part));
    const value = bases[k] === 100 ? greatest : inside;
    // Bins that overlap would let a percentile fall below one before it.
    out[k] = k === 0 ? value : Math.max(out[k - 1], value);
  }
  return out;
}
