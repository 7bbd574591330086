// Bins of equal width, as TensorBoard draws all histograms: where the logged ones are so narrow about zero that they hide the
// rest. What it shows is always called re-binned.

import { type Bins, type Range, sharesOver } from "./bins";

export const EQUAL_BINS = 30;

/** The range's bins without those that would be empty; `bucket` is −1: none of them was logged. */
export function rebin(bins: Bins, [lo, hi]: Range): Bins {
  const shares = sharesOver(bins, [lo, hi], EQUAL_BINS);
  const full = [...shares.keys()].filter((i) => shares[i] > 0);
  const edge = (i: number) => lo * (1 - i / EQUAL_BINS) + hi * (i / EQUAL_BINS);
  return {
    lo: Float64Array.from(full, edge),
    hi: Float64Array.from(full, (i) => edge(i + 1)),
    share: Float64Array.from(full, (i) => shares[i]),
    bucket: new Int32Array(full.length).fill(-1),
    undrawn: bins.undrawn,
    endless: bins.endless,
  };
}
