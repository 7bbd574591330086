import { expect, it } from "vitest";
import { decodeSeries } from "../api/series";
import { answerOf, bucketItem, errorItem, exactItem } from "../api/series_testing";
import { meanOf } from "./useOverRange";

it("a mean over a range is over every finite point, in columns too", () => {
  const steps = (n: number) => Array.from({ length: n }, (_, i) => BigInt(i));
  const items = decodeSeries(
    answerOf([
      exactItem(steps(3), [0, 1, 2], [1, Number.NaN, 4]),
      bucketItem([{ steps: steps(5), values: [1, 2, 6, Number.POSITIVE_INFINITY, Number.NaN] }]),
      exactItem(steps(1), [0], [Number.NaN]),
      exactItem([], [], []),
      errorItem("none"),
    ]),
  );
  expect(items.map(meanOf)).toEqual([2.5, 3, undefined, undefined, undefined]);
});
