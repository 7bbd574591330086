// The whole table as text: all runs that match in the order of the table, or its groups, however few of them are loaded.

import { toValue } from "../api/json64";
import { fetchGroupPage, fetchRunPage, type RunAsk, type RunGroup, type Spread } from "../api/runs";
import type { Page, Run } from "../api/types";
import { exactValue } from "../chart/format";
import { type Column, filterKey } from "../state/columns";
import type { RunsView } from "../state/runs_view";
import { groupOrder } from "./ask";
import { asCsv, asMarkdown, csvLine, markdownRow } from "./copy";

export type Format = "csv" | "markdown";

const PAGE = 1000;
/** Rows that are copied at most; more of them no clipboard is for. */
export const MOST_COPIED = 100_000;

export interface Copied {
  text: string;
  rows: number;
  /** There are more than MOST_COPIED. */
  cut: boolean;
}

export async function copyTable(
  ask: RunAsk,
  view: Pick<RunsView, "group" | "sort">,
  columns: readonly Column[],
  format: Format,
): Promise<Copied> {
  if (view.group.length === 0) {
    const { items, cut } = await all<Run>((cursor) => fetchRunPage(ask, PAGE, cursor));
    return { text: (format === "csv" ? asCsv : asMarkdown)(items, columns), rows: items.length, cut };
  }
  const by = view.group.map(filterKey);
  const order = groupOrder(view);
  const { items, cut } = await all<RunGroup>((cursor) => fetchGroupPage({ ...ask, order }, by, PAGE, cursor));
  return { text: groupText(items, view.group, columns, format), rows: items.length, cut };
}

async function all<T>(page: (cursor: string | null) => Promise<Page<T>>): Promise<{ items: T[]; cut: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const { items: more, next } = await page(cursor);
    items.push(...more);
    cursor = next ?? null;
  } while (cursor !== null && items.length < MOST_COPIED);
  return { items: items.slice(0, MOST_COPIED), cut: cursor !== null || items.length > MOST_COPIED };
}

/** A line a group: its keys, how many runs it has, and of each column mean and deviation, or the one value of all. */
export function groupText(
  groups: readonly RunGroup[],
  by: readonly Column[],
  columns: readonly Column[],
  format: Format,
): string {
  const told = columns.filter(
    (c) => c.space === "param" || (c.space === "metric" && c.stat !== "course" && c.stat !== "at"),
  );
  const head = [
    ...by.map(filterKey),
    "runs",
    ...told.flatMap((c) => (c.space === "metric" ? [`${filterKey(c)} mean`, `${filterKey(c)} std`] : [filterKey(c)])),
  ];
  const lines = groups.map((group) => [
    ...group.key.map((value) => (value === null ? "" : String(value))),
    String(group.count),
    ...told.flatMap((column) => cellsOf(group, column)),
  ]);
  if (format === "csv") return `${[head, ...lines].map(csvLine).join("\r\n")}\r\n`;
  return [markdownRow(head), `| ${head.map(() => "---").join(" | ")} |`, ...lines.map(markdownRow), ""].join("\n");
}

function cellsOf(group: RunGroup, column: Column): string[] {
  if (column.space === "metric") {
    const stat = column.stat === "min" || column.stat === "max" ? column.stat : "last";
    const spread = group.metrics?.[column.name]?.[stat];
    return [numberOf(spread?.mean), numberOf(spread?.std)];
  }
  const param = group.params?.[column.name];
  if (param?.distinct !== 1) return [""];
  const { value } = param;
  return [typeof value === "number" ? exactValue(value) : value === null || value === undefined ? "" : String(value)];
}

const numberOf = (value: Spread["mean"]) => (value === null || value === undefined ? "" : exactValue(toValue(value)));
