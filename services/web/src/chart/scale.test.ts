import { describe, expect, it } from "vitest";
import { growX, invert, makeScale, padRange, quantile } from "./scale";

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
    const lin = makeScale(10, 20, 0, 100, false);
    expect(lin(15)).toBe(50);
    expect(invert(lin, 0, 100, 50)).toBe(15);
    const log = makeScale(1, 100, 100, 0, true);
    expect(log(10)).toBeCloseTo(50);
    expect(invert(log, 100, 0, 50)).toBeCloseTo(10);
  });
});

it("quantile interpolates", () => {
  expect(quantile([0, 10], 0.05)).toBeCloseTo(0.5);
  expect(quantile([1, 2, 3], 0.5)).toBe(2);
});
