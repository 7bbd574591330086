import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { calmly } from "./calmly";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first at once, a storm once a pause, the last one not lost", () => {
  const act = vi.fn();
  const calm = calmly(act, 2000);
  calm();
  expect(act).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 65; i++) {
    vi.advanceTimersByTime(15);
    calm();
  }
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2000);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(2);
  calm();
  expect(act).toHaveBeenCalledTimes(3);
});

test("nothing comes after a stop", () => {
  const act = vi.fn();
  const calm = calmly(act, 2000);
  calm();
  calm();
  calm.stop();
  vi.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(1);
});
