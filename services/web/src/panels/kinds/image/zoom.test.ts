import { describe, expect, it } from "vitest";
import { KIND_KEYS } from "../../../state/kind_keys";
import { canPan, formatZoom, type Laid, panBy, parseZoom, pixelAt, WHOLE, zoomBy } from "./zoom";

/** 100 × 50 pixels, four times as large, in a frame that is higher than that. */
const LAID: Laid = { frame: { width: 400, height: 300 }, base: { width: 400, height: 200 }, scale: 4 };

describe("zooming", () => {
  it("leaves what is pointed at where it is", () => {
    const at = { u: 0.75, v: 0.5 };
    const zoom = zoomBy(WHOLE, 4, at, LAID);
    const onPage = (u: number, { times, u: middle }: typeof zoom) => 200 + (u - middle) * 400 * times;
    expect(zoom.times).toBe(4);
    expect(onPage(at.u, zoom)).toBeCloseTo(onPage(at.u, WHOLE));
    expect(onPage(at.u, zoomBy(zoom, 2, at, LAID))).toBeCloseTo(onPage(at.u, WHOLE));
  });

  it("ends at the whole picture, and at 64 pixels of the page for one", () => {
    expect(zoomBy({ times: 2, u: 0.3, v: 0.5 }, 0.01, { u: 0, v: 0 }, LAID)).toEqual(WHOLE);
    expect(zoomBy(WHOLE, 1000, { u: 0.5, v: 0.5 }, LAID).times).toBe(16);
    expect(zoomBy(WHOLE, 2, { u: 0.5, v: 0.5 }, { ...LAID, scale: 100 })).toEqual(WHOLE);
  });

  it("has no space at an edge: along a side that is shorter than the frame the picture stands in the middle", () => {
    expect(zoomBy(WHOLE, 1.25, { u: 0, v: 0 }, LAID)).toEqual({ times: 1.25, u: 0.4, v: 0.5 });
  });
});

describe("moving", () => {
  it("goes with the pointer, to the edges", () => {
    const zoom = { times: 2, u: 0.5, v: 0.5 };
    expect(panBy(zoom, 80, 0, LAID)).toEqual({ times: 2, u: 0.4, v: 0.5 });
    expect(panBy(zoom, -9999, 9999, LAID)).toEqual({ times: 2, u: 0.75, v: 0.375 });
    expect(panBy(WHOLE, 80, 80, LAID)).toEqual(WHOLE);
  });

  it("is possible where the picture is larger than the frame", () => {
    expect(canPan(WHOLE, LAID)).toBe(false);
    expect(canPan({ ...WHOLE, times: 1.1 }, LAID)).toBe(true);
  });
});

describe("a pixel", () => {
  it("is the one that a place lies in, and none beside the picture", () => {
    const size = { width: 10, height: 4 };
    expect(pixelAt({ u: 0, v: 0 }, size)).toEqual({ x: 0, y: 0 });
    expect(pixelAt({ u: 0.999, v: 0.5 }, size)).toEqual({ x: 9, y: 2 });
    for (const at of [
      { u: -0.01, v: 0 },
      { u: 1, v: 0 },
      { u: 0, v: 1 },
      { u: Number.NaN, v: 0 },
    ])
      expect(pixelAt(at, size)).toBeNull();
    expect(pixelAt({ u: 0.5, v: 0.5 }, { width: 0, height: 0 })).toBeNull();
  });
});

describe("a zoom in the address", () => {
  it("comes back as it was, and is left out when it is none", () => {
    const zoom = { times: 12.5, u: 0.12345, v: 0.9 };
    expect(formatZoom(zoom)).toBe("12.5,0.12345,0.9");
    expect(KIND_KEYS.zoom("12.5,0.12345,0.9")).toBe(true);
    expect(parseZoom(formatZoom(zoom))).toEqual(zoom);
    expect(formatZoom(WHOLE)).toBeNull();
    expect(parseZoom(null)).toEqual(WHOLE);
  });

  it.each(["", "2", "0.5,0.5,0.5", "2,1.5,0", "2,-0.1,0", "1e9,0,0", "2,0.5", "a,b,c"])("%j is none", (text) => {
    expect(parseZoom(text)).toEqual(WHOLE);
  });
});
