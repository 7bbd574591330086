import { describe, expect, it } from "vitest";
import { elementsOf, sumUp } from "../../../components/files/elements";
import { KIND_KEYS } from "../../../state/kind_keys";
import { gridOf } from "./drawing";
import { inkOn, placeOn, scaleOf } from "./scale";
import {
  formatLead,
  indexText,
  type LoggedTensor,
  MOST_SHOWN,
  parseLead,
  sliceOf,
  slidersOf,
  tensorOf,
} from "./tensor";

const made = (...shape: number[]): LoggedTensor => ({
  dtype: "float32",
  shape,
  count: shape.reduce((product, size) => product * size, 1),
  data: null,
  blob: null,
});

describe("tensorOf", () => {
  it("reads elements, and blobs of the size that the shape says", () => {
    expect(tensorOf({ dtype: "int8", shape: [2], data: [1, 2] })).toMatchObject({ count: 2, data: [1, 2], blob: null });
    expect(tensorOf({ dtype: "float32", shape: [], data: [1] })).toMatchObject({ count: 1, shape: [] });
    const blob = { dtype: "float32", shape: [2, 3], blob: "7-a", bytes: 24n };
    expect(tensorOf(blob)).toMatchObject({ count: 6, blob: { id: "7-a", bytes: 24 } });
    expect(tensorOf({ dtype: "float4", shape: [2], base64: "AA==" })).toMatchObject({ data: null, blob: null });
  });

  it("is null for what is no tensor, or not as large as it says", () => {
    for (const value of [
      null,
      "a",
      {},
      { dtype: "int8", shape: [3], data: [1] },
      { dtype: "int8", shape: [-1], data: [] },
      { dtype: "int8", shape: ["2"], data: [1, 2] },
      { dtype: "float32", shape: [2], blob: "7-a", bytes: 9 },
      { dtype: "float32", shape: [2] },
    ])
      expect(tensorOf(value)).toBeNull();
  });
});

describe("sliceOf", () => {
  it("is the matrix of the last two dimensions, as far as the tensor has the indices", () => {
    const slice = { rows: 4, columns: 5, from: 0, shownRows: 4, shownColumns: 5 };
    expect(sliceOf(made(2, 3, 4, 5), [1, 2], 0)).toEqual({ ...slice, lead: [1, 2], start: 100 });
    expect(sliceOf(made(2, 3, 4, 5), [9], 7)).toEqual({ ...slice, lead: [1, 0], start: 60 });
    expect(sliceOf(made(6), [1], 0)).toMatchObject({ lead: [], rows: 1, columns: 6, start: 0 });
    expect(sliceOf(made(), [], 0)).toMatchObject({ rows: 1, columns: 1, start: 0 });
    expect(sliceOf(made(0, 4), [], 0)).toBeNull();
  });

  it("has no more rows than may be shown, and ends at the last", () => {
    const tall = made(2, 3_000_000, 1024);
    const shown = { shownRows: 256, shownColumns: 1024 };
    expect(sliceOf(tall, [1], 512)).toMatchObject({ ...shown, from: 512, start: (3_000_000 + 512) * 1024 });
    expect(sliceOf(tall, [0], 2_999_999)).toMatchObject({ ...shown, from: 2_999_744 });
    expect(sliceOf(made(2, 300_000), [], 1)).toMatchObject({ shownRows: 1, shownColumns: MOST_SHOWN, start: 300_000 });
  });

  it("says where an element stands in the tensor", () => {
    const tensor = made(2, 3, 4, 5);
    expect(indexText(tensor, sliceOf(tensor, [1, 2], 0)!, 3, 4)).toBe("[1, 2, 3, 4]");
    expect(indexText(made(6), sliceOf(made(6), [], 0)!, 0, 4)).toBe("[4]");
    expect(indexText(made(), sliceOf(made(), [], 0)!, 0, 0)).toBe("");
  });
});

describe("sliders", () => {
  it("are one for each leading dimension that has more than one index, and one for rows that are too many", () => {
    expect(slidersOf([made(4, 5)], [], 0)).toEqual([]);
    expect(slidersOf([made(1, 3, 4, 5), made(2, 7, 2, 2)], [0, 5], 0)).toEqual([
      { dimension: 0, at: 0, most: 1, step: 1 },
      { dimension: 1, at: 5, most: 6, step: 1 },
    ]);
    expect(slidersOf([made(1000, 1024)], [], 0)).toEqual([{ dimension: null, at: 0, most: 768, step: 256 }]);
  });

  it("are kept in the address up to the last that is moved", () => {
    expect(formatLead([0, 0])).toBeNull();
    expect(formatLead([0, 2, 0])).toBe("0.2");
    expect(parseLead("0.2")).toEqual([0, 2]);
    expect(parseLead(undefined)).toEqual([]);
    expect([KIND_KEYS.dims("0.2"), KIND_KEYS.dims(""), KIND_KEYS.dims("1."), KIND_KEYS.dims("-1")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("the scale", () => {
  it("is as long on both sides of zero where signs differ", () => {
    expect(scaleOf({ min: -1, max: 4 })).toEqual({ low: -4, high: 4, signed: true });
    expect(scaleOf({ min: 2, max: 4 })).toEqual({ low: 2, high: 4, signed: false });
    expect(scaleOf({ min: -4, max: 0 })).toEqual({ low: -4, high: 0, signed: false });
    expect(scaleOf(sumUp(elementsOf(["NaN"])))).toBeNull();
  });

  it("has a place for every finite value, the largest too", () => {
    const wide = { low: -1.7e308, high: 1.7e308, signed: true };
    expect([-1.7e308, 0, 1.7e308].map((value) => placeOn(wide, value))).toEqual([0, 0.5, 1]);
    expect(placeOn({ low: 3, high: 3, signed: false }, 3)).toBe(0.5);
    expect(placeOn(wide, Number.POSITIVE_INFINITY)).toBeNaN();
  });

  it("is written on in the ink that is read best", () => {
    const inks = [
      [26, 28, 31],
      [255, 255, 255],
    ] as const;
    expect(
      inkOn(
        [227, 240, 241],
        inks.map((ink) => [...ink]),
      ),
    ).toBe(0);
    expect(
      inkOn(
        [10, 42, 72],
        inks.map((ink) => [...ink]),
      ),
    ).toBe(1);
  });
});

describe("the grid of a heat map", () => {
  const gridOfRow = (data: unknown[], most: number) => {
    const tensor = { ...made(data.length), data };
    const elements = elementsOf(data);
    return gridOf({ tensor, slice: sliceOf(tensor, [], 0)!, elements, scale: scaleOf(sumUp(elements)) }, most, 1);
  };

  it("shows each element where there is room", () => {
    expect([...gridOfRow([0, 1, 2], 100).shown]).toEqual([0, 1, 2]);
  });

  it("shows of elements that share a pixel the one that stands out most", () => {
    expect([...gridOfRow([0, 9, 1, -10, 2, 1], 2).shown]).toEqual([1, 3]);
    const { shown, places } = gridOfRow([5, "NaN", -5, 0], 2);
    expect([...shown]).toEqual([1, 2]);
    expect(places[0]).toBeNaN();
  });
});
