import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import { isLate, silentSince } from "./values";

describe("a run that is not heard of any more", () => {
  const run = { created: "2026-11-25T09:00:00.000000Z", duration: 90.5 };
  it("was heard of last where its duration ends", () => {
    expect(silentSince({ ...run, status: "disconnected" })).toBe(Date.parse("2026-11-25T09:01:30.500Z"));
  });
  it("is told from one that runs or has ended", () => {
    for (const status of ["running", "finished", "crashed"]) expect(silentSince({ ...run, status })).toBe(null);
    expect(silentSince({ ...run, status: "disconnected", duration: null })).toBe(null);
  });
});

describe("a run that lists may not have whole", () => {
  const run = { created: "2025-01-01T00:00:00Z", updated: "2026-11-25T09:00:00Z" } as Run;
  const at = (time: string) => Date.parse(`2026-11-25T${time}Z`);
  it("writes, or was changed a moment ago, also by a clock that is ahead of this one", () => {
    expect(isLate({ ...run, status: "running" }, at("12:00:00"))).toBe(true);
    expect(isLate({ ...run, status: "finished" }, at("09:00:30"))).toBe(true);
    expect(isLate({ ...run, status: "finished" }, at("08:00:00"))).toBe(true);
  });
  it("is told from one that ended before", () => {
    expect(isLate({ ...run, status: "finished" }, at("09:02:00"))).toBe(false);
  });
});
