import { expect, it } from "vitest";
import { columnsOf, joined } from "./live_points";

it("points keep steps beyond 2^53 and values that JSON has no numbers for", () => {
  const columns = columnsOf({
    run: "a",
    tag: "t",
    step: [9007199254740993n, 2],
    wall: [1, 2],
    value: ["NaN", "-Infinity"],
  });
  expect([...columns.step]).toEqual([9007199254740993n, 2n]);
  expect([...columns.value]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
});

it("events of one series become one, in their order", () => {
  const event = (step: number) => columnsOf({ run: "a", tag: "t", step: [step], wall: [step], value: [step * 2] });
  const all = joined([event(1), event(2), event(3)]);
  expect([[...all.step], [...all.wall], [...all.value]]).toEqual([
    [1n, 2n, 3n],
    [1, 2, 3],
    [2, 4, 6],
  ]);
});
