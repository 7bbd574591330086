import { describe, expect, it } from "vitest";
import { decodeSeries } from "../api/series";
import { answerOf, bucketItem, exactItem } from "../api/series_testing";
import { Line } from "./line";

function exact(steps: bigint[], values: number[], base = 0n): Line {
  const [item] = decodeSeries(answerOf([exactItem(steps, steps.map(Number), values)]));
  if (item.kind === "error") throw new Error("an error item");
  return new Line(item, "step", base, 100);
}

describe("a line", () => {
  it("keeps steps beyond 2^53 apart", () => {
    const base = 9007199254740993n;
    const line = exact([base, base + 1n, base + 2n], [1, 2, 3], base);
    expect([...line.x]).toEqual([0, 1, 2]);
  });

  it("grows at the right and keeps what it had", () => {
    const line = exact([0n, 1n], [5, 6]);
    for (let i = 2; i < 500; i++) expect(line.append(BigInt(i), i, i * 2)).toBe("added");
    expect(line.n).toBe(500);
    expect([line.value[0], line.value[1], line.value[499]]).toEqual([5, 6, 998]);
    expect(line.lo).toBe(line.value);
  });

  it("takes a point only once, although event and answer overlap", () => {
    const line = exact([0n, 1n, 2n], [1, 1, 1]);
    expect(line.append(2n, 2, 1)).toBe("known");
    expect(line.append(1n, 1, 1)).toBe("known");
    expect(line.n).toBe(3);
  });

  it("says when a later point lies before its end: a rewind or a second writer", () => {
    const line = exact([0n, 10n], [1, 1]);
    expect(line.append(5n, 11, 1)).toBe("behind");
  });

  it("takes equal steps with a later time as another point", () => {
    const line = exact([0n, 1n], [1, 1]);
    expect(line.append(1n, 1.5, 2)).toBe("added");
    expect(line.n).toBe(3);
  });

  it("extends the open bucket's extremes, then opens new ones", () => {
    const buckets = Array.from({ length: 10 }, (_, b) => ({
      steps: Array.from({ length: 10 }, (_, i) => BigInt(b * 10 + i)),
      values: new Array(10).fill(b),
    }));
    const [item] = decodeSeries(answerOf([bucketItem(buckets)]));
    if (item.kind === "error") throw new Error("an error item");
    const line = new Line(item, "step", 0n, 10);
    const rows = line.n;
    for (let step = 100n; step < 200n; step++) line.append(step, Number(step), step === 150n ? 99 : 1);
    expect(line.n - rows).toBeGreaterThanOrEqual(9);
    expect(line.n - rows).toBeLessThanOrEqual(11);
    expect(Math.max(...line.hi.subarray(0, line.n))).toBe(99);
    expect(line.count).toBe(200);
  });

  it("counts what is not finite and keeps it out of the extremes", () => {
    const line = exact([0n], [1]);
    line.append(1n, 1, Number.NaN);
    expect(line.nonFinite).toBe(1);
    expect(line.value[1]).toBeNaN();
  });
});
