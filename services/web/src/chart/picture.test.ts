import { describe, expect, it } from "vitest";
import { bucketItem, exactItem } from "../api/series_testing";
import { hoverAt, tableOf } from "./hover";
import { inked, lineOf, picture, steps } from "./picture_testing";
import type { Scene, Smoothing } from "./protocol";
import { vectorsOf } from "./vectors";

const EMA: Smoothing = { kind: "ema", amount: 0.6 };

describe("a picture", () => {
  it("draws every minimum and maximum of buckets at its own step", () => {
    const buckets = Array.from({ length: 50 }, (_, b) => ({
      steps: steps(20).map((s) => s + BigInt(b * 20)),
      values: new Array(20).fill(1),
    }));
    buckets[17].values[3] = 9;
    buckets[31].values[11] = -7;
    const p = picture([lineOf(bucketItem(buckets))]);
    expect(p.frame.highest).toEqual({ value: 9, step: 343n, run: "r" });
    expect(p.frame.lowest).toEqual({ value: -7, step: 631n, run: "r" });
    for (const e of [p.frame.highest!, p.frame.lowest!])
      expect(inked(p, p.layers.scaleX(Number(e.step)), p.layers.scaleY(e.value)), `${e.value}`).toBe(true);
  });

  it("draws a point between two NaN as a dot, and marks the NaN", () => {
    const p = picture([lineOf(exactItem(steps(5), [0, 1, 2, 3, 4], [1, Number.NaN, 2, Number.NaN, 1.5]))]);
    expect(inked(p, p.layers.scaleX(2), p.layers.scaleY(2))).toBe(true);
    expect(inked(p, p.layers.scaleX(1.5), p.layers.scaleY(1.5))).toBe(false);
    expect(p.frame.marks.map((m) => [m.kind, m.step])).toEqual([
      ["nan", 1n],
      ["nan", 3n],
    ]);
    expect(p.frame.nonFinite).toBe(2);
  });

  it("joins a stretch of NaN to one mark and tells infinities apart", () => {
    const values = [0, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY];
    const p = picture([lineOf(exactItem(steps(6), [0, 1, 2, 3, 4, 5], values))]);
    expect(p.frame.marks.map((m) => m.kind)).toEqual(["nan", "+inf", "-inf"]);
    expect(p.frame.y[1]).toBeLessThan(2);
  });

  it("draws what a rewind hid thin, beneath the lines, and has room for it", () => {
    const flat = (from: bigint, value: number) =>
      lineOf(exactItem([from, from + 50n], [Number(from), Number(from) + 50], [value, value]));
    const rewound = [flat(50n, 9)];
    const p = picture([flat(0n, 1)], {}, { rewound });
    expect([p.frame.rewound, p.frame.series, p.frame.x[1]]).toEqual([1, 1, 100]);
    const greenAt = (x: number, value: number) => {
      const row = Math.round(p.layers.scaleY(value));
      const rows = [row - 2, row - 1, row, row + 1];
      return Math.min(
        ...rows.map((y) => p.raster.pixels[(y * p.raster.width + Math.floor(p.layers.scaleX(x))) * 4 + 1]),
      );
    };
    expect(greenAt(75, 9)).toBeGreaterThan(120);
    expect(greenAt(75, 9)).toBeLessThan(215);
    expect(greenAt(25, 1)).toBeLessThan(90);
    expect(inked(p, p.layers.scaleX(25), p.layers.scaleY(9))).toBe(false);
    expect(hoverAt({ id: "t", layers: p.layers }, 75, 0).rows).toEqual([]);
  });

  it("draws the least and greatest of a long stretch that a rewind hid, too", () => {
    const at = (from: bigint, values: number[]) => ({ steps: values.map((_, i) => from + BigInt(i)), values });
    const long = lineOf(bucketItem([at(50n, [2, 2, 2]), at(70n, [2, 9, 2]), at(90n, [2, 2, 2])]));
    const rewound = [long];
    const p = picture([lineOf(exactItem([0n, 100n], [0, 100], [1, 1]))], {}, { rewound });
    expect(inked(p, p.layers.scaleX(71), p.layers.scaleY(8))).toBe(true);
    expect(vectorsOf(p).shapes.map(({ kind }) => kind)).toEqual(["area", "line", "line"]);
  });

  it("draws the tag of the axis at the right by that axis, and finds it there", () => {
    const left = lineOf(exactItem(steps(3), [0, 1, 2], [1, 1.5, 1]));
    const right = { ...lineOf(exactItem(steps(3), [0, 1, 2], [1000, 3000, 1000])), tag: "u" };
    const p = picture([left, right], { right: "u" });
    expect(p.frame.y[1]).toBeLessThan(2);
    expect([p.frame.right?.tag, p.frame.right!.y[1] > 3000]).toEqual(["u", true]);
    const scale = p.layers.scaleRight!;
    expect(inked(p, p.layers.scaleX(1), scale(3000) + 0.5)).toBe(true);
    const rows = hoverAt({ id: "t", layers: p.layers }, 1, scale(3000)).rows;
    expect(rows.map(({ tag, value, py }) => [tag, value, py])).toEqual([
      ["u", 3000, scale(3000)],
      ["t", 1.5, p.layers.scaleY(1.5)],
    ]);
    expect(picture([left], { right: "u" }).frame.right).toBeNull();
  });

  it("counts what a log axis cannot show, and says when nothing is positive", () => {
    const some = picture([lineOf(exactItem(steps(4), [0, 1, 2, 3], [0, -1, 10, 100]))], { y: "log" });
    expect([some.frame.nonPositive, some.frame.nonPositiveAtLeast]).toEqual([2, false]);
    expect(some.frame.y[0]).toBeGreaterThan(1);
    const none = picture([lineOf(exactItem(steps(2), [0, 1], [0, -1]))], { y: "log" });
    expect([none.frame.nonPositive, none.frame.highest]).toEqual([2, null]);
  });

  it("cuts outliers only when asked", () => {
    const values = steps(200).map((_, i) => (i === 100 ? 1e6 : Math.sin(i)));
    const line = lineOf(exactItem(steps(200), steps(200).map(Number), values));
    expect(picture([line]).frame.y[1]).toBeGreaterThan(1e6);
    const cut = picture([line], { outliers: true });
    expect(cut.frame.y[1]).toBeLessThan(2);
    expect(cut.frame.clipped).toBe(true);
  });

  it("does not move a zoomed axis for new points, and grows a free one in eighths", () => {
    const line = lineOf(
      exactItem(
        steps(81),
        steps(81).map(Number),
        steps(81).map(() => 1),
      ),
    );
    const free = picture([line]);
    const zoomed = picture([line], { range: { axis: "step", from: 10n, to: 20n } });
    line.line.append(81n, 81, 1);
    expect(picture([line], { range: { axis: "step", from: 10n, to: 20n } }, { held: zoomed.ranges }).frame.x).toEqual([
      10, 20,
    ]);
    expect(picture([line], {}, { held: free.ranges }).frame.x).toEqual([0, 90]);
  });

  it("shows a line that crosses a range between two of its points", () => {
    const p = picture([lineOf(exactItem([0n, 100n], [0, 100], [10, 20]))], {
      range: { axis: "step", from: 40n, to: 60n },
    });
    expect(p.frame.y[0]).toBeLessThan(14);
    expect(p.frame.y[1]).toBeGreaterThan(16);
    expect(inked(p, p.layers.scaleX(50), p.layers.scaleY(15))).toBe(true);
    expect(p.frame.highest).toBeNull();
  });

  it("grows the y range at once and never shrinks it by itself", () => {
    const line = lineOf(exactItem(steps(3), [0, 1, 2], [1, 2, 3]));
    const first = picture([line]);
    line.line.append(3n, 3, 2.5);
    const second = picture([line], {}, { held: first.ranges });
    expect(second.frame.y).toEqual(first.frame.y);
    line.line.append(4n, 4, 50);
    const third = picture([line], {}, { held: second.ranges });
    expect(third.frame.y[1]).toBeGreaterThan(50);
  });

  it("says that smoothing is approximate in buckets and exact on points", () => {
    const points = lineOf(exactItem(steps(9), steps(9).map(Number), steps(9).map(Number)));
    const buckets = lineOf(
      bucketItem([
        { steps: [0n, 1n], values: [0, 1] },
        { steps: [2n, 3n], values: [2, 3] },
      ]),
    );
    expect(picture([points], { smoothing: EMA }).frame.smoothingApproximate).toBe(false);
    expect(picture([buckets], { smoothing: EMA }).frame.smoothingApproximate).toBe(true);
    expect(picture([buckets]).frame.smoothingApproximate).toBe(false);
  });

  it("survives no series, one point and equal values", () => {
    expect(picture([]).frame.series).toBe(0);
    const one = picture([lineOf(exactItem([7n], [1], [3]))]);
    expect(inked(one, one.layers.scaleX(7), one.layers.scaleY(3))).toBe(true);
  });
});

describe("any data at all", () => {
  const VALUES = [
    0,
    -0,
    1,
    -1,
    1e-320,
    5e-324,
    1e308,
    -1.7976931348623157e308,
    1.7976931348623157e308,
    NaN,
    Infinity,
    -Infinity,
    0.1,
    1e17,
    3,
  ];
  const STEPS = [0n, 1n, -1n, 7n, 1n << 53n, (1n << 63n) - 1n, -(1n << 63n), 9007199254740993n, 100n];
  let seed = 1;
  const int = (n: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
  };
  const pick = <T>(items: readonly T[]) => items[int(items.length)];

  it("gives a picture with finite ranges and ticks that differ", () => {
    for (let round = 0; round < 2000; round++) {
      const n = int(6);
      const at = Array.from({ length: n }, () => pick(STEPS)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const values = at.map(() => pick(VALUES));
      const item =
        n > 0 && int(2) === 0
          ? bucketItem(at.map((s, i) => ({ steps: [s], values: [values[i]] })))
          : exactItem(at, at.map(Number), values);
      const change: Partial<Scene> = {
        y: pick(["lin", "log", "symlog"] as const),
        xLog: int(4) === 0,
        outliers: int(2) === 0,
        smoothing: pick<Smoothing>([
          { kind: "none", amount: 0 },
          EMA,
          { kind: "twema", amount: 0.99 },
          { kind: "gauss", amount: 5 },
          { kind: "mean", amount: 3 },
        ]),
      };
      if (int(3) === 0) change.range = { axis: "step", from: -5n, to: 5n };
      const { frame } = picture([lineOf(item)], change);
      const what = `round ${round}: ${at} ${values} ${change.y} ${change.xLog} gives ${frame.x} and ${frame.y}`;
      expect(frame.x.every(Number.isFinite) && frame.x[0] < frame.x[1], what).toBe(true);
      expect(frame.y.every(Number.isFinite) && frame.y[0] < frame.y[1], what).toBe(true);
      for (const ticks of [frame.xTicks, frame.yTicks]) {
        expect(new Set(ticks.map((tick) => tick.label)).size, `${what}: ${ticks.map((tick) => tick.label)}`).toBe(
          ticks.length,
        );
        expect(ticks.length, what).toBeLessThan(40);
      }
    }
  });
});

describe("the crosshair", () => {
  const line = lineOf(exactItem([0n, 10n, 20n], [100, 110, 120], [1, 2, 3]));
  const p = picture([line]);
  const at = { id: "t", layers: p.layers };

  it("snaps to the logged point and gives its exact values", () => {
    const hover = hoverAt(at, 11.7, 0);
    expect(hover.hair).toBeCloseTo(p.layers.scaleX(10));
    expect(hover.rows[0]).toMatchObject({ step: 10n, wall: 110, relative: 10, value: 2 });
  });

  it("has a table behind it", () => {
    expect(tableOf(at, null, 100).rows.map((row) => [row.step, row.values[0]])).toEqual([
      [0n, 1],
      [10n, 2],
      [20n, 3],
    ]);
  });
});
