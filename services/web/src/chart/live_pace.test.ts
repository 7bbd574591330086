import { expect, test } from "vitest";
import { livePause } from "./live_pace";

test("pictures come as often as wanted, less often where they take long, and never seldom", () => {
  expect(livePause(100, 20)).toBe(100);
  expect(livePause(100, 60)).toBe(180);
  expect(livePause(250, 60)).toBe(250);
  expect(livePause(100, 2_000)).toBe(500);
});
