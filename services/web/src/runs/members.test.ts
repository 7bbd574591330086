import { describe, expect, it } from "vitest";
import type { Run } from "../api/types";
import type { ListPage } from "./list";
import { groupId, MemberLists } from "./members";

const run = (id: string, name = id): Run => ({ id, name, experiment: "e", status: "finished", created: "2025-01-01" });
const group = (key: string, count: number) => ({ key: [key], count, filter: `arch = ${key}`, newest: "" });

/** A server whose answers wait until they are let go. */
function server(all: Record<string, string[]>) {
  const asked: { filter: string; cursor: string | null; limit: number; answer(): Promise<void> }[] = [];
  const lists = new MemberLists();
  lists.show((filter, cursor, limit) => {
    const ids = all[filter];
    const from = Number(cursor ?? 0);
    const page: ListPage<Run> = {
      items: ids.slice(from, from + limit).map((id) => run(id)),
      next: from + limit < ids.length ? String(from + limit) : null,
    };
    return new Promise((resolve) => {
      asked.push({
        filter,
        cursor,
        limit,
        answer: async () => {
          resolve(page);
          await Promise.resolve();
          await Promise.resolve();
        },
      });
    });
  });
  const idsOf = (key: string) =>
    lists
      .snapshot()
      .get(groupId(group(key, 0)))
      ?.runs.map(({ id }) => id);
  return { lists, asked, idsOf };
}

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, k) => `${prefix}${k}`);

describe("members of groups", () => {
  it("are fetched as many as are wanted, and shown when all of those are there", async () => {
    const { lists, asked, idsOf } = server({ "arch = a": ids("a", 1500) });
    lists.want([{ group: group("a", 1500), count: 1200 }]);
    expect(asked.map(({ limit }) => limit)).toEqual([1000]);
    await asked[0].answer();
    expect(idsOf("a")).toBeUndefined();
    expect(asked.map(({ cursor, limit }) => [cursor, limit])).toEqual([
      [null, 1000],
      ["1000", 200],
    ]);
    await asked[1].answer();
    expect(idsOf("a")).toEqual(ids("a", 1200));
    lists.want([{ group: group("a", 1500), count: 1500 }]);
    expect(asked[2].cursor).toBe("1200");
  });

  it("stay while they are asked for again, because the group has more or all may have changed", async () => {
    const all = { "arch = a": ids("a", 2) };
    const { lists, asked, idsOf } = server(all);
    lists.want([{ group: group("a", 2), count: 100 }]);
    await asked[0].answer();
    all["arch = a"].push("new");
    lists.want([{ group: group("a", 3), count: 100 }]);
    expect(idsOf("a")).toEqual(["a0", "a1"]);
    await asked[1].answer();
    expect(idsOf("a")).toEqual(["a0", "a1", "new"]);
    lists.refresh();
    expect(asked.length).toBe(3);
    expect(idsOf("a")).toEqual(["a0", "a1", "new"]);
  });

  it("change where they are, and one that is gone is no member", async () => {
    const { lists, asked } = server({ "arch = a": ids("a", 3) });
    lists.want([{ group: group("a", 3), count: 3 }]);
    await asked[0].answer();
    lists.patch((old) => (old.id === "a1" ? null : old.id === "a2" ? run("a2", "renamed") : old));
    const members = lists.snapshot().get('["a"]');
    expect(members?.runs.map(({ name }) => name)).toEqual(["a0", "renamed"]);
    expect(members?.total).toBe(2);
  });

  it("of groups that nobody looks at any more are not waited for", async () => {
    const { lists, asked, idsOf } = server({ "arch = a": ids("a", 1), "arch = b": ids("b", 1) });
    lists.want([{ group: group("a", 1), count: 1 }]);
    lists.want([{ group: group("b", 1), count: 1 }]);
    await asked[0].answer();
    await asked[1].answer();
    expect(idsOf("a")).toBeUndefined();
    expect(idsOf("b")).toEqual(["b0"]);
  });
});
