import { expect, it } from "vitest";
import { sparkPath } from "./sparks";

const path = (step: number[], value: number[]) =>
  sparkPath({ step: Float64Array.from(step), value: Float64Array.from(value), at: 0 }, 0, 100);

it("a sparkline ends where the run ends, against the longest", () => {
  expect(path([0, 50], [0, 1])).toBe("M0.0 16.0L28.0 2.0");
});

it("a sparkline breaks at NaN and is nothing without a finite value", () => {
  expect(path([0, 50, 100], [0, Number.NaN, 1])).toBe("M0.0 16.0M56.0 2.0");
  expect(path([0], [Number.NaN])).toBe("");
  expect(path([], [])).toBe("");
});
