import { describe, expect, it } from "vitest";
import { averagePrecision, countThresholds, F1_LINES, f1Line, isPlaced, measureOf, pointAt, readCurve } from "./curve";

const value = (...rows: unknown[][]) => ({ thresholds: rows[0].length, rows });

describe("readCurve", () => {
  it("has a point for each threshold from 0 to 1", () => {
    const curve = value([4, 3, 1], [4, 1, 0], [0, 3, 4], [0, 1, 3], [0.5, 0.75, 1], [1, 0.75, 0.25]);
    expect(readCurve(curve)).toEqual([
      { threshold: 0, tp: 4, fp: 4, tn: 0, fn: 0, precision: 0.5, recall: 1 },
      { threshold: 0.5, tp: 3, fp: 1, tn: 3, fn: 1, precision: 0.75, recall: 0.75 },
      { threshold: 1, tp: 1, fp: 0, tn: 4, fn: 3, precision: 1, recall: 0.25 },
    ]);
  });

  it("leaves out thresholds above all predictions", () => {
    const curve = value([4, 0], [4, 0], [0, 4], [0, 4], [0.5, 0], [1, 0]);
    expect(readCurve(curve)!.map(({ threshold }) => threshold)).toEqual([0]);
  });

  it("is null for what is no curve", () => {
    const rows = Array.from({ length: 6 }, () => [1]);
    for (const wrong of [null, 3, {}, { rows: 3 }, { rows: rows.slice(1) }, { rows: [...rows.slice(1), 3] }])
      expect(readCurve(wrong)).toBeNull();
    expect(readCurve({ rows: [...rows.slice(1), [1, 2]] })).toBeNull();
    expect(readCurve({ rows: rows.map(() => []) })).toEqual([]);
  });

  it("keeps what has no place on the plot, and knows it", () => {
    const [point] = readCurve(value([1], [1], [1], [1], ["NaN"], [2]))!;
    expect(isPlaced(point)).toBe(false);
  });
});

describe("averagePrecision", () => {
  const curve = (...points: [number, number][]) =>
    points.map(([recall, precision]) => ({ threshold: 0, tp: 1, fp: 1, tn: 1, fn: 1, recall, precision }));

  it("is 1 for a curve without a wrong positive", () => {
    expect(averagePrecision(curve([1, 1], [0.5, 1]))).toBe(1);
  });

  it("sums precision over the recall that each threshold gains", () => {
    expect(averagePrecision(curve([1, 0.5], [0.6, 0.75], [0.2, 1]))).toBeCloseTo(0.4 * 0.5 + 0.4 * 0.75 + 0.2, 12);
  });

  it("is null without a point", () => {
    expect(averagePrecision([])).toBeNull();
    expect(averagePrecision(curve([Number.NaN, 1]))).toBeNull();
  });
});

describe("f1Line", () => {
  it("has the same F1 everywhere, from edge to edge of the plot", () => {
    for (const f1 of F1_LINES) {
      const line = f1Line(f1);
      for (const { recall, precision } of line) {
        expect((2 * recall * precision) / (recall + precision)).toBeCloseTo(f1, 9);
        expect(recall <= 1 && precision <= 1 && recall > 0 && precision > 0).toBe(true);
      }
      expect([line[0].recall, line.at(-1)!.precision]).toEqual([1, expect.closeTo(1, 9)]);
    }
  });
});

describe("pointAt", () => {
  const curve = value([4, 3, 0], [4, 1, 0], [0, 3, 4], [0, 1, 4], [0.5, 0.75, 0], [1, 0.75, 0]);

  it("is the point at the logged threshold that is nearest", () => {
    expect([0, 0.2, 0.3, 0.7].map((threshold) => pointAt(curve, threshold)?.threshold)).toEqual([0, 0, 0.5, 0.5]);
    expect(pointAt(curve, 0.5)).toMatchObject({ tp: 3, fp: 1, tn: 3, fn: 1, precision: 0.75, recall: 0.75 });
  });

  it("has its counts and no precision where nothing is positive", () => {
    const point = pointAt(curve, 1)!;
    expect(point).toMatchObject({ threshold: 1, tp: 0, fp: 0, tn: 4, fn: 4, recall: 0 });
    expect(point.precision).toBeNaN();
    expect(measureOf(point, "f1")).toBe(0);
  });

  it("is null for what is no curve, or has no threshold", () => {
    expect([pointAt(3, 0.5), pointAt(value([], [], [], [], [], []), 0.5)]).toEqual([null, null]);
    expect([countThresholds(3), countThresholds(curve)]).toEqual([0, 3]);
  });
});

describe("measureOf", () => {
  it("F1 is the harmonic mean of precision and recall", () => {
    const point = pointAt(value([30], [10], [50], [20], [0.75], [0.6]), 0)!;
    expect(measureOf(point, "f1")).toBeCloseTo((2 * 0.75 * 0.6) / (0.75 + 0.6), 12);
    expect([measureOf(point, "precision"), measureOf(point, "recall")]).toEqual([0.75, 0.6]);
  });

  it("is not a number where there is nothing to find and nothing is found", () => {
    expect(measureOf(pointAt(value([0], [0], [9], [0], [0], [0]), 0)!, "f1")).toBeNaN();
  });
});
