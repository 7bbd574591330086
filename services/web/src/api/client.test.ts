import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { fetchTags, metricColumn } from "./client";

it("a metric column is quoted where its name could be read as something else", () => {
  expect(metricColumn("train/loss")).toBe("train/loss");
  expect(metricColumn("a,b")).toBe('metrics."a,b".last');
  expect(metricColumn('say "x"\\')).toBe('metrics."say \\"x\\"\\\\".last');
  expect(metricColumn("params.lr")).toBe('metrics."params.lr".last');
  expect(metricColumn("")).toBe('metrics."".last');
});

it("the tags that are asked for early are those that the page asks for", async () => {
  const asked: string[] = [];
  const answer = async (path: string) => {
    asked.push(path);
    return new Response('{"items":[],"next":null}');
  };
  const early = readFileSync(new URL("../../public/early.js", import.meta.url), "utf8");
  new Function("window", "location", "fetch", early)({}, { pathname: "/w/default/e/01ABC" }, answer);
  vi.stubGlobal("fetch", answer);
  await fetchTags("01ABC", null);
  vi.unstubAllGlobals();
  expect(asked).toHaveLength(2);
  expect(asked[1]).toBe(asked[0]);
});
