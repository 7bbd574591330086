import { describe, expect, it } from "vitest";
import { drawableBins } from "./bins";
import { bins, damaged, random, sound } from "./histogram_testing";
import { BASES, percentiles } from "./percentiles";

describe("percentiles", () => {
  it("are linear within a bin", () => {
    expect([...percentiles(bins([0, 10, 5]), [0, 25, 50, 100])!]).toEqual([0, 2.5, 5, 10]);
    expect([...percentiles(bins([0, 1, 1], [1, 3, 3]), [0, 25, 50, 100])!]).toEqual([
      0,
      1,
      expect.closeTo(1 + 2 / 3, 12),
      3,
    ]);
  });

  it("step over bins that hold nothing, and over gaps", () => {
    expect([...percentiles(bins([-5, 0, 0], [0, 1, 2], [7, 8, 2], [8, 9, 0]), [0, 50, 75, 100])!]).toEqual([
      0, 1, 7.5, 8,
    ]);
  });

  it("are the one value where all is in a bin without width", () => {
    expect(new Set(percentiles(bins([3, 3, 9]))!)).toEqual(new Set([3]));
  });

  it("are none where nothing was counted", () => {
    expect(percentiles(bins())).toBeNull();
  });

  it("are finite, never fall, and lie within the bins, whatever was logged", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const r = random(seed);
      const all = drawableBins(seed % 2 === 0 ? damaged(r) : sound(r));
      const values = percentiles(all);
      if (values === null) continue;
      const [least, greatest] = [Math.min(...all.lo), Math.max(...all.hi)];
      for (let k = 0; k < BASES.length; k++) {
        expect(values[k] >= least && values[k] <= greatest, `seed ${seed}, base ${BASES[k]}: ${values[k]}`).toBe(true);
        if (k > 0) expect(values[k], `seed ${seed}, base ${BASES[k]}`).toBeGreaterThanOrEqual(values[k - 1]);
      }
      expect(values[0] === least && values.at(-1) === greatest, `seed ${seed}`).toBe(true);
    }
  });
});
