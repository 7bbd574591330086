import { describe, expect, it } from "vitest";
import { KIND_KEYS } from "../../../state/kind_keys";
import type { Pair } from "../../../state/query";
import { clipsOf } from "../clip/clip";
import { difference } from "./difference";
import { annotationsOf, formatChoices, imagesOf, parseChoices } from "./image";
import { filterOf, lookOf } from "./look";

const HOSTILE = [
  null,
  1,
  "a",
  [],
  {},
  { items: 1 },
  { items: [1] },
  { items: [{}] },
  { items: [{ blob: 7 }] },
  { items: [null] },
];

describe("an image's value", () => {
  it("is its blobs, and the size of the first where that was a number", () => {
    expect(imagesOf({ width: 24, height: 12, items: [{ blob: "1-a", type: "image/png", bytes: 3 }] })).toEqual([
      { blob: "1-a", width: 24, height: 12 },
    ]);
    expect(imagesOf({ width: "wide", height: -1, items: [{ blob: "1-a" }] })).toEqual([
      { blob: "1-a", width: undefined, height: undefined },
    ]);
    expect(imagesOf({ width: 1, height: 1, items: [] })).toEqual([]);
  });

  it.each(HOSTILE.map((value) => [value]))("that is something else (%j) is none", (value) => {
    expect(imagesOf(value)).toBeNull();
  });
});

describe("a clip's value", () => {
  it("is one film or the sounds of a step, with the length where the header could be read", () => {
    const sound = { blob: "1-a", type: "audio/wav", bytes: 9, label: "x", rate: 8000, channels: 1, frames: 4000 };
    expect(clipsOf({ items: [sound] })).toEqual([
      { blob: "1-a", type: "audio/wav", bytes: 9, label: "x", rate: 8000, seconds: 0.5 },
    ]);
    expect(clipsOf({ blob: "1-a", type: "video/mp4" })).toEqual([
      { blob: "1-a", type: "video/mp4", bytes: 0, label: "", rate: undefined, seconds: undefined },
    ]);
  });

  it.each(HOSTILE.map((value) => [value]))("that is something else (%j) is none", (value) => {
    expect(clipsOf(value)).toBeNull();
  });
});

describe("annotations", () => {
  const said = (images: unknown) => annotationsOf(JSON.stringify({ version: 1, images }));

  it("are captions, boxes and masks by the image's place", () => {
    const box = { box: [1, 2, 3, 4], label: "car", score: 0.914, group: "prediction" };
    const masks = { truth: { index: 2, classes: { "1": "road" } } };
    expect(said([{ index: 1, caption: "a", boxes: [box], masks }]).get(1)).toEqual({
      caption: "a",
      boxes: [{ corners: [1, 2, 3, 4], label: "car 0.91", group: "prediction" }],
      masks: [{ name: "truth", index: 2, classes: { "1": "road" } }],
    });
  });

  it("are taken as far as they are what the format says", () => {
    const wrong = [{ box: [1, 2, 3] }, { box: [1, 2, 3, null] }, 7, { box: [1, 2, 3, "4"] }];
    expect(said([{ index: 0, boxes: wrong, masks: { a: 1, b: { index: -1 } } }, { index: "x" }, null])).toEqual(
      new Map([[0, { caption: "", boxes: [], masks: [] }]]),
    );
    for (const value of ["{", "7", "null", 7, null, {}, []]) expect(annotationsOf(value).size).toBe(0);
  });
});

describe("what the address says of a panel of images", () => {
  const look = (...set: Pair[]) => lookOf({ panelSet: () => set }, "id");

  it("is as logged without anything", () => {
    expect(look()).toMatchObject({ brightness: 100, contrast: 100, actual: false, first: 0, see: [], compare: "side" });
    expect(filterOf(look())).toBeUndefined();
    expect(filterOf(look(["br", "150"]))).toBe("brightness(150%) contrast(100%)");
  });

  it("names images by their run and place", () => {
    const choices = [
      { run: "01JA9", index: 0 },
      { run: 'a.b,"c', index: 12 },
    ];
    expect(parseChoices(formatChoices(choices))).toEqual(choices);
    expect(KIND_KEYS.see(formatChoices(choices))).toBe(true);
    for (const bad of ["", "a", "a.x", ".1", '"']) expect(parseChoices(bad)).toEqual([]);
    expect(look(["see", "a.0,b.1,c.2"]).see.length).toBe(2);
  });

  it("falls back where a form is not one of images", () => {
    expect(look(["as", "diff"]).compare).toBe("diff");
    expect(look(["as", "ridge"]).compare).toBe("side");
  });
});

describe("the difference of two pictures", () => {
  it("is made so strong that the largest is full, and says what it was", () => {
    const a = new Uint8ClampedArray([10, 20, 30, 255, 0, 0, 0, 255]);
    const b = new Uint8ClampedArray([10, 25, 20, 255, 0, 0, 0, 255]);
    const { pixels, largest } = difference(a, b);
    expect(largest).toBe(10);
    expect([...pixels]).toEqual([0, 128, 255, 255, 0, 0, 0, 255]);
  });

  it("of a picture to itself is black", () => {
    const a = new Uint8ClampedArray([10, 20, 30, 0]);
    expect(difference(a, a)).toEqual({ pixels: new Uint8ClampedArray([0, 0, 0, 255]), largest: 0 });
  });
});
