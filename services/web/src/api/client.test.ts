import { expect, it } from "vitest";
import { metricColumn } from "./client";

it("a metric column is quoted where its name could be read as something else", () => {
  expect(metricColumn("train/loss")).toBe("train/loss");
  expect(metricColumn("a,b")).toBe('metrics."a,b".last');
  expect(metricColumn('say "x"\\')).toBe('metrics."say \\"x\\"\\\\".last');
  expect(metricColumn("params.lr")).toBe('metrics."params.lr".last');
  expect(metricColumn("")).toBe('metrics."".last');
});
