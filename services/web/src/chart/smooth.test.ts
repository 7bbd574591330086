import { describe, expect, it } from "vitest";
import { ema } from "./smooth";

const smooth = (values: number[], weight: number) => [...ema(values, values.length, weight)];

describe("smoothing as TensorBoard's", () => {
  it("starts at the first value: the bias is corrected", () => {
    // s1 = 0.4·1 / (1 − 0.6) = 1; s2 = (0.6·0.4 + 0.4·2) / (1 − 0.36)
    const [a, b] = smooth([1, 2], 0.6);
    expect(a).toBeCloseTo(1, 12);
    expect(b).toBeCloseTo(1.625, 12);
  });

  it("lets NaN and infinities through without counting them", () => {
    const with_ = smooth([1, Number.NaN, 2, Number.POSITIVE_INFINITY, 3], 0.6);
    const without = smooth([1, 2, 3], 0.6);
    expect(with_[1]).toBeNaN();
    expect(with_[3]).toBe(Number.POSITIVE_INFINITY);
    expect([with_[0], with_[2], with_[4]]).toEqual(without);
  });

  it("leaves a constant series untouched, bit for bit", () => {
    expect(smooth(new Array(100).fill(0.1), 0.99)).toEqual(new Array(100).fill(0.1));
  });

  it("does nothing at zero", () => {
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
  });
});
