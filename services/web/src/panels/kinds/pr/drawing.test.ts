import { describe, expect, it } from "vitest";
import type { Palette } from "../../../chart/paint";
import { readCurve } from "./curve";
import { curveDrawing } from "./drawing";

const palette = { line: "", faint: "", font: "", axis: "" } as unknown as Palette;

/** `count` thresholds; precision falls as the recall rises. */
function curveOf(count: number, wrongAt = -1) {
  const part = (i: number) => i / (count - 1);
  const row = (value: (i: number) => unknown) => Array.from({ length: count }, (_, i) => value(i));
  const ones = row(() => 1);
  const recall = row((i) => (i === wrongAt ? "NaN" : 1 - part(i)));
  const points = readCurve({ rows: [ones, ones, ones, ones, row(part), recall] })!;
  return { run: "a", points, name: "a", color: "red", dash: 0, strong: false, mark: null };
}

/** A context that counts the parts of lines and their points. */
function counting() {
  const counts = { lines: 0, points: 0 };
  const c = new Proxy({} as CanvasRenderingContext2D, {
    get: (_, name) =>
      name === "lineTo" ? () => counts.points++ : name === "beginPath" ? () => counts.lines++ : () => ({ width: 0 }),
    set: () => true,
  });
  return { c, counts };
}

describe("curveDrawing", () => {
  it("says the threshold under the pointer with its counts, and whose it is", () => {
    const drawing = curveDrawing([curveOf(3)], palette, 464, 128);
    // The plot of 400 by 100 pixels begins at 46, 8; the middle threshold has precision and recall of a half.
    const told = drawing.at(46 + 200, 8 + 50)!;
    expect([told.title, told.run, told.rows[1].value, told.rows[2].value]).toEqual([
      "threshold 0.5",
      "a",
      "0.5",
      "0.5",
    ]);
    expect(drawing.at(46 + 200, 8 + 90)).toBeNull();
  });

  it("draws of a hundred thousand thresholds no more than can be seen", () => {
    const { c, counts } = counting();
    curveDrawing([curveOf(100_000)], palette, 464, 128).paint(c, null);
    expect(counts.points).toBeLessThan(1_500);
    expect(counts.points).toBeGreaterThan(400);
  });

  it("parts a line where a threshold has no place", () => {
    const lines = (wrongAt: number) => {
      const { c, counts } = counting();
      curveDrawing([curveOf(11, wrongAt)], palette, 464, 128).paint(c, null);
      return counts.lines;
    };
    expect(lines(5) - lines(-1)).toBe(1);
  });
});
