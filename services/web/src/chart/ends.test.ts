import { describe, expect, it } from "vitest";
import { exactItem } from "../api/series_testing";
import { endsOf, pushApart } from "./ends";
import { lineOf, picture, steps } from "./picture_testing";

describe("names at the ends of lines", () => {
  it("stand where the lines end in view, the highest first", () => {
    const line = (id: string, values: number[]) =>
      lineOf(
        exactItem(
          steps(values.length),
          values.map((_, i) => i),
          values,
        ),
        { id },
      );
    const lines = [line("low", [1, 1, 1, 1]), line("high", [5, 6, 7]), line("nan", [2, 2, 3, Number.NaN])];
    const ends = endsOf(picture(lines).layers);
    expect(ends.map(({ run, value }) => [run, value])).toEqual([
      ["high", 7],
      ["nan", 3],
      ["low", 1],
    ]);
    const zoomed = picture(lines, { range: { axis: "step", from: 0n, to: 1n } });
    expect(endsOf(zoomed.layers).map(({ value }) => value)).toEqual([6, 2, 1]);
  });

  it("keep apart, in order, within the plot, and stay where there is room", () => {
    expect(pushApart([20, 60, 90], 10, 100)).toEqual([20, 60, 90]);
    expect(pushApart([50, 50], 10, 100)).toEqual([45, 55]);
    expect(pushApart([0, 2], 10, 100)).toEqual([5, 15]);
    expect(pushApart([99, 100], 10, 100)).toEqual([85, 95]);
    const random = (i: number) => (Math.sin(i * 12.9898) * 43758.5453) % 1;
    for (let round = 0; round < 200; round++) {
      const wanted = Array.from({ length: 12 }, (_, i) => Math.abs(random(round * 12 + i)) * 300).sort((a, b) => a - b);
      const places = pushApart(wanted, 16, 300);
      for (let i = 0; i < 12; i++) {
        expect(places[i]).toBeGreaterThanOrEqual(8 - 1e-9);
        expect(places[i]).toBeLessThanOrEqual(292 + 1e-9);
        if (i > 0) expect(places[i] - places[i - 1]).toBeGreaterThanOrEqual(16 - 1e-9);
      }
    }
  });
});
