import { describe, expect, it } from "vitest";
import { bucketAt, drawableBins, placer, readHistogram, sharesOver, valueRange } from "./bins";
import { bins, damaged, histogram, random, sound } from "./histogram_testing";
import { EQUAL_BINS, rebin } from "./rebin";

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

describe("readHistogram", () => {
  it("reads buckets with the words that JSON has for what is no number", () => {
    const { left, right, count } = readHistogram({
      buckets: [
        ["-Infinity", 0, 3],
        [0, "Infinity", "NaN"],
      ],
    })!;
    expect([...left]).toEqual([Number.NEGATIVE_INFINITY, 0]);
    expect([...right]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([...count]).toEqual([3, Number.NaN]);
  });

  it("is null for what is no histogram", () => {
    for (const value of [null, undefined, 3, "a", [], {}, { buckets: 3 }, { buckets: [[1, 2]] }, { buckets: [null] }])
      expect(readHistogram(value)).toBeNull();
    expect(readHistogram({ buckets: [] })?.count).toHaveLength(0);
  });
});

describe("drawableBins", () => {
  it("keeps order, place and share of what holds something", () => {
    const { lo, hi, share, bucket, undrawn } = bins([2, 3, 30], [0, 1, 0], [1, 2, 10]);
    expect([[...lo], [...hi], [...share], [...bucket], undrawn]).toEqual([[1, 2], [2, 3], [0.25, 0.75], [2, 0], 0]);
  });

  it("lets a bin without an end stand at its finite edge, and turns edges that are the wrong way round", () => {
    const { lo, hi } = bins([Number.NEGATIVE_INFINITY, 1, 1], [4, 2, 1], [5, Number.POSITIVE_INFINITY, 1]);
    expect([[...lo], [...hi]]).toEqual([
      [1, 2, 5],
      [1, 4, 5],
    ]);
  });

  it("counts what has no place or no count", () => {
    const all = bins([Number.NaN, 1, 1], [0, 1, -1], [0, 1, Number.NaN], [0, 1, Number.POSITIVE_INFINITY], [0, 1, 1]);
    expect([all.undrawn, all.share.length]).toEqual([4, 1]);
    expect(bins([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1]).undrawn).toBe(1);
  });

  it("has shares of counts whose sum is beyond the greatest double", () => {
    expect([...bins([0, 1, 1.7e308], [1, 2, 1.7e308]).share]).toEqual([0.5, 0.5]);
  });
});

describe("the outline of any histogram", () => {
  it("has all of the count within the range of its bins, and nothing that is not finite", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const r = random(seed);
      const all = drawableBins(seed % 2 === 0 ? damaged(r) : sound(r));
      const range = valueRange([all]);
      expect(range.every(Number.isFinite) && range[0] < range[1], `seed ${seed}: range ${range}`).toBe(true);
      const shares = sharesOver(all, range, 1 + Math.floor(r() * 300));
      expect(
        shares.every((share) => share >= 0 && Number.isFinite(share)),
        `seed ${seed}`,
      ).toBe(true);
      expect(sum(shares), `seed ${seed}`).toBeCloseTo(all.share.length === 0 ? 0 : 1, 9);
    }
  });

  it("has in a part of the range what the bins have there", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const r = random(seed);
      const all = drawableBins(sound(r));
      const range = valueRange([all]);
      const fine = sharesOver(all, range, 240);
      const coarse = sharesOver(all, range, 24);
      // Bins without width lie in one column of either; rounding may put one that is at an edge on its other side.
      let [a, b] = [0, 0];
      const widest = Math.max(...[...all.share].map((share, i) => (all.hi[i] === all.lo[i] ? share : 0)), 0);
      for (let i = 0; i < 24; i++) {
        a += sum(fine.slice(10 * i, 10 * i + 10));
        b += coarse[i];
        expect(Math.abs(a - b), `seed ${seed}, column ${i}`).toBeLessThan(widest + 1e-9);
      }
    }
  });

  it("is flat over a bin, and a column where a bin has no width", () => {
    expect([...sharesOver(bins([0, 2, 1], [3, 3, 1]), [0, 4], 4)]).toEqual([0.25, 0.25, 0, 0.5]);
  });

  it("leaves out what lies beyond a range that was fixed", () => {
    expect([...sharesOver(bins([0, 4, 4], [9, 9, 4]), [1, 3], 2)]).toEqual([0.125, 0.125]);
  });
});

describe("rebin", () => {
  it("keeps the sum, in bins of equal width within the range", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const all = drawableBins(sound(random(seed)));
      if (all.share.length === 0) continue;
      const range = valueRange([all]);
      const equal = rebin(all, range);
      expect(sum(equal.share), `seed ${seed}`).toBeCloseTo(1, 9);
      const width = (range[1] - range[0]) / EQUAL_BINS;
      for (let i = 0; i < equal.lo.length; i++)
        expect((equal.hi[i] - equal.lo[i]) / width, `seed ${seed}, bin ${i}`).toBeCloseTo(1, 6);
      expect(equal.lo[0]).toBeGreaterThanOrEqual(range[0]);
      expect(equal.hi.at(-1)).toBeLessThanOrEqual(range[1]);
    }
  });
});

describe("bucketAt", () => {
  const all = bins([0, 10, 1], [2, 4, 1], [20, 20, 1]);

  it("finds the narrowest bucket at a value", () => {
    expect([bucketAt(all, 1, 0), bucketAt(all, 3, 0)]).toEqual([0, 1]);
  });

  it("finds a near one within the slack, and else none", () => {
    expect([bucketAt(all, 19.5, 1), bucketAt(all, 19.5, 0.1), bucketAt(bins(), 0, 1)]).toEqual([2, null, null]);
  });
});

describe("placer", () => {
  it("places values of a range that is wider than the greatest double", () => {
    const place = placer([-Number.MAX_VALUE, Number.MAX_VALUE], 100);
    expect([place(-Number.MAX_VALUE), place(0), place(Number.MAX_VALUE)]).toEqual([0, 50, 100]);
  });

  it("reads a histogram of ten thousand bins", () => {
    const many = histogram(...Array.from({ length: 10_000 }, (_, i): [number, number, number] => [i, i + 1, i % 7]));
    expect(sum(sharesOver(drawableBins(many), [0, 10_000], 300))).toBeCloseTo(1, 9);
  });
});
