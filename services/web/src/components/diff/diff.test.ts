import { expect, test } from "vitest";
import { compareDiffs, diffLines, parseDiff, toHunks } from "./diff";

const DIFF = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -88,3 +88,3 @@ def make_optimizer
     decay, plain = split_params(model)
-    warmup = 2_500
+    warmup = cfg.optim.warmup_steps
     opt = AdamW([
diff --git a/old.bin b/old.bin
deleted file mode 100644
Binary files a/old.bin and /dev/null differ
diff --git a/a.py b/b.py
similarity index 90%
rename from a.py
rename to b.py
@@ -1 +1,2 @@
-diff --git a/x b/x
+++ not a header
+second

(cut off: the diff is longer than 1,048,576 bytes)
`;

test("a diff of git is files with hunks and line numbers of both sides", () => {
  const [train, old, moved] = parseDiff(DIFF);
  expect(train).toMatchObject({ path: "train.py", kind: "changed", added: 1, removed: 1 });
  expect(train.hunks[0].context).toBe("def make_optimizer");
  expect(train.hunks[0].lines.map((l) => [l.kind, l.old, l.now])).toEqual([
    [" ", 88, 88],
    ["-", 89, null],
    ["+", null, 89],
    [" ", 90, 90],
  ]);
  expect(old.kind).toBe("binary");
  expect(moved).toMatchObject({ path: "b.py", from: "a.py", kind: "renamed" });
  // What reads like a header inside of a hunk is a line of it.
  expect(moved.hunks[0].lines.map((l) => l.text)).toEqual(["diff --git a/x b/x", "++ not a header", "second"]);
});

test("the difference of two texts rebuilds both, and is the shortest", () => {
  const random = (seed: number) => () => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed;
  };
  for (let seed = 1; seed < 60; seed++) {
    const next = random(seed);
    const a = Array.from({ length: next() % 12 }, () => String(next() % 4));
    const b = Array.from({ length: next() % 12 }, () => String(next() % 4));
    const lines = diffLines(a, b)!;
    expect(lines.filter((l) => l.kind !== "+").map((l) => l.text)).toEqual(a);
    expect(lines.filter((l) => l.kind !== "-").map((l) => l.text)).toEqual(b);
    expect(lines.filter((l) => l.kind !== " ")).toHaveLength(a.length + b.length - 2 * common(a, b));
  }
});

function common(a: string[], b: string[]): number {
  const t = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      t[i][j] = a[i - 1] === b[j - 1] ? t[i - 1][j - 1] + 1 : Math.max(t[i - 1][j], t[i][j - 1]);
  return t[a.length][b.length];
}

test("hunks hold every change once, with three lines around", () => {
  const a = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const b = a.map((line, i) => (i === 5 || i === 8 || i === 30 ? "changed" : line));
  const hunks = toHunks(diffLines(a, b)!);
  expect(hunks).toHaveLength(2);
  expect(hunks.flatMap((h) => h.lines.filter((l) => l.kind === "+"))).toHaveLength(3);
  expect(hunks[0].lines[0].text).toBe("line 2");
  expect(hunks[0].lines.at(-1)!.text).toBe("line 11");
});

test("two runs with the same changes do not differ, and a file that only one changed does", () => {
  const files = parseDiff(DIFF);
  expect(compareDiffs(files, files)).toEqual([]);
  const [only] = compareDiffs([], files);
  expect(only).toMatchObject({ path: "train.py", added: 4 });
});
