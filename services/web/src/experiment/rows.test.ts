import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import { defaultView } from "../state/view";
import { makeRows } from "./rows";

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
