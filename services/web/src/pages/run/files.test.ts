import { expect, test } from "vitest";
import type { FileItem } from "../../api/run";
import { numbersIn, tableIn, textsIn } from "./fileContent";
import { fileTree, keyOf, nameOf, numbered, safeName, treeRows } from "./fileTree";

const file = (tag: string, step: number, more: Partial<FileItem> = {}): FileItem => ({
  tag,
  kind: "image",
  step,
  wall: 1,
  writer: 0,
  blob: `7-${"a".repeat(64)}`,
  type: "image/png",
  bytes: 10,
  ...more,
});

test("several files of a step are told apart, also where their bytes are the same", () => {
  const files = numbered([file("a/b", 1), file("a/b", 1), file("a/b", 2)]);
  expect(files.map(nameOf)).toEqual(["b-1-1.png", "b-1-2.png", "b-2.png"]);
  expect(new Set(files.map(keyOf)).size).toBe(3);
});

test("a tree has hostile names as folders and only opens what is open", () => {
  const tree = fileTree(numbered([file("__proto__/x", 0), file("a//b/", 0), file("/", 0)]));
  expect(treeRows(tree, () => false).map((row) => row.folder?.name ?? "file")).toEqual(["__proto__", "a", "file"]);
  expect(treeRows(tree, () => true).map((row) => row.folder?.name ?? row.depth)).toEqual([
    "__proto__",
    "x",
    2,
    "a",
    "b",
    2,
    0,
  ]);
});

test("a saved file has a name that every file system takes, with its ending", () => {
  expect(safeName("../../etc/passwd-1.png")).toBe("_.._etc_passwd-1.png");
  expect(safeName("\u202eevil\u0000.txt")).toBe("_evil_.txt");
  expect(safeName(`${"x".repeat(500)}.png`)).toBe(`${"x".repeat(120)}.png`);
  expect(safeName("...")).toBe("file");
});

test("texts are read with their lengths, and the last may be cut", () => {
  const bytes = new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 104, 105, 9, 0, 0, 0, 0, 0, 0, 0, 99, 117, 116]);
  expect(textsIn(bytes)).toEqual(["hi", "cut"]);
});

test("a document is a table only if it has columns and rows", () => {
  expect(tableIn({ columns: [{ name: "a", type: null }], rows: [[1]] })?.rows).toEqual([[1]]);
  for (const other of [null, 1, {}, { columns: [1], rows: [] }, { columns: [], rows: [1] }])
    expect(tableIn(other)).toBe(null);
});

test("numbers of every size are read as they are", () => {
  const floats = new Uint8Array(new Float32Array([1, -2, Number.NaN, 4]).buffer);
  expect(numbersIn(floats, "float32", 2)).toEqual({ count: 4, min: -2, max: 4, mean: 1, notFinite: 1, first: [1, -2] });
  expect(numbersIn(new Uint8Array([0, 0x3c, 1, 0, 0, 0xfc]), "float16", 9)?.first).toEqual([1, 2 ** -24, -Infinity]);
  expect(numbersIn(new Uint8Array([0x80, 0x3f]), "bfloat16", 9)?.first).toEqual([1]);
  expect(numbersIn(new Uint8Array([255, 255]), "int8", 9)?.min).toBe(-1);
  expect(numbersIn(floats, "complex64", 9)).toBe(null);
});
