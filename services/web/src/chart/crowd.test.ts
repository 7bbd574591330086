import { describe, expect, it } from "vitest";
import { bucketItem, exactItem } from "../api/series_testing";
import { hoverAt } from "./hover";
import { PickBuffer } from "./pick";
import { pictureOf } from "./picture";
import { inputOf, lineOf, picture, steps } from "./picture_testing";
import type { DrawnLine } from "./values";

const wide = (i: number) => {
  const buckets = Array.from({ length: 100 }, (_, b) => ({
    steps: [BigInt(2 * b), BigInt(2 * b + 1)],
    values: [-9, 9, 0],
  }));
  for (const bucket of buckets) bucket.steps.push(bucket.steps[1]);
  return lineOf(bucketItem(buckets), { id: `r${i}` });
};

/** How green a row of the picture is, between the edges: less is more ink. */
function greens(lines: DrawnLine[], value: number): number[] {
  const { raster, layers } = picture(lines);
  const row = Math.round(layers.scaleY(value));
  return Array.from({ length: 80 }, (_, x) => raster.pixels[(row * raster.width + x + 10) * 4 + 1]);
}

describe("envelopes of many lines", () => {
  it("are whole up to forty, then hatched at 8 % a line, and gone above three hundred", () => {
    const lines = Array.from({ length: 301 }, (_, i) => wide(i));
    const whole = greens(lines.slice(0, 2), 6.7);
    expect([new Set(whole).size, whole[0] < 255]).toEqual([1, true]);
    // Two of them have strokes in the same columns.
    const point = lineOf(exactItem([0n], [0], [0]));
    const few = Array.from({ length: 41 }, (_, i) => (i === 0 || i === 4 ? lines[i] : point));
    const ink = greens(few, 6.7);
    expect(ink.filter((green) => green < 255)).toHaveLength(20);
    expect(Math.min(...ink) / 255).toBeCloseTo(0.92 ** 2, 2);
    expect(new Set(greens(lines, 6.7))).toEqual(new Set([255]));
  });
});

it.each([
  ["lines", {}],
  ["a density", { density: true }],
  ["a group", { groups: [{ key: "g", label: "g", slot: 0 }] }],
])("a picture of %s is made in parts of a line", (_, change) => {
  const lines = Array.from({ length: 500 }, (_, i) => lineOf(exactItem([0n, 9n], [0, 9], [i, 9]), { group: "g" }));
  const work = pictureOf(inputOf(lines, change));
  let parts = 1;
  for (let step = work.next(); !step.done; step = work.next()) parts++;
  expect(parts).toBeGreaterThan(2 * lines.length); // they are measured, then drawn
});

describe("the pick buffer", () => {
  it("finds the lines near a pixel, each once, the nearest first, what was drawn last on top", () => {
    const pick = new PickBuffer(20, 20);
    const flat = (y: number) => [new Float32Array(20).fill(y), new Float32Array(20).fill(y + 1)] as const;
    pick.spans(...flat(5), 0);
    pick.spans(...flat(9), 1);
    pick.spans(...flat(9), 2);
    expect(pick.near(10, 8.5, 4, 12)).toEqual([2, 0]);
    expect(pick.near(10, 5.5, 1, 12)).toEqual([0]);
    expect(pick.near(10, 15, 3, 12)).toEqual([]);
    expect(pick.near(10, 8.5, 4, 1)).toEqual([2]);
  });

  it("finds the run under the pointer among six thousand, and in other panels only the focused one", () => {
    const flat = (value: number) => exactItem(steps(2), [0, 1], [value, value]);
    const lines = Array.from({ length: 6000 }, (_, i) => lineOf(flat(i === 4321 ? 50 : i / 600), { id: `r${i}` }));
    const p = picture(lines, { focus: "r7" });
    expect(p.frame.density).toBe(true);
    const hover = hoverAt({ id: "t", layers: p.layers }, 0.4, p.layers.scaleY(50));
    expect(hover.rows.map(({ run }) => run)).toEqual(["r4321", "r7"]);
    expect(hover.total).toBe(6000);
    expect(hoverAt({ id: "t", layers: p.layers }, 0.4, null).rows.map(({ run }) => run)).toEqual(["r7"]);
    const lines1001 = lines.slice(3400, 4401);
    const thin = picture(lines1001);
    expect(thin.frame.density).toBe(false);
    expect(hoverAt({ id: "t", layers: thin.layers }, 0.4, thin.layers.scaleY(50)).rows[0].run).toBe("r4321");
  });
});
