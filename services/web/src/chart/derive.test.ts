import { describe, expect, it } from "vitest";
import { exactItem } from "../api/series_testing";
import { againstBaseline, interpolate, processTime } from "./derive";
import { Line } from "./line";
import { itemOf, lineOf, steps } from "./picture_testing";

describe("process time", () => {
  const walls = [1000, 1010, 1020, 5020, 5030];
  const line = new Line(itemOf(exactItem(steps(5), walls, [1, 2, 3, 4, 5])), "wall", 0n, 100);
  it("has no pauses: a long gap takes no time", () => {
    expect([...processTime(line).line.x]).toEqual([0, 10, 20, 20, 30]);
  });
  it("leads back to wall time", () => {
    const { toWall } = processTime(line);
    expect([toWall(10), toWall(30)]).toEqual([1010, 5030]);
  });
  it("keeps gaps that are usual for the series", () => {
    const slow = new Line(itemOf(exactItem(steps(4), [0, 600, 1300, 1900], [1, 2, 3, 4])), "wall", 0n, 100);
    expect([...processTime(slow).line.x]).toEqual([0, 600, 1300, 1900]);
  });
});

describe("against the baseline", () => {
  const base = lineOf(exactItem([0n, 10n], [0, 10], [1, 2])).line;
  const line = lineOf(exactItem([0n, 5n, 10n, 20n], [0, 5, 10, 20], [3, 3, 3, 3])).line;
  it("is a difference or a ratio at equal x, interpolated and never extrapolated", () => {
    expect([...againstBaseline(line, 0, base, 0, "difference").value]).toEqual([2, 1.5, 1, Number.NaN]);
    expect([...againstBaseline(line, 0, base, 0, "ratio").value]).toEqual([3, 2, 1.5, Number.NaN]);
  });
  it("of the baseline itself is zero or one", () => {
    expect([...againstBaseline(base, 0, base, 0, "difference").value]).toEqual([0, 0]);
    expect([...againstBaseline(base, 0, base, 0, "ratio").value]).toEqual([1, 1]);
  });
});

it("interpolates between points and gives nothing outside", () => {
  const { line } = lineOf(exactItem([0n, 10n], [0, 10], [1, 2]));
  expect([-1, 0, 2.5, 10, 11].map((x) => interpolate(line, line.value, x))).toEqual([
    Number.NaN,
    1,
    1.25,
    2,
    Number.NaN,
  ]);
});
