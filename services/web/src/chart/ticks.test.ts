import { describe, expect, it } from "vitest";
import { groupDigits, logTicks, niceStep, relativeTicks, stepTicks, valueTicks, wallTicks } from "./ticks";

const labels = (ticks: { label: string }[]) => ticks.map((t) => t.label);

describe("value ticks", () => {
  it("stand at round numbers with as many decimals as the step needs", () => {
    expect(labels(valueTicks(0, 1, 150))).toEqual(["0", "0.25", "0.50", "0.75", "1.00"]);
    expect(labels(valueTicks(-1, 1, 150))).toEqual(["-1.0", "-0.5", "0", "0.5", "1.0"]);
    expect(labels(valueTicks(1900, 4100, 110))).toEqual(["2k", "3k", "4k"]);
    expect(labels(valueTicks(0, 1e6, 110))).toEqual(["0", "500k", "1M"]);
    expect(labels(valueTicks(0, 1e16, 150))).toEqual(["0", "2.5e15", "5e15", "7.5e15", "1e16"]);
  });
  it("never say the same twice", () => {
    for (const [lo, hi] of [
      [0.1, 0.1000001],
      [1e9, 1e9 + 5],
      [-3e-7, 4e-7],
      [123456, 123460],
      [1e-320, 5e-320],
      [-1e300, 1e300],
    ]) {
      const said = labels(valueTicks(lo, hi, 170));
      expect(new Set(said).size, `${lo}..${hi}: ${said}`).toBe(said.length);
    }
  });
});

describe("log ticks", () => {
  it("are decades, or 2 and 5 between them", () => {
    expect(labels(logTicks(0.5, 2000, 170))).toEqual(["1", "10", "100", "1000"]);
    expect(labels(logTicks(1.5, 8, 170))).toEqual(["2", "5"]);
  });
  it("thin out over many decades", () => {
    expect(logTicks(1e-300, 1e300, 170).length).toBeLessThan(10);
  });
});

describe("step ticks", () => {
  it("are dense enough and shortened only where that is exact", () => {
    expect(labels(stepTicks(0, 90000, 0n, 240))).toEqual(["0", "20k", "40k", "60k", "80k"]);
    expect(labels(stepTicks(1234567, 1234570, 0n, 600))).toEqual(["1,234,567", "1,234,568", "1,234,569", "1,234,570"]);
  });
  it("are whole steps", () => {
    for (const tick of stepTicks(0.2, 2.9, 0n, 300)) expect(Number.isInteger(tick.at)).toBe(true);
  });
  it("keep every digit beyond 2^53", () => {
    const base = 9007199254740993n;
    expect(labels(stepTicks(0, 4, base, 900))).toContain("9,007,199,254,740,993");
    const ends = stepTicks(0, 10, (1n << 63n) - 11n, 900);
    expect(ends.every((t) => t.at >= 0 && t.at <= 10)).toBe(true);
  });
  it("do not overlap", () => {
    const ticks = stepTicks(0, 3, 9007199254740993n, 200);
    expect(ticks.length).toBeLessThanOrEqual(2);
  });
});

describe("time ticks", () => {
  it("count relative time in the unit of its step", () => {
    expect(labels(relativeTicks(0, 4 * 3600, 300))).toEqual(["0", "1 h", "2 h", "3 h", "4 h"]);
    expect(labels(relativeTicks(0, 100, 240))).toEqual(["0", "30 s", "60 s", "90 s"]);
    expect(labels(relativeTicks(0, 5400, 240))).toEqual(["0", "30 m", "1 h", "1 h 30 m"]);
  });
  it("stand at round local times", () => {
    // 24 Nov 2025, 09:00 UTC; the viewer is at +01:00.
    const t = 1763974800;
    expect(labels(wallTicks(t, t + 7200, 300, 60))).toEqual(["10:00", "10:30", "11:00", "11:30", "12:00"]);
    expect(labels(wallTicks(t, t + 3 * 86400, 300, 0))).toContain("25 Nov");
  });
});

it("niceStep and groupDigits", () => {
  expect([0.3, 1.1, 2.2, 7].map((raw) => niceStep(raw))).toEqual([0.5, 2, 2.5, 10]);
  expect(niceStep(22, true)).toBe(50);
  expect(groupDigits("-1234567")).toBe("-1,234,567");
});
