import { describe, expect, it } from "vitest";
import { exactItem } from "../api/series_testing";
import { GroupLines, tQuantile } from "./groups";
import { stretches } from "./layers";
import { inOneGo } from "./parts";
import { inked, lineOf, picture, testScene } from "./picture_testing";
import type { Band, Centre } from "./protocol";

const group = { key: "g", label: "g", slot: 0 };
const members = [
  lineOf(exactItem([0n, 10n, 20n], [0, 10, 20], [1, 2, 3])),
  lineOf(exactItem([0n, 20n], [0, 20], [3, 5])),
  lineOf(exactItem([0n, 10n], [0, 10], [8, 12])),
].map(({ line, shift }) => ({ line, shift, values: line.value }));
const wanted = [{ group, tag: "t", members }];
const made = (band: Band, centre: Centre = "mean") =>
  inOneGo(new GroupLines().of(wanted, { band, centre, range: [0, 20], most: 100 }))[0];

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

it("the lines of many members are made in parts, and kept while nothing changes", () => {
  const many = Array.from({ length: 200 }, (_, k) => lineOf(exactItem([0n, 10n], [0, 10], [k, k + 1])));
  const those = [{ group, tag: "t", members: many.map(({ line, shift }) => ({ line, shift, values: line.value })) }];
  const look = { band: "std" as const, centre: "mean" as const, range: [0, 10] as [number, number], most: 100 };
  const lines = new GroupLines();
  const work = lines.of(those, look);
  let parts = 1;
  while (!work.next().done) parts++;
  expect(parts).toBeGreaterThan(3);
  const [made] = inOneGo(lines.of(those, look));
  expect([...made.centre]).toEqual([99.5, 100.5]);
  expect([...made.n]).toEqual([200, 200]);
  expect(inOneGo(lines.of(those, look))[0]).toBe(made);
  many[7].line.append(20n, 20, 5);
  expect(inOneGo(lines.of(those, look))[0]).not.toBe(made);
});

it("members without a line of their own count, and two tags do not mix", () => {
  const line = (id: string, y: number, more: object, tag = "t") => ({
    ...lineOf(exactItem([0n, 100n], [0, 100], [y, y]), { id, group: "g", ...more }),
    tag,
  });
  const lines = [line("a", 0, {}), line("b", 4, { hidden: true }), line("a", 40, {}, "u")];
  const { layers } = picture(lines, { ...testScene, groups: [group], band: "minmax", centre: "mean" });
  expect(layers.lines.map(({ run }) => run.id)).toEqual(["a", "a"]);
  expect(layers.groups.map(({ tag, n, centre }) => [tag, n[0], centre[0]])).toEqual([
    ["t", 2, 2],
    ["u", 1, 40],
  ]);
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
