import { expect, test } from "vitest";
import { safeName } from "./file";
import { tableIn, textsIn } from "./fileContent";

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
