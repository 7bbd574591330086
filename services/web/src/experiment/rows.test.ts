import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import { defaultView } from "../state/view";
import { looks, makeRows, slotOf, sortRuns } from "./rows";

const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  name: id,
  experiment: "e",
  status: "finished",
  created: `2025-01-0${id.length}`,
  ...more,
});

describe("run rows", () => {
  it("sort runs without the metric, or with NaN, to the end in either direction", () => {
    const runs = [
      run("none"),
      run("nan", { summary: { loss: { last: "NaN" } } }),
      run("two", { summary: { loss: { last: 2 } } }),
      run("one", { summary: { loss: { last: 1 } } }),
    ];
    const key = { by: "metric", metric: { tag: "loss", stat: "last" } } as const;
    expect(sortRuns(runs, { key, descending: false }).map((r) => r.id)).toEqual(["one", "two", "nan", "none"]);
    expect(sortRuns(runs, { key, descending: true }).map((r) => r.id)).toEqual(["two", "one", "nan", "none"]);
  });

  it("stay where they are while the pointer is in the table", () => {
    const at = (value: number) => ({ summary: { loss: { last: value } } });
    const sort = { key: { by: "metric", metric: { tag: "loss", stat: "last" } }, descending: false } as const;
    const view = { ...defaultView(), sort };
    const before = makeRows([run("a", at(1)), run("b", at(2))], view).ordered.map((r) => r.id);
    const news = [run("a", at(9)), run("b", at(2)), run("c", at(0))];
    expect(makeRows(news, view, { sort, ids: before }).ordered.map((r) => r.id)).toEqual(["a", "b", "c"]);
    expect(makeRows(news, view).ordered.map((r) => r.id)).toEqual(["c", "b", "a"]);
  });

  it("keep what is drawn when the filter hides it", () => {
    const rows = makeRows([run("a"), run("bb")], { ...defaultView(), q: "bb" });
    expect(rows.shown.map((r) => r.id)).toEqual(["bb"]);
    expect([...rows.drawn].sort()).toEqual(["a", "bb"]);
    expect(rows.outside).toBe(1);
  });

  it("dash the later of runs that share a colour, whatever their order in the table", () => {
    const old = run("a", { color_slot: 3, created: "2025-01-01" });
    const young = run("b", { color_slot: 3, created: "2025-01-02" });
    expect(looks([young, old]).map((look) => [look.id, look.dash])).toEqual([
      ["b", 1],
      ["a", 0],
    ]);
  });

  it("give a run without a slot one by its id", () => {
    expect(slotOf({ id: "x" })).toBe(slotOf({ id: "x" }));
    expect(slotOf({ id: "x", color_slot: 14 })).toBe(2);
  });
});
