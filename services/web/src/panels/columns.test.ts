import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import { cellOf, panelColumn } from "./columns";
import { sideScale } from "./scales";
import { columnTitle } from "./titles";

const run: Run = {
  id: "r",
  name: "one",
  experiment: "e",
  status: "finished",
  created: "2026-01-01T00:00:00Z",
  params: { lr: 0.1, opt: "adam", big: 2n ** 60n, list: [1, 2] },
  labels: { team: "vision" },
  summary: { "val/acc": { last: 0.5, max: "NaN" }, "a.b": { min: 3 } },
};
const cell = (text: string) => {
  const column = panelColumn(text);
  return column === null ? undefined : cellOf(run, column);
};

describe("a column", () => {
  it("is a parameter, a label, a metric or one of the run's own", () => {
    expect(cell("params.lr")).toBe(0.1);
    expect(cell("params.opt")).toBe("adam");
    expect(cell("params.big")).toBe(2 ** 60);
    expect(cell("params.list")).toBe("[1,2]");
    expect(cell('labels."team"')).toBe("vision");
    expect(cell("m.val/acc.last")).toBe(0.5);
    expect(cell("m.val/acc.max")).toBeNaN();
    expect(cell('metrics."a.b".min')).toBe(3);
    expect(cell("name")).toBe("one");
  });

  it("has no value where the run has none, and for names of objects' own", () => {
    expect(cell("params.gone")).toBeNull();
    expect(cell("params.constructor")).toBeNull();
    expect(cell("m.gone.last")).toBeNull();
    expect(panelColumn("lr")).toBeNull();
    expect(panelColumn("params.")).toBeNull();
  });

  it("has a title without its grammar", () => {
    expect(columnTitle('m."a b".max')).toBe("a b max");
    expect(columnTitle("params.lr")).toBe("lr");
    expect(columnTitle("duration")).toBe("duration");
  });
});

describe("a side's scale", () => {
  it("places numbers with a margin, and NaN, infinity and nothing nowhere", () => {
    const scale = sideScale([0, 10, Number.NaN, null, Number.POSITIVE_INFINITY], 200);
    expect(scale.at(5)).toBeCloseTo(0.5);
    expect(scale.at(0)).toBeGreaterThan(0);
    expect(scale.at(Number.NaN)).toBeNull();
    expect(scale.at(null)).toBeNull();
    expect(scale.ticks.length).toBeGreaterThan(1);
  });

  it("places one value in the middle", () => {
    expect(sideScale([3], 100).at(3)).toBeCloseTo(0.5);
    expect(sideScale([0], 100).at(0)).toBeCloseTo(0.5);
  });

  it("is of categories where a value is text", () => {
    const scale = sideScale(["b", "a", 10, "a"], 100);
    expect(scale.ticks.map((tick) => tick.label)).toEqual(["10", "a", "b"]);
    expect(scale.at("b")).toBeGreaterThan(scale.at("a")!);
  });
});
