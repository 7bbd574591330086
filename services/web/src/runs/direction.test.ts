import { expect, test } from "vitest";
import { bestSide } from "./direction";

const runs = (labels: Record<string, string>) => [{ labels: {} }, { labels }];

test("what define_metric declared is the direction, the tag's own before a pattern's", () => {
  const said = runs({
    "stepwell.metric/latency_score": '{"summary":"min"}',
    "stepwell.metric/val/*": '{"summary":"max"}',
    "stepwell.metric/val/loss": '{"summary":"min"}',
  });
  expect(bestSide(said, "latency_score")).toBe("min");
  expect(bestSide(said, "val/anything")).toBe("max");
  expect(bestSide(said, "val/loss")).toBe("min");
});

test("without it, or with what says no direction, the name decides", () => {
  for (const label of ["", "{", '{"summary":"mean"}', '{"step_metric":"epoch"}', "null"]) {
    expect(bestSide(runs({ "stepwell.metric/acc": label }), "acc")).toBe("max");
    expect(bestSide(runs({ "stepwell.metric/loss": label }), "loss")).toBe("min");
  }
});

test("patterns are no regular expressions, and any of them ends", () => {
  expect(bestSide(runs({ "stepwell.metric/a*c*e": '{"summary":"max"}' }), "abcde")).toBe("max");
  expect(bestSide(runs({ "stepwell.metric/a*b": '{"summary":"max"}' }), "ab")).toBe("max");
  expect(bestSide(runs({ "stepwell.metric/ab*b": '{"summary":"max"}' }), "ab")).toBe("min");
  expect(bestSide(runs({ "stepwell.metric/(a+)+*": '{"summary":"max"}' }), "a".repeat(40))).toBe("min");
});
