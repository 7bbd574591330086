import { describe, expect, it } from "vitest";
import type { PanelShared } from "../../experiment/context";
import { placeOf } from "./useValues";
import { pointText, stopText } from "./words";

const at = (x: string, ...pins: (bigint | number)[]) =>
  placeOf({ viewCharts: { x } as PanelShared["viewCharts"], pins } satisfies Pick<PanelShared, "viewCharts" | "pins">);

describe("the place that panels look at", () => {
  it("is the first pin, on the axes that the server knows", () => {
    expect(at("step", 5n, 9n)).toEqual({ x: "step", at: 5n, elsewhere: false });
    expect(at("wall", 1.5)).toEqual({ x: "wall", at: 1.5, elsewhere: false });
    expect(at("rel", 7)).toEqual({ x: "relative", at: 7, elsewhere: false });
    expect(at("rel")).toEqual({ x: "relative", at: null, elsewhere: false });
  });

  it("is the last point where the axis is another, and says so if something is pinned", () => {
    expect(at("metric", 0.3)).toEqual({ x: "step", at: null, elsewhere: true });
    expect(at("relproc")).toEqual({ x: "step", at: null, elsewhere: false });
  });
});

describe("a point in words", () => {
  const point = { step: 61_500n, wall: 110, value: null };
  const steps = { step: [0n, 61_500n], wall: [100, 110], thinned: false };

  it("says by how many steps it differs from the pin", () => {
    expect(pointText(point, at("step"), steps)).toBe("61,500");
    expect(pointText(point, at("step", 61_500n), steps)).toBe("61,500");
    expect(pointText(point, at("step", 61_000n), steps)).toBe("61,500 (+500)");
    expect(pointText(point, at("step", 62_000n), steps)).toBe("61,500 (−500)");
    expect(pointText({ ...point, step: (1n << 63n) - 1n }, at("step", -1n), steps)).toBe(
      "9,223,372,036,854,775,807 (+9,223,372,036,854,775,808)",
    );
  });

  it("says by how long on the axes of time", () => {
    expect(pointText(point, at("wall", 105), steps)).toBe("61,500 (+5.0 s)");
    expect(pointText(point, at("rel", 12), steps)).toBe("61,500 (−2.0 s)");
    expect(pointText(point, at("rel", 10), steps)).toBe("61,500");
    expect(pointText(point, at("rel", 12), undefined)).toBe("61,500");
    expect(pointText({ ...point, wall: Number.NaN }, at("wall", 12), steps)).toBe("61,500");
  });

  it("says a stop as its axis does", () => {
    expect(stopText(1000n, "step")).toBe("1,000");
    expect(stopText(75, "relative")).toBe("1 m 15 s");
  });
});
