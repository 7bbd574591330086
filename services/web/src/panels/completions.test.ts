import { expect, it } from "vitest";
import { completionsOf } from "./completions";

const TAGS = ["train/loss", "train/lr", "val/loss", "system/gpu/0/util", "system/gpu/1/util", "lone"];
const texts = (typed: string) => completionsOf(TAGS, typed).map(({ text }) => text);

it("an empty filter proposes the sections with their counts", () => {
  expect(completionsOf(TAGS, "")).toEqual([
    { text: "train/*", count: 2 },
    { text: "system/*", count: 2 },
    { text: "val/*", count: 1 },
  ]);
});

it("what is typed goes a level deeper, and finds tags", () => {
  expect(texts("system/")).toContain("system/gpu/*");
  expect(texts("system/gpu/")).toEqual(expect.arrayContaining(["system/gpu/0/*", "system/gpu/1/*"]));
  expect(texts("loss")).toEqual(["train/loss", "val/loss"]);
  expect(texts("lone")).toEqual([]);
});

it("a regular expression is left alone, and ten thousand tags give a short list", () => {
  expect(texts("/loss$/")).toEqual([]);
  expect(
    completionsOf(
      Array.from({ length: 10_000 }, (_, i) => `a${i % 300}/b${i}`),
      "b",
    ).length,
  ).toBeLessThanOrEqual(12);
});
