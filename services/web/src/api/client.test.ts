import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { askOf, metricColumns } from "../runs/ask";
import { FIRST_PAGE } from "../runs/list";
import { defaultView } from "../state/view";
import { fetchTags } from "./client";
import { fetchRunPage } from "./runs";

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
  await fetchRunPage(askOf("01ABC", defaultView(), metricColumns("train/loss")), FIRST_PAGE, null);
  vi.unstubAllGlobals();
  expect(first).toEqual(asked);
  expect(first).toHaveLength(2);
  for (const search of ["?cols=m.other.max", "?sel=none&q=lr", "?sort=name", "?g=params.lr"])
    expect(await run(search)).toHaveLength(1);
});
