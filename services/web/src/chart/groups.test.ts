import { describe, expect, it } from "vitest";
import { exactItem } from "../api/series_testing";
import { groupLine, tQuantile } from "./groups";
import { stretches } from "./layers";
import { inked, lineOf, picture, testScene } from "./picture_testing";
import type { Band, Centre } from "./protocol";

const group = { key: "g", label: "g", slot: 0 };
const members = [
  lineOf(exactItem([0n, 10n, 20n], [0, 10, 20], [1, 2, 3])),
  lineOf(exactItem([0n, 20n], [0, 20], [3, 5])),
  lineOf(exactItem([0n, 10n], [0, 10], [8, 12])),
].map(({ line, shift }) => ({ line, shift, values: line.value }));
const made = (band: Band, centre: Centre = "mean") => groupLine(group, members, band, centre, [0, 20], 100);

describe("a group", () => {
  it("aligns its members by interpolation and says how many there are", () => {
    const g = made("minmax");
    expect([...g.x]).toEqual([0, 10, 20]);
    expect([...g.n]).toEqual([3, 3, 2]);
    expect([...g.centre]).toEqual([4, 6, 4]);
  });

  it("has the bands that its settings name", () => {
    const sd = Math.sqrt(((1 - 4) ** 2 + (3 - 4) ** 2 + (8 - 4) ** 2) / 2);
    const at0 = (band: Band) => [made(band).lo[0], made(band).hi[0]];
    expect(at0("minmax")).toEqual([1, 8]);
    expect(at0("std")[1]).toBeCloseTo(4 + sd, 12);
    expect(at0("se")[0]).toBeCloseTo(4 - sd / Math.sqrt(3), 12);
    expect(at0("ci95")[1]).toBeCloseTo(4 + (4.302653 * sd) / Math.sqrt(3), 5);
    expect(at0("none")).toEqual([4, 4]);
  });

  it("has a median where it is asked for", () => {
    expect([...made("none", "median").centre]).toEqual([3, 4, 4]);
  });

  it("is dashed where members have ended", () => {
    expect(stretches(made("none"))).toEqual([
      { from: 0, to: 2, fewer: false },
      { from: 1, to: 3, fewer: true },
    ]);
  });
});

it("Student's t quantiles are those of the tables", () => {
  const table = { 1: 12.706, 4: 2.776, 11: 2.201, 20: 2.086, 30: 2.042, 120: 1.98 };
  for (const [degrees, t] of Object.entries(table)) expect(tQuantile(Number(degrees))).toBeCloseTo(t, 3);
});

it("a picture of a group has its centre, its band, and its members faintly", () => {
  const lines = [0, 4].map((y, i) => lineOf(exactItem([0n, 100n], [0, 100], [y, y]), { id: `r${i}`, group: "g" }));
  const p = picture(lines, { ...testScene, groups: [group], band: "minmax", centre: "mean" });
  const { scaleX, scaleY } = p.layers;
  const redness = (y: number) =>
    p.raster.pixels[(Math.floor(scaleY(y)) * p.raster.width + Math.floor(scaleX(50))) * 4 + 1];
  expect(inked(p, scaleX(50), scaleY(2))).toBe(true);
  expect(redness(2)).toBeLessThan(60);
  expect(redness(1)).toBeLessThan(225);
  expect(redness(1)).toBeGreaterThan(180);
  expect(redness(4)).toBeGreaterThan(100);
});
