import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import type { Rgb } from "../chart/raster";
import { type ColorRule, defaultColors } from "../state/run_colors";
import { colorRuns, looks, onScale, slotOf, slotsOf } from "./looks";

const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  name: id,
  experiment: "e",
  status: "finished",
  created: "2025-01-01",
  ...more,
});

const scale: Rgb[] = [0, 40, 80, 120, 160, 200, 240].map((v) => [v, v, v]);
const by = (rule: ColorRule) => ({ colors: { own: {}, rule }, group: [], scale });

describe("looks", () => {
  it("dash the later of runs that share a colour, whatever their order in the table", () => {
    const old = run("a", { color_slot: 3, created: "2025-01-01" });
    const young = run("b", { color_slot: 3, created: "2025-01-02" });
    const found = looks([young, old], { colors: defaultColors(), group: [], scale });
    expect(found.map((look) => [look.id, look.dash])).toEqual([
      ["b", 1],
      ["a", 0],
    ]);
  });

  it("give a run without a slot one by its id", () => {
    expect(slotOf({ id: "x" })).toBe(slotOf({ id: "x" }));
    expect(slotOf({ id: "x", color_slot: 14 })).toBe(2);
  });

  it("give words different slots while there are enough, and a word keeps its own when others come", () => {
    const words = Array.from({ length: 12 }, (_, i) => `word ${i}`);
    expect(new Set(slotsOf(words).values()).size).toBe(12);
    expect(slotsOf(["adam"]).get("adam")).toBe(slotsOf(["adam", "adam"]).get("adam"));
    expect(slotsOf([...words, "one more"]).size).toBe(13);
  });

  it("colour few values by slots and many numbers on the scale, from the least to the greatest", () => {
    const rule = { by: "key", column: { space: "param", name: "lr" } } as const;
    const few = [1, 2, 1].map((lr, i) => run(String(i), { params: { lr } }));
    const slots = colorRuns(few, by(rule));
    expect(slots.get("0")).toEqual(slots.get("2"));
    expect(slots.get("0")).not.toEqual(slots.get("1"));
    const many = Array.from({ length: 10 }, (_, i) => run(String(i), { params: { lr: i } }));
    const colors = colorRuns(many, by(rule));
    expect(colors.get("0")?.color).toEqual(onScale(scale, 0));
    expect(colors.get("9")?.color).toEqual(scale[6]);
  });

  it("colour by what an expression catches of the name", () => {
    const runs = [run("a", { name: "x_seed1" }), run("b", { name: "y_seed1" }), run("c", { name: "z" })];
    const colors = colorRuns(runs, by({ by: "match", regex: "(seed\\d)" }));
    expect(colors.get("a")).toEqual(colors.get("b"));
    expect(colors.get("c")?.color).not.toBeNull();
  });

  it("give way to a person's own choice", () => {
    const colors = { own: { a: 7, b: "#0a141e" }, rule: { by: "experiment" } as const };
    const found = colorRuns([run("a"), run("b")], { colors, group: [], scale });
    expect(found.get("a")).toEqual({ slot: 7, color: null });
    expect(found.get("b")?.color).toEqual([10, 20, 30]);
  });
});
