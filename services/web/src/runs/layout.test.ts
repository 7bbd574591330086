import { describe, expect, it } from "vitest";
import { runColumn, type ShownColumn } from "../state/columns";
import { layOut, OWN, stuckWidth, within } from "./layout";

const params = (count: number): ShownColumn[] =>
  Array.from({ length: count }, (_, i) => ({
    column: { space: "param", name: `p${i}` },
    pinned: i === 7,
    width: 100,
  }));

const pixels = (template: string) =>
  template.split(" ").reduce((sum, track) => sum + (track.endsWith("px") ? Number.parseFloat(track) : 0), 0);

describe("the part of the table that is in view", () => {
  it("has only cells that touch it, and the pinned ones wherever one has scrolled to", () => {
    const whole = layOut(params(400), null, false);
    const shown = within(whole, { from: 20_000, to: 21_000 });
    expect(shown.cells.length).toBeLessThan(14);
    expect(shown.cells[0]).toMatchObject({ id: "params.p7", sticky: stuckWidth(whole) - 100, index: OWN + 1 });
    for (const cell of shown.cells.slice(1)) {
      expect(cell.start + cell.width).toBeGreaterThan(20_000);
      expect(cell.start).toBeLessThan(21_000);
    }
  });

  it("takes the width of all, so that nothing moves when cells come and go", () => {
    const whole = layOut(params(400), null, false);
    const widths = [0, 777, 12_345, 50_000].map((from) => pixels(within(whole, { from, to: from + 900 }).template));
    expect(new Set(widths).size).toBe(1);
    expect(widths[0] + 10).toBe(whole.width);
  });

  it("numbers columns through, in the order in which they stand", () => {
    const whole = layOut([...params(9), { column: runColumn("status"), pinned: false, width: null }], null, false);
    expect(whole.columns.map((c) => c.index)).toEqual(whole.columns.map((_, i) => OWN + 1 + i));
    expect(whole.columns[0].id).toBe("params.p7");
  });

  it("has no gap where nothing scrolls", () => {
    const shown = within(layOut([], null, true), { from: 0, to: 500 });
    expect(shown.cells).toEqual([]);
    expect(shown.template).toContain(" 0px 0px");
  });
});
