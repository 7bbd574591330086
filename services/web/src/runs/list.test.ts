import { describe, expect, it } from "vitest";
import { type FetchPage, FIRST_PAGE, PAGE, PagedList } from "./list";

interface Row {
  id: string;
  value: number;
}

const row = (i: number): Row => ({ id: `r${i}`, value: i });

/** Answers pages of an array that can change. */
function pager(rows: { current: Row[] }): FetchPage<Row> {
  return async (cursor, limit) => {
    const from = cursor === null ? 0 : Number(cursor);
    const items = rows.current.slice(from, from + limit);
    const next = from + limit < rows.current.length ? String(from + limit) : null;
    return { items, next, ...(cursor === null ? { total: rows.current.length } : {}) };
  };
}

/** The list, when it says so. */
function until(list: PagedList<Row>, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!is()) return;
      leave();
      resolve();
    };
    const leave = list.subscribe(look);
    look();
  });
}

const ids = (list: PagedList<Row>) => list.snapshot().rows.map((r) => r.id);

describe("a list of pages", () => {
  it("loads what is wanted and no more, and knows how many there are", async () => {
    const rows = { current: Array.from({ length: 5000 }, (_, i) => row(i)) };
    const list = new PagedList<Row>((r) => r.id);
    list.show(pager(rows));
    await until(list, () => list.snapshot().loaded);
    expect(list.snapshot().rows).toHaveLength(FIRST_PAGE);
    expect(list.snapshot().total).toBe(5000);
    list.want(FIRST_PAGE + 1);
    await until(list, () => list.snapshot().rows.length > FIRST_PAGE);
    expect(list.snapshot().rows).toHaveLength(FIRST_PAGE + PAGE);
    expect(list.snapshot().complete).toBe(false);
    list.want(5000);
    await until(list, () => list.snapshot().complete);
    expect(ids(list)).toEqual(rows.current.map((r) => r.id));
  });

  it("keeps what it shows until another list is there, and when that fails", async () => {
    const list = new PagedList<Row>((r) => r.id);
    list.show(pager({ current: [row(1)] }));
    await until(list, () => list.snapshot().loaded);
    list.show(async () => {
      throw new Error("no such key");
    });
    expect(list.snapshot().changing).toBe(true);
    expect(ids(list)).toEqual(["r1"]);
    await until(list, () => list.snapshot().error !== null);
    expect(ids(list)).toEqual(["r1"]);
  });

  it("lets a fresh order wait while rows must not move, and shows it when they may", async () => {
    const rows = { current: [row(1), row(2)] };
    const list = new PagedList<Row>((r) => r.id);
    list.show(pager(rows));
    await until(list, () => list.snapshot().loaded);
    list.hold(true);
    rows.current = [row(3), row(2), row(1)];
    await list.refresh();
    expect(ids(list)).toEqual(["r1", "r2"]);
    expect(list.snapshot().waiting).toBe(1);
    list.hold(false);
    expect(ids(list)).toEqual(["r3", "r2", "r1"]);
    expect(list.snapshot().waiting).toBeNull();
  });

  it("shows one's own change at once, also when another question overtakes its own", async () => {
    const rows = { current: [row(2), row(1)] };
    const list = new PagedList<Row>((r) => r.id);
    list.show(pager(rows));
    await until(list, () => list.snapshot().loaded);
    list.hold(true);
    rows.current = [row(3), row(2), row(1)];
    void list.refresh(true);
    await list.refresh();
    expect(ids(list)).toEqual(["r3", "r2", "r1"]);
    rows.current = [row(4), row(3), row(2), row(1)];
    await list.refresh();
    expect(ids(list)).toEqual(["r3", "r2", "r1"]);
  });

  it("takes new rows at the end at once, as they move nothing", async () => {
    const rows = { current: [row(1), row(2)] };
    const list = new PagedList<Row>((r) => r.id);
    list.show(pager(rows));
    await until(list, () => list.snapshot().loaded);
    list.hold(true);
    rows.current = [row(1), row(2), row(3)];
    await list.refresh();
    expect(ids(list)).toEqual(["r1", "r2", "r3"]);
  });

  it("changes and loses rows where they are", async () => {
    const list = new PagedList<Row>((r) => r.id);
    list.show(pager({ current: [row(1), row(2), row(3)] }));
    await until(list, () => list.snapshot().loaded);
    list.patch((r) => (r.id === "r1" ? { ...r, value: 9 } : r.id === "r2" ? null : r));
    expect(list.snapshot().rows).toEqual([{ id: "r1", value: 9 }, row(3)]);
    expect(list.snapshot().total).toBe(2);
    expect(list.has("r2")).toBe(false);
  });
});
