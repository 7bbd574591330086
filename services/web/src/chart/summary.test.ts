import { expect, it } from "vitest";
import { bucketItem, exactItem } from "../api/series_testing";
import { hoverAt, passing } from "./hover";
import { lineOf, picture } from "./picture_testing";
import { summaryOf } from "./summary";

const lines = [
  lineOf(exactItem([0n, 10n, 20n], [0, 10, 20], [1, 5, 3]), { id: "a" }),
  lineOf(exactItem([0n, 20n], [0, 20], [8, 8]), { id: "b" }),
];
const panel = { id: "t", layers: picture(lines).layers };

it("a range has start, end, extremes and mean of each line, and what stands at the pin", () => {
  const [a, b] = summaryOf(panel, [0, 10], 10).rows;
  expect(a).toMatchObject({
    run: "a",
    start: 1,
    end: 5,
    min: { value: 1, step: 0n },
    max: { value: 5, step: 10n },
    mean: 3,
  });
  expect(a.at).toMatchObject({ step: 10n, value: 5 });
  expect(b).toMatchObject({ start: 8, end: 8, mean: 8 });
});

it("means of buckets are those of their points", () => {
  const item = bucketItem([
    { steps: [0n, 1n, 2n], values: [1, 1, 4] },
    { steps: [3n], values: [10] },
  ]);
  const [row] = summaryOf({ id: "t", layers: picture([lineOf(item)]).layers }, null, null).rows;
  expect(row.mean).toBe(4);
  expect(row.at).toBeNull();
});

it("runs that pass through a box are found by their points and by their segments", () => {
  expect(passing(panel, [9, 11], [4, 6])).toEqual(["a"]);
  expect(passing(panel, [4, 6], [7, 9])).toEqual(["b"]);
  expect(passing(panel, [4, 6], [2, 9])).toEqual(["a", "b"]);
  expect(passing(panel, [0, 20], [20, 30])).toEqual([]);
});

it("the tooltip's rows are in the order that was asked for", () => {
  const order = (how: "pixel" | "value" | "up" | "down") => hoverAt(panel, 10, 0, how).rows.map(({ run }) => run);
  // At height 0, the top, b is nearer by value; its points are far to the left and right.
  expect(order("pixel")).toEqual(["a", "b"]);
  expect(order("value")).toEqual(["b", "a"]);
  expect(order("up")).toEqual(["a", "b"]);
  expect(order("down")).toEqual(["b", "a"]);
});
