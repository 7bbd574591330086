// Random histograms as logs have them, sound and damaged.

import { type Bins, drawableBins, type Histogram } from "./bins";

export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
    return a / 4294967296;
  };
}

const NASTY = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  1e-300,
  1e300,
  2 ** 53,
];

export const histogram = (...buckets: [number, number, number][]): Histogram => ({
  left: Float64Array.from(buckets, ([left]) => left),
  right: Float64Array.from(buckets, ([, right]) => right),
  count: Float64Array.from(buckets, ([, , count]) => count),
});

export const bins = (...buckets: [number, number, number][]): Bins => drawableBins(histogram(...buckets));

/** Edges and counts of any kind: unsorted, overlapping, endless, missing. */
export function damaged(r: () => number): Histogram {
  const value = () => (r() < 0.4 ? NASTY[Math.floor(r() * NASTY.length)] : (r() - 0.5) * 10 ** (r() * 20 - 10));
  return histogram(
    ...Array.from({ length: Math.floor(r() * 12) }, (): [number, number, number] => [value(), value(), value()]),
  );
}

/** Bins side by side with any widths, some of them none. */
export function sound(r: () => number): Histogram {
  let edge = (r() - 0.5) * 100;
  return histogram(
    ...Array.from({ length: 1 + Math.floor(r() * 40) }, (): [number, number, number] => {
      const left = edge;
      edge += r() < 0.1 ? 0 : 10 ** (r() * 6 - 4);
      return [left, edge, r() < 0.2 ? 0 : Math.floor(r() * 1000)];
    }),
  );
}
