import { describe, expect, it } from "vitest";
import type { ValuePoint } from "../../../api/values";
import type { Palette } from "../../../chart/paint";
import { bandDrawing, type Canvas, heatDrawing, overlayDrawing, ridgeDrawing } from "./drawing";
import { pointsWanted, shotsOf } from "./shots";

const palette = { panel: "", text: "", faint: "", line: "", axis: "", scale: [] } as unknown as Palette;
const canvas: Canvas = {
  width: 456,
  height: 128,
  dpr: 1,
  look: { log: false, rebinned: false, beside: [] },
  palette,
};

const point = (step: number, ...buckets: unknown[][]): ValuePoint => ({
  step: BigInt(step),
  wall: step * 60,
  value: { buckets },
});
const POINTS = [point(1000, [0, 1, 7], [1, 4, 0.5]), point(2000, [0, 4, 3])];

describe("shotsOf", () => {
  it("counts what is no histogram, and says steps and times", () => {
    const { shots, damaged } = shotsOf([...POINTS, { step: 3n, wall: 0, value: "text" }], "rel");
    expect(damaged).toBe(1);
    expect(shots.map(({ title, label }) => [title, label])).toEqual([
      ["step 1,000 · 0.00 s", "0.00 s"],
      ["step 2,000 · 16 h 40 m", "16 h 40 m"],
    ]);
  });

  it("asks for fewer points where one has very many buckets", () => {
    expect([0, 30, 10_000, 1e9].map(pointsWanted)).toEqual([50, 50, 30, 2]);
  });
});

describe("what a picture says under the pointer", () => {
  const { shots } = shotsOf(POINTS, "step");
  const strand = { shots, color: "red", mark: null };
  // The plot of 400 by 100 pixels begins at 46, 8; its range has 3 % more on either side of 0 to 4.
  const x = (value: number) => 46 + ((value + 0.12) / 4.24) * 400;
  const y = (value: number) => 108 - ((value + 0.12) / 4.24) * 100;

  it("is each run's bucket at the value, as it was logged", () => {
    const layers = shots.map((shot, i) => ({ shot, name: `run ${i}`, color: "red", strong: false }));
    const drawing = overlayDrawing(layers, "at this value", canvas);
    expect(drawing.at(x(2), 50)).toEqual({
      part: null,
      title: "at this value",
      rows: [
        { color: "red", name: "run 0", value: "0.5", detail: "1 … 4" },
        { color: "red", name: "run 1", value: "3", detail: "0 … 4" },
      ],
    });
    expect(drawing.at(2, 50)).toBeNull();
    expect(drawing.at(x(-0.1), 50)).toBeNull();
  });

  it("is the step and the bucket of a heat map, and the percentiles of a step", () => {
    const heat = heatDrawing(strand, "step", canvas).at(60, y(3));
    expect(heat).toMatchObject({ part: 0, title: "step 1,000", rows: [{ value: "0.5", detail: "1 … 4" }] });
    expect(heatDrawing(strand, "step", canvas).at(440, y(3))).toMatchObject({ part: 1, title: "step 2,000" });
    const bands = bandDrawing(strand, "step", canvas).at(440, 50)!;
    expect(bands.rows.map(({ value }) => value)).toContain("2");
    expect([bands.rows[0].value, bands.rows.at(-1)!.value]).toEqual(["4", "0"]);
  });

  it("is the ridge in front, where several cover the place", () => {
    const drawing = ridgeDrawing(strand, null, canvas);
    expect(drawing.at(100, 107)).toMatchObject({ part: 1, title: "step 2,000" });
    expect(drawing.at(40, 30)).toMatchObject({ part: 0, title: "step 1,000" });
  });
});
