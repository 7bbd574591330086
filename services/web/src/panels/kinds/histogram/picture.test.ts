import { describe, expect, it } from "vitest";
import { type AxisKind, cellAt, pointAxis } from "../point_axis";
import { drawableBins } from "./bins";
import { bins, damaged, random, sound } from "./histogram_testing";
import { bands, heatMap, type Look, labelled, outlines, ridges, type Shot } from "./picture";

const PLAIN: Look = { log: false, rebinned: false, beside: [] };
const SIZE = { width: 200, height: 120 };

const shot = (step: number, ...buckets: [number, number, number][]): Shot => ({
  step: BigInt(step),
  wall: step,
  bins: bins(...buckets),
});

const inPlace = (values: ArrayLike<number>) =>
  Array.from(values).every((value) => Number.isFinite(value) && value >= 0 && value <= 1);

describe("outlines", () => {
  it("are as high as the density, whatever the widths of bins are", () => {
    // 0 to 1 and 1 to 3 hold as much: the wide one is half as high.
    const { heights, range } = outlines([shot(0, [0, 1, 4], [1, 3, 4])], { width: 300, height: 90 }, PLAIN);
    const at = (value: number) => heights[0][Math.floor(((value - range[0]) / (range[1] - range[0])) * 300)];
    expect([at(0.5), at(2), at(3.05)]).toEqual([1, expect.closeTo(0.5, 9), 0]);
  });

  it("keep their axes while the step moves among those beside them", () => {
    const over = [shot(0, [0, 1, 1]), shot(1, [4, 5, 1], [5, 5.5, 1]), shot(2, [-3, 0, 1])];
    const [a, b] = over.map((one) => outlines([one], SIZE, { ...PLAIN, beside: over }));
    expect([b.range, b.top, b.densities]).toEqual([a.range, a.top, a.densities]);
    expect(a.heights).toHaveLength(1);
  });

  it("of several histograms are drawn to one scale", () => {
    const { heights } = outlines([shot(0, [0, 1, 1]), shot(0, [0, 4, 100])], SIZE, PLAIN);
    expect(Math.max(...heights[0])).toBe(1);
    expect(Math.max(...heights[1])).toBeCloseTo(0.25, 9);
  });

  it("show the least density on a logarithmic scale", () => {
    const { heights, densities } = outlines([shot(0, [0, 1, 1], [1, 2, 10_000])], SIZE, { ...PLAIN, log: true });
    const low = heights[0][50];
    expect(low).toBeGreaterThan(0.01);
    expect(low).toBeLessThan(0.3);
    expect(densities.map(({ label }) => label)).toEqual(["1e-4", "0.001", "0.01", "0.1"]);
  });
});

describe("any histograms", () => {
  it("have pictures that are finite and within the plot", () => {
    for (let seed = 1; seed <= 600; seed++) {
      const r = random(seed);
      const shots: Shot[] = Array.from({ length: Math.floor(r() * 6) }, (_, i) => ({
        step: BigInt(Math.floor(i * 10 + r() * 12)),
        wall: r() < 0.1 ? Number.NaN : 1e9 + i * 60,
        bins: drawableBins(r() < 0.5 ? damaged(r) : sound(r)),
      }));
      const size = { width: Math.floor(r() * 400), height: Math.floor(r() * 200) };
      const look: Look = {
        log: r() < 0.5,
        rebinned: r() < 0.3,
        beside: r() < 0.2 ? [{ step: 0n, wall: 0, bins: drawableBins(damaged(r)) }] : [],
      };
      const axis = (["step", "rel", "wall"] as const)[seed % 3];
      const ridge = ridges(shots, size, look, r() < 0.3 ? null : axis);
      const heat = heatMap(shots, size, look, axis);
      const band = bands(shots, size, axis);
      expect(ridge.heights.every(inPlace), `seed ${seed}: heights`).toBe(true);
      expect(inPlace([...ridge.bases].map((base) => base / Math.max(1, size.height))), `seed ${seed}: bases`).toBe(
        true,
      );
      expect(
        [...ridge.values, ...ridge.densities].every(({ at }) => Number.isFinite(at)),
        `seed ${seed}: ticks`,
      ).toBe(true);
      expect(
        heat.cells.every((cells) => inPlace(cells.filter((cell) => !Number.isNaN(cell)))),
        `seed ${seed}: cells`,
      ).toBe(true);
      expect(inPlace(heat.axis.edges) && inPlace(heat.axis.centres), `seed ${seed}: axis`).toBe(true);
      expect(
        band.lines.every((line) => line === null || inPlace(line.places)),
        `seed ${seed}: bands`,
      ).toBe(true);
    }
  });
});

describe("ridges", () => {
  it("stand behind each other, the first at the top, all within the plot", () => {
    const { bases, reach } = ridges([shot(0, [0, 1, 1]), shot(1, [0, 1, 1]), shot(9, [0, 1, 1])], SIZE, PLAIN, null);
    expect(bases[0]).toBe(reach);
    expect(bases[2]).toBe(120);
    expect(bases[1]).toBeCloseTo((bases[0] + bases[2]) / 2, 9);
  });

  it("are as far apart as their steps or times, where that is chosen", () => {
    const shots = [0, 1, 4].map(
      (step): Shot => ({ ...shot(step, [0, 1, 1]), wall: 1_700_000_000 + 10 * (4 - step) ** 2 }),
    );
    const parts = (of: readonly Shot[], by: AxisKind) => {
      const { bases, reach } = ridges(of, SIZE, PLAIN, by);
      return [...bases].map((base) => (base - reach) / (120 - reach));
    };
    expect(parts(shots, "step")).toEqual([0, expect.closeTo(0.25, 9), 1]);
    const byTime = shots.toReversed();
    expect(parts(byTime, "wall")).toEqual([0, expect.closeTo(90 / 160, 9), 1]);
    expect(parts(byTime, "rel")).toEqual(parts(byTime, "wall"));
  });

  it("stand at one place where they are of one time, and evenly where times tell nothing", () => {
    const at = (...walls: number[]) => {
      const shots = walls.map((wall, i): Shot => ({ ...shot(i, [0, 1, 1]), wall }));
      const { bases, reach } = ridges(shots, SIZE, PLAIN, "wall");
      return [...bases].map((base) => (base - reach) / (120 - reach));
    };
    expect(at(5, 5, 6)).toEqual([0, 0, 1]);
    for (const walls of [
      [5, 5, 5],
      [5, Number.NaN, 6],
      [6, 5, 7],
      [-Number.MAX_VALUE, 0, Number.MAX_VALUE],
    ])
      expect(at(...walls)).toEqual([0, expect.closeTo(0.5, 9), 1]);
  });

  it("have labels that do not touch, the first and the last among them", () => {
    const at = labelled(
      Float64Array.from({ length: 50 }, (_, i) => 40 + i * 2),
      14,
    );
    expect(at[0]).toBe(49);
    expect(at.at(-1)).toBe(0);
    for (let k = 1; k < at.length; k++) expect(2 * (at[k - 1] - at[k])).toBeGreaterThanOrEqual(14);
    expect(labelled(Float64Array.of(9), 14)).toEqual([0]);
  });
});

describe("heatMap", () => {
  it("has the greatest value at the top and nothing where nothing was counted", () => {
    const { cells } = heatMap([shot(0, [0, 1, 1], [3, 4, 80])], { width: 10, height: 100 }, PLAIN, "step");
    expect(cells[0][10]).toBe(1);
    expect(cells[0][50]).toBeNaN();
    expect(cells[0][90]).toBeLessThan(0.5);
  });
});

describe("pointAxis", () => {
  const at = (...steps: number[]) => steps.map((step) => ({ step: BigInt(step), wall: step * 2 }));

  it("gives each point the room to half-way to its neighbours", () => {
    const { edges, centres } = pointAxis(at(0, 10, 40), "step", 300);
    expect([...edges].map((edge) => Math.round(edge * 60))).toEqual([0, 10, 30, 60]);
    expect([...centres].map((centre) => Math.round(centre * 60))).toEqual([5, 15, 45]);
  });

  it("tells steps beyond 2^53 apart", () => {
    const points = [0n, 1n, 2n].map((i) => ({ step: 2n ** 62n + i, wall: 0 }));
    expect([...pointAxis(points, "step", 300).centres].map((c) => Math.round(c * 6))).toEqual([1, 3, 5]);
  });

  it("puts points whose times tell no places in their order", () => {
    for (const axis of ["rel", "wall"] as AxisKind[]) {
      const points = [1n, 2n].map((step) => ({ step, wall: Number.NaN }));
      expect([...pointAxis(points, axis, 300).edges]).toEqual([0, 0.5, 1]);
    }
  });

  it("finds the cell at a place", () => {
    const { edges } = pointAxis(at(0, 10), "step", 300);
    expect([cellAt(edges, 0.2), cellAt(edges, 0.8), cellAt(edges, 1.2), cellAt(Float64Array.of(0), 0)]).toEqual([
      0,
      1,
      null,
      null,
    ]);
  });
});
