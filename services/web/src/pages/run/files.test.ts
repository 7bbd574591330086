import { expect, test } from "vitest";
import type { FileItem } from "../../api/run";
import { nameOf } from "../../components/files/file";
import { fileTree, keyOf, numbered, treeRows } from "./fileTree";

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
