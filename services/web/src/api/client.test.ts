import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { fetchRuns, fetchTags, metricColumn } from "./client";

it("a metric column is quoted where its name could be read as something else", () => {
  expect(metricColumn("train/loss")).toBe("train/loss");
  expect(metricColumn("a,b")).toBe('metrics."a,b".last');
  expect(metricColumn('say "x"\\')).toBe('metrics."say \\"x\\"\\\\".last');
  expect(metricColumn("params.lr")).toBe('metrics."params.lr".last');
  expect(metricColumn("")).toBe('metrics."".last');
});

it("what is asked for early is what the page asks for", async () => {
  const asked: string[] = [];
  const answer = async (path: string) => {
    asked.push(path);
    return new Response('{"items":[{"tag":"note","kind":"text"},{"tag":"train/loss","kind":"scalar"}],"next":null}');
  };
  const early = readFileSync(new URL("../../public/early.js", import.meta.url), "utf8");
  const run = async (search: string, window: Partial<Window> = {}) => {
    asked.length = 0;
    new Function("window", "location", "fetch", early)(window, { pathname: "/w/default/e/01ABC", search }, answer);
    await Promise.all([window.stepwellEarly?.tags, window.stepwellEarly?.runs]);
    return [...asked];
  };
  const first = await run("");
  vi.stubGlobal("fetch", answer);
  asked.length = 0;
  await fetchTags("01ABC", null);
  await fetchRuns("01ABC", "train/loss");
  vi.unstubAllGlobals();
  expect(first).toEqual(asked);
  expect(first).toHaveLength(2);
  expect(await run("?cols=m.other.max")).toHaveLength(1);
});
