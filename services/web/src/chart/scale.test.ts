import { describe, expect, it } from "vitest";
import { growX, invert, invertX, linearPart, makeScale, makeXScale, padRange, quantile } from "./scale";

describe("padRange", () => {
  it("adds 5 % on either side", () => {
    expect(padRange(10, 20, "lin")).toEqual([9.5, 20.5]);
  });
  it("shows zero only if it is within 15 % of the range", () => {
    expect(padRange(1, 11, "lin")[0]).toBe(0);
    expect(padRange(5, 11, "lin")[0]).toBeGreaterThan(4);
    expect(padRange(-11, -1, "lin")[1]).toBe(0);
  });
  it("gives a single value room", () => {
    expect(padRange(2, 2, "lin")).toEqual([1.8, 2.2]);
    expect(padRange(0, 0, "lin")).toEqual([-1, 1]);
  });
  it("pads decades on a log axis and never reaches zero", () => {
    const [lo, hi] = padRange(1e-300, 1, "log");
    expect(lo).toBeGreaterThan(0);
    expect(hi).toBeGreaterThan(1);
  });
  it("survives nothing at all and the largest doubles", () => {
    expect(padRange(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "lin")).toEqual([0, 1]);
    expect(padRange(-Number.MAX_VALUE, Number.MAX_VALUE, "lin")).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
  });
});

describe("growX", () => {
  it("grows in eighths and only past the end", () => {
    expect(growX(0, 80, 79)).toBe(80);
    expect(growX(0, 80, 81)).toBe(90);
    expect(growX(0, 80, 95)).toBe(100);
  });
});

describe("makeScale", () => {
  it("maps and inverts, linear and log", () => {
    const lin = makeScale(10, 20, 0, 100, "lin");
    expect(lin(15)).toBe(50);
    expect(invert(lin, 0, 100, 50)).toBe(15);
    const log = makeScale(1, 100, 100, 0, "log");
    expect(log(10)).toBeCloseTo(50);
    expect(invert(log, 100, 0, 50)).toBeCloseTo(10);
  });
});

it("quantile interpolates", () => {
  expect(quantile([0, 10], 0.05)).toBeCloseTo(0.5);
  expect(quantile([1, 2, 3], 0.5)).toBe(2);
});

describe("symlog", () => {
  const scale = makeScale(-1000, 1000, 0, 80, "symlog", 0.1);
  it("is linear within ±c, has decades beyond, and is symmetric", () => {
    expect(scale(0)).toBe(40);
    expect(scale(0.1) - scale(0)).toBeCloseTo(8);
    expect(scale(0.05) - scale(0)).toBeCloseTo(4);
    expect(scale(10) - scale(1)).toBeCloseTo(8);
    expect(scale(-10) + scale(10)).toBeCloseTo(80);
  });
  it("inverts everywhere", () => {
    for (const value of [-1000, -3, -0.1, -0.02, 0, 0.05, 0.1, 42]) {
      expect(invert(scale, 0, 80, scale(value))).toBeCloseTo(value, 9);
    }
  });
  it("takes the smallest decade that holds a hundredth of the sizes as its linear part", () => {
    const sizes = Float64Array.from({ length: 1000 }, (_, i) => (i < 20 ? 0.003 : 5 + i));
    expect(linearPart(sizes)).toBeCloseTo(0.01, 12);
    expect(linearPart(new Float64Array(3))).toBe(1);
  });
});

describe("a log x axis", () => {
  const scale = makeXScale(0, 1000, 0, 314, true, 14);
  it("has zero and negative x in the strip at its left, and decades beside it", () => {
    expect(scale(0)).toBe(7);
    expect(scale(-5)).toBe(7);
    expect(scale(1)).toBe(14);
    expect(scale(10) - scale(1)).toBeCloseTo(100);
    expect(scale(1000)).toBeCloseTo(314);
  });
  it("inverts", () => {
    expect(invertX(scale, 0, 314, 14, 214)).toBeCloseTo(100);
    expect(invertX(scale, 0, 314, 14, 3)).toBe(0);
  });
});
