import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import { defaultView } from "../state/view";
import { type DrawnGroup, planGroups } from "./group_plan";
import { MAX_DRAWN } from "./limits";
import { makeGroupedRows, makeRows } from "./rows";

const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  name: id,
  experiment: "e",
  status: "finished",
  created: "2025-01-01",
  ...more,
});

describe("rows", () => {
  it("draw by the rule what the filter lets through, and say which chosen runs it does not", () => {
    const view = { ...defaultView(), sel: { base: "top", n: 1, minus: [], plus: ["away", "deep"] } as const };
    const chosen = { runs: [run("away"), run("deep")], outside: new Set(["away"]) };
    const sel = { ...view.sel, minus: [], plus: ["away", "deep"] };
    const rows = makeRows({ rows: [run("a"), run("b")], total: 900 }, chosen, { ...view, sel }, []);
    expect([...rows.drawn]).toEqual(["a", "away", "deep"]);
    expect(rows.outside.map((r) => r.id)).toEqual(["away"]);
    expect(rows.total).toBe(900);
  });
});

describe("rows of a grouped table", () => {
  const by = [{ space: "label", name: "arch" }] as const;
  const group = (arch: string | null, count: number) => ({
    key: [arch],
    count,
    filter: `labels.arch = ${arch}`,
    newest: "2025-01-01",
  });
  const member = (id: string, arch: string) => run(id, { labels: { arch } });
  const none = { runs: [], outside: new Set<string>() };
  const top1 = { base: "top", n: 1, minus: ["a2"], plus: [] } as const;
  const view = { ...defaultView(), group: [...by], sel: { ...top1, minus: ["a2"], plus: [] } };
  const groups = [group("a", 3), group("b", 2)];
  const members = new Map([
    ['["a"]', { runs: ["a1", "a2", "a3"].map((id) => member(id, "a")), total: 3 }],
    ['["b"]', { runs: ["b1", "b2"].map((id) => member(id, "b")), total: 2 }],
  ]);
  const keys = ['["a"]', '["b"]'];
  const drawnOf = (drawn: readonly DrawnGroup[]) => drawn.map(({ key, how, count }) => [key, how, count]);

  it("draw the first groups with all of their members, and hide the lines of those that are taken out", () => {
    const plan = planGroups(view.sel, groups, [], by);
    const rows = makeGroupedRows({ rows: [], total: 5 }, none, view, [], { plan, keys, members });
    expect(rows.scene.map(({ id, group: of, hidden }) => [id, of, hidden])).toEqual([
      ["a1", '["a"]', false],
      ["a2", '["a"]', true],
      ["a3", '["a"]', false],
    ]);
    expect([...rows.drawn]).toEqual(["a1", "a3"]);
    expect(rows.groups.map(({ label }) => label)).toEqual(["a"]);
  });

  it("draw no group before all of its members are there, and none of it in another colour than with the others", () => {
    const sel = { base: "all" as const, minus: [], plus: [] };
    const plan = planGroups(sel, groups, [], by);
    const part = new Map([...members, ['["a"]', { runs: [member("a1", "a")], total: 3 }]]);
    const rows = makeGroupedRows({ rows: [], total: 5 }, none, { ...view, sel }, [], { plan, keys, members: part });
    expect(rows.groups.map(({ label }) => label)).toEqual(["b"]);
    const both = makeGroupedRows({ rows: [], total: 5 }, none, { ...view, sel }, [], { plan, keys, members });
    expect(both.groups[1]).toEqual(rows.groups[0]);
  });

  it("draw the group of a named run, and a run outside of the filter as itself", () => {
    const sel = { base: "ids" as const, ids: ["b2", "away"] };
    const plan = planGroups(sel, groups, [member("b2", "b")], by);
    expect(drawnOf(plan.drawn)).toEqual([['["b"]', "named", 2]]);
    const chosen = { runs: [member("b2", "b"), member("away", "b")], outside: new Set(["away"]) };
    const rows = makeGroupedRows({ rows: [], total: 5 }, chosen, { ...view, sel }, [], { plan, keys, members });
    expect(rows.scene.map(({ id, group: of, hidden }) => [id, of, hidden ?? false])).toEqual([
      ["b1", '["b"]', true],
      ["b2", '["b"]', false],
      ["away", null, false],
    ]);
  });

  it("say what a chart has no room for", () => {
    const sel = { base: "all" as const, minus: [], plus: [] };
    const many = [group("a", MAX_DRAWN - 1), group("b", 7), group(null, 2)];
    const plan = planGroups(sel, many, [], by);
    expect(drawnOf(plan.drawn)).toEqual([
      ['["a"]', "whole", MAX_DRAWN - 1],
      ['["b"]', "whole", 1],
    ]);
    expect(plan.left).toBe(1);
    const there = (id: string, count: number, total: number) =>
      [`["${id}"]`, { runs: Array.from({ length: count }, (_, k) => member(`${id}${k}`, id)), total }] as const;
    const rows = makeGroupedRows({ rows: [], total: 5008 }, none, { ...view, sel }, [], {
      plan,
      keys,
      members: new Map([there("a", MAX_DRAWN - 1, MAX_DRAWN - 1), there("b", 7, 7)]),
    });
    expect(rows.scene.length).toBe(MAX_DRAWN);
    expect(rows.over).toEqual({ groups: [{ key: '["b"]', label: "b", drawn: 1, count: 7 }], left: 1 });
  });
});
