import { describe, expect, it } from "vitest";
import { testScene } from "./picture_testing";
import type { Scene } from "./protocol";
import { sameData } from "./same";

const runs = ["a", "b"].map((id, slot) => ({ id, slot, dash: 0, live: false }));

describe("what axes are fitted to", () => {
  const scene = (change: Partial<Scene>): Scene => ({ ...testScene, ...change });
  const plain = scene({ runs });

  it("is the same after a change of look", () => {
    expect(sameData(plain, scene({ runs: runs.map((run) => ({ ...run, live: true })), focus: "a" }))).toBe(true);
    expect(sameData(plain, scene({ runs, smoothing: { kind: "ema", amount: 0.9 } }))).toBe(true);
  });

  it.each([
    ["other runs", { runs: runs.slice(1) }],
    ["groups", { runs, groups: [{ key: "g", label: "g", slot: 0 }] }],
    ["a band", { runs, band: "std" as const }],
    ["a centre", { runs, centre: "median" as const }],
    ["members", { runs: runs.map((run) => ({ ...run, group: "g" })) }],
    ["a hidden line", { runs: runs.map((run) => ({ ...run, hidden: run.id === "b" })) }],
    ["a zoom", { runs, range: { axis: "step" as const, from: 1n, to: 2n } }],
    ["a scale", { runs, y: "log" as const }],
  ])("is not with %s", (_what, change) => expect(sameData(plain, scene(change))).toBe(false));
});
