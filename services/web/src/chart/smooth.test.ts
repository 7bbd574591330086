import { describe, expect, it } from "vitest";
import type { Smoothing } from "./protocol";
import { smooth } from "./smooth";

const rows = (y: number[], x = y.map((_, i) => i), weight: number[] | null = null) => ({
  count: y.length,
  x,
  y,
  weight,
});
const run = (how: Smoothing, y: number[], x?: number[], range = 100) => [...smooth(how, rows(y, x), range)];
const KINDS: Smoothing[] = [
  { kind: "ema", amount: 0.6 },
  { kind: "twema", amount: 0.6 },
  { kind: "gauss", amount: 5 },
  { kind: "mean", amount: 5 },
];

// A noisy curve with uneven spacing, always the same.
const N = 60;
const X = Array.from({ length: N }, (_, i) => i * 1.5 + ((i * 7919) % 13) / 20);
const Y = Array.from({ length: N }, (_, i) => Math.sin(i / 5) + ((i * 104729) % 17) / 17);

/** Each formula as web.md writes it, point by point, without running state. */
const REFERENCE: Record<string, (i: number, amount: number, range: number) => number> = {
  ema: (i, w) => {
    let s = 0;
    for (let j = 0; j <= i; j++) s = w * s + (1 - w) * Y[j];
    return s / (1 - w ** (i + 1));
  },
  twema: (i, amount, range) => {
    const w = Math.min(Math.sqrt(amount), 0.999);
    let s = 0;
    let n = 0;
    for (let j = 0; j <= i; j++) {
      const part = w ** ((1000 * (X[i] - X[j])) / range);
      s += part * Y[j];
      n += part;
    }
    return s / n;
  },
  gauss: (i, amount, range) => {
    const sigma = (amount / 100) * range;
    let s = 0;
    let n = 0;
    for (let j = 0; j < N; j++) {
      if (Math.abs(X[i] - X[j]) > 3 * sigma) continue;
      const part = Math.exp(-((X[i] - X[j]) ** 2) / (2 * sigma * sigma));
      s += part * Y[j];
      n += part;
    }
    return s / n;
  },
  mean: (i, points) => {
    const near = Y.slice(Math.max(0, i - (points - 1) / 2), i + (points - 1) / 2 + 1);
    return near.reduce((a, b) => a + b) / near.length;
  },
};

describe.each(KINDS)("$kind", (how) => {
  it("is its formula at every point", () => {
    const range = X[N - 1] - X[0];
    const got = run(how, Y, X, range);
    for (let i = 0; i < N; i++) expect(got[i]).toBeCloseTo(REFERENCE[how.kind](i, how.amount, range), 10);
  });

  it("lets NaN and infinities through without counting them", () => {
    const got = run(how, [1, Number.NaN, 2, Number.POSITIVE_INFINITY, 3], [0, 0, 1, 1, 2]);
    expect(got[1]).toBeNaN();
    expect(got[3]).toBe(Number.POSITIVE_INFINITY);
    const without = run(how, [1, 2, 3], [0, 1, 2]);
    [got[0], got[2], got[4]].forEach((value, i) => {
      expect(value).toBeCloseTo(without[i], 12);
    });
  });

  it("leaves a constant series untouched, bit for bit", () => {
    expect(run(how, new Array(100).fill(0.1))).toEqual(new Array(100).fill(0.1));
  });
});

it("nothing and an amount of zero do nothing", () => {
  expect(run({ kind: "none", amount: 0 }, [3, 1, 2])).toEqual([3, 1, 2]);
  expect(run({ kind: "ema", amount: 0 }, [3, 1, 2])).toEqual([3, 1, 2]);
});

it("columns that stand for many equal points smooth like those points", () => {
  const y = Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1));
  const points = y.flatMap((v) => new Array<number>(10).fill(v));
  const ends = y.map((_, i) => i * 10 + 9);
  for (const how of KINDS.map((k): Smoothing => ({ ...k, amount: k.kind === "mean" ? 51 : k.amount * 1.5 }))) {
    const exact = run(how, points, undefined, 400);
    const columns = smooth(how, rows(y, ends, new Array(40).fill(10)), 400);
    for (let i = 0; i < 40; i++) expect(Math.abs(columns[i] - exact[ends[i]]), how.kind).toBeLessThan(0.25);
  }
});
