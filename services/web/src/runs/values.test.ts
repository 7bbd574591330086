import { describe, expect, it } from "vitest";
import { silentSince } from "./values";

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
