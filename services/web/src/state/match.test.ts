import { expect, it } from "vitest";
import { makeMatcher } from "./match";

const matching = (text: string, names: string[]) => names.filter(makeMatcher(text).matches);
const tags = ["train/loss", "train/acc", "val/loss", "loss(1)", ""];

it("globs, expressions and words choose names; nothing chooses all", () => {
  expect(matching("train/*", tags)).toEqual(["train/loss", "train/acc"]);
  expect(matching("/^(train|val)\\/loss$/", tags)).toEqual(["train/loss", "val/loss"]);
  expect(matching("LOSS val", tags)).toEqual(["val/loss"]);
  expect(matching("loss(1)", tags)).toEqual(["loss(1)"]);
  expect(matching("", tags)).toEqual(tags);
});

it("a bad expression is named and hides nothing", () => {
  const match = makeMatcher("/(/");
  expect(match.problem).not.toBeNull();
  expect(match.matches("anything")).toBe(true);
});
