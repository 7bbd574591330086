import { expect, it } from "vitest";
import { overridesOf } from "./charts_view";

it("a panel has otherwise only what is written for it", () => {
  expect(overridesOf([])).toEqual({});
  expect(overridesOf([["y", "log"]])).toEqual({ y: "log", c: null, outliers: false });
  expect(
    overridesOf([
      ["x", "m:val/acc"],
      ["xl", "log"],
      ["sm", "gauss:2"],
      ["yr", "0.1..2"],
      ["w", "2"],
      ["y", "cubic"],
    ]),
  ).toEqual({
    x: "metric",
    xTag: "val/acc",
    xLog: true,
    smoothing: { kind: "gauss", amount: 2 },
    yRange: [0.1, 2],
  });
});
