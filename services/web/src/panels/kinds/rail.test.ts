import { describe, expect, it } from "vitest";
import { apart, makeRail, nearestStop, partOf, playStride, stopAt, stopBeside } from "./rail";

const logged = (step: bigint[], wall = step.map(Number), thinned = false) => ({ step, wall, thinned });
const MAX = (1n << 63n) - 1n;

describe("the rail", () => {
  const steps = new Map([
    ["a", logged([0n, 10n, 20n], [100, 110, 130])],
    ["b", logged([10n, 5n], [205, 200])],
  ]);

  it("has each place once, in order, and a row for each run", () => {
    const rail = makeRail(steps, "step");
    expect(rail.stops).toEqual([0n, 5n, 10n, 20n]);
    expect(rail.rows).toEqual([
      { run: "a", stops: [0n, 10n, 20n] },
      { run: "b", stops: [5n, 10n] },
    ]);
    expect(rail.thinned).toBe(false);
  });

  it("lies on wall time, or on seconds since each run's first point", () => {
    expect(makeRail(steps, "wall").stops).toEqual([100, 110, 130, 200, 205]);
    expect(makeRail(new Map([["a", logged([0n, 1n], [100, 130])]]), "relative").stops).toEqual([0, 30]);
  });

  it("says that it has not every place", () => {
    expect(makeRail(new Map([["a", logged([1n], [1], true)]]), "step").thinned).toBe(true);
  });

  it("does without a wall time that is no number", () => {
    expect(makeRail(new Map([["a", logged([1n, 2n], [Number.NaN, 7])]]), "wall").stops).toEqual([7]);
  });
});

describe("places", () => {
  const stops = [0n, 5n, 10n, 20n];

  it("finds the nearest stop, of two as near the first", () => {
    const nearest = (at: bigint) => nearestStop(stops, at);
    expect([-9n, 0n, 2n, 3n, 15n, 16n, 99n].map(nearest)).toEqual([0, 0, 0, 1, 2, 3, 3]);
    expect(nearestStop([], 1n)).toBe(-1);
    expect(nearestStop([1.5, 2.5], 2.1)).toBe(1);
  });

  it("is exact at the ends of int64", () => {
    const far = [-MAX - 1n, MAX - 1n, MAX];
    expect(nearestStop(far, MAX)).toBe(2);
    expect(stopBeside(far, MAX, -1)).toBe(MAX - 1n);
    expect(apart(MAX, MAX - 1n)).toBe(1);
    expect(stopAt(far, 1)).toBe(MAX);
    expect(stopAt(far, 0)).toBe(-MAX - 1n);
  });

  it("goes to the next stop from between two, and stays at the ends", () => {
    expect(stopBeside(stops, 5n, 1)).toBe(10n);
    expect(stopBeside(stops, 5n, -1)).toBe(0n);
    expect(stopBeside(stops, 7n, 1)).toBe(10n);
    expect(stopBeside(stops, 7n, -1)).toBe(5n);
    expect(stopBeside(stops, 99n, 1)).toBe(20n);
    expect(stopBeside(stops, 99n, -1)).toBe(20n);
    expect(stopBeside(stops, 0n, -1)).toBe(0n);
    expect(stopBeside([], 0n, 1)).toBeUndefined();
  });

  it("turns parts of the rail into stops and back", () => {
    for (const stop of stops) expect(stopAt(stops, partOf(stops, stop))).toBe(stop);
    expect(partOf(stops, -5n)).toBe(0);
    expect(partOf([7n], 7n)).toBe(1);
    expect(partOf([], 7n)).toBe(1);
    expect(stopAt([], 0.5)).toBeUndefined();
    expect(stopAt(stops, 7)).toBe(20n);
  });

  it("plays all of a long series within so many pictures", () => {
    expect(playStride(10, 240)).toBe(1);
    expect(Math.ceil(10_000 / playStride(10_000, 240))).toBeLessThanOrEqual(240);
  });
});
