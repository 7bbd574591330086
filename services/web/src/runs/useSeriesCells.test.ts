import { describe, expect, it } from "vitest";
import { decodeSeries } from "../api/series";
import { answerOf, errorItem, exactItem } from "../api/series_testing";
import { ApiError } from "../api/types";
import { allRefused, cellsIn } from "./useSeriesCells";

const series = [
  { run: "a", tag: "loss" },
  { run: "b", tag: "loss" },
  { run: "c", tag: "loss" },
];

describe("cells that the server is asked for", () => {
  it("have a value, or why there is none, or nothing where the tag was not logged", () => {
    const items = decodeSeries(answerOf([exactItem([1n], [1], [0.5]), errorItem("no such series"), errorItem("full")]));
    if (items[2].kind === "error") items[2].problem.status = 429;
    const cells = cellsIn(series, items, (item) => (item.kind === "exact" ? item.points.value[0] : undefined));
    expect([...cells]).toEqual([
      ["a loss", 0.5],
      ["c loss", { title: "Not found", detail: "full", status: 429 }],
    ]);
  });

  it("all say why when the whole request was refused", () => {
    const problem = { title: "Too much", detail: "ask in parts", status: 400 };
    expect([...allRefused(series, new ApiError(problem)).values()]).toEqual([problem, problem, problem]);
    expect(allRefused(series, new RangeError("not a series answer")).get("a loss")).toMatchObject({
      title: "not a series answer",
    });
  });
});
