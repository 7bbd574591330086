import { afterEach, expect, it, vi } from "vitest";
import { groupId } from "../runs/members";
import { fetchGroupPage } from "./runs";

afterEach(() => vi.unstubAllGlobals());

it("groups by whole numbers beyond 2^53 have a name as those by any other value", async () => {
  const group = '{"count":1,"filter":"","newest":"","key":[1152921504606846976,null,true,"1"]}';
  vi.stubGlobal("fetch", async () => new Response(`{"items":[${group}],"next":null}`));
  const ask = { experiment: "e", filter: "", order: "", columns: [], archived: "any" } as const;
  const { items } = await fetchGroupPage({ ...ask, columns: [] }, ["params.seed"], 10, null);
  expect(items.map(groupId)).toEqual([JSON.stringify([2 ** 60, null, true, "1"])]);
});
