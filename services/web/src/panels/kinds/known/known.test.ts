import { expect, test } from "vitest";
import { knownOf } from "./known";

const tensor = (...shape: number[]) => ({
  dtype: "float32",
  shape,
  data: new Array(shape.reduce((product, size) => product * size, 1)).fill(0),
});

test("a part of a mesh says how many of what it has", () => {
  expect(knownOf("mesh", { ...tensor(1, 8, 3), part: "vertex" })?.words).toEqual(["8 vertices", "float32 [1, 8, 3]"]);
  expect(knownOf("mesh", { ...tensor(2, 1, 3), part: "face" })?.words.slice(0, 2)).toEqual(["2 meshes", "1 face"]);
  expect(knownOf("mesh", { ...tensor(1, 4, 3), part: "constructor" })?.words[0]).toBe("4 elements");
});

test("an embedding says its points, its dimensions and its columns, and has its files", () => {
  const value = {
    dtype: "float32",
    shape: [1000, 64],
    blob: "7-a",
    type: "application/octet-stream",
    bytes: 256_000,
    columns: ["label", "word"],
    metadata: { blob: "7-b", type: "text/tab-separated-values", bytes: 12n, has_header: true },
  };
  const known = knownOf("embedding", value)!;
  expect(known.words).toEqual(["1,000 points", "64 dimensions", "2 columns: label, word", "float32 [1000, 64]"]);
  expect(known.blobs.map(({ part, blob, bytes }) => [part, blob, bytes])).toEqual([
    ["", "7-a", 256_000],
    ["metadata", "7-b", 12],
  ]);
});

test("a graph says its format", () => {
  const value = { blob: "7-a", type: "application/octet-stream", bytes: 9, format: "graph_def", name: "model.pb" };
  expect(knownOf("graph", value)).toEqual({
    words: ["graph_def"],
    blobs: [{ part: "", blob: "7-a", type: "application/octet-stream", bytes: 9, name: "model.pb" }],
  });
});

test("what is none of them is null", () => {
  for (const value of [null, 3, {}, tensor(2, 2), { ...tensor(1, 2, 3), data: [] }])
    expect(knownOf("mesh", value)).toBeNull();
  expect(knownOf("embedding", tensor(1, 2, 3))).toBeNull();
  expect(knownOf("graph", { blob: 3 })).toBeNull();
});
