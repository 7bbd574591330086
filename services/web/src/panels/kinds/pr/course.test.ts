import { describe, expect, it } from "vitest";
import type { Palette } from "../../../chart/paint";
import { type Course, courseDrawing } from "./course";

const palette = { line: "", faint: "", font: "", axis: "" } as unknown as Palette;
const MAX = (1n << 63n) - 1n;

/** A run whose steps are a second apart from `began` on. */
const course = (values: number[], first = 0n, began = 1_700_000_000): Course => ({
  run: "a",
  name: "a",
  color: "red",
  dash: 0,
  strong: false,
  points: values.map((value, i) => ({ step: first + 10n * BigInt(i), wall: began + i, value })),
});

// A plot of 400 by 100 pixels begins at 46, 8.
const draw = (courses: Course[], axis: "step" | "rel" | "wall") =>
  courseDrawing(courses, axis, null, palette, 464, 128);

/** What is told at parts of the width, wherever it stands. */
function told(courses: Course[], axis: "step" | "rel" | "wall", ...parts: number[]) {
  const drawing = draw(courses, axis);
  return parts.map((part) => {
    for (let y = 8; y <= 108; y++) {
      const found = drawing.at(46 + part * 400, y);
      if (found !== null) return found;
    }
    return null;
  });
}

describe("courseDrawing", () => {
  it("places points by their steps, and says which step is meant", () => {
    const found = told([course([0.1, 0.4, 0.9])], "step", 0, 0.5, 1, 0.25);
    expect(found.map((one) => one?.stop)).toEqual([0n, 10n, 20n, undefined]);
    expect(found[1]).toMatchObject({ title: "step 10", run: "a", rows: [{ name: "a", value: "0.4" }] });
  });

  it("keeps steps apart that no double can", () => {
    const found = told([course([0.1, 0.4, 0.9], MAX - 20n)], "step", 0, 0.5, 1);
    expect(found.map((one) => one?.stop)).toEqual([MAX - 20n, MAX - 10n, MAX]);
  });

  it("counts relative time from each run's own beginning, and wall time from none", () => {
    const runs = [course([0.1, 0.2, 0.3]), { ...course([0.8, 0.9, 0.7], 0n, 1_700_000_004), run: "b" }];
    expect(told(runs, "rel", 1).map((one) => one?.stop)).toEqual([2]);
    expect(told(runs, "wall", 0, 0.5, 1).map((one) => [one?.run, one?.stop])).toEqual([
      ["a", 1_700_000_000],
      [undefined, undefined],
      ["b", 1_700_000_006],
    ]);
  });

  it("has no point where there is no value, and is whole with one point or none", () => {
    expect(told([course([0.1, Number.NaN, 0.3])], "step", 0.5)).toEqual([null]);
    expect(told([course([0.5])], "step", 0.5)[0]?.stop).toBe(0n);
    expect(told([course([])], "wall", 0.5)).toEqual([null]);
  });

  it("parts the line where a value is missing", () => {
    let lines = 0;
    const c = new Proxy({} as CanvasRenderingContext2D, {
      get: (_, name) => (name === "beginPath" ? () => lines++ : () => ({ width: 0 })),
      set: () => true,
    });
    draw([course([0.1, 0.2, 0.3])], "step").paint(c, null);
    const whole = lines;
    draw([course([0.1, Number.NaN, 0.3])], "step").paint(c, null);
    expect(lines - whole).toBe(whole + 1);
  });
});
