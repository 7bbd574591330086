// The run table's part of the view: which runs, in which order, with which columns.

import { quoteItem, splitList } from "./list";
import { assign, type Pairs, parsePlainList, unique } from "./part";

export type Selection =
  | { base: "top"; n: number; minus: string[]; plus: string[] }
  | { base: "all"; minus: string[]; plus: string[] }
  | { base: "none"; minus: string[]; plus: string[] }
  | { base: "ids"; ids: string[] };

export type Stat = "last" | "min" | "max";

export interface Metric {
  tag: string;
  stat: Stat;
}

export type SortKey = { by: "name" | "created" | "status" } | { by: "metric"; metric: Metric };

export interface RunsView {
  q: string;
  sel: Selection;
  sort: { key: SortKey; descending: boolean };
  /** The metric column; null: the first tag in logged order. */
  col: Metric | null;
}

// 40: the most runs that are drawn with their envelopes.
export const DEFAULT_TOP = 40;

export const defaultRuns = (): RunsView => ({
  q: "",
  sel: { base: "top", n: DEFAULT_TOP, minus: [], plus: [] },
  sort: { key: { by: "created" }, descending: true },
  col: null,
});

export const RUNS_KEYS = ["q", "sel", "sort", "cols"] as const;

export function readRuns(view: RunsView, key: (typeof RUNS_KEYS)[number], value: string): boolean {
  switch (key) {
    case "q":
      view.q = value;
      return true;
    case "sel":
      return assign(parseSelection(value), (sel) => {
        view.sel = sel;
      });
    case "sort":
      return assign(parseSort(value), (sort) => {
        view.sort = sort;
      });
    case "cols":
      return assign(parseMetric(value), (col) => {
        view.col = col;
      });
  }
}

export function formatRuns(view: RunsView): Pairs<(typeof RUNS_KEYS)[number]> {
  return {
    q: view.q,
    sel: formatSelection(view.sel),
    sort: formatSort(view.sort),
    cols: view.col === null ? "" : formatMetric(view.col),
  };
}

function parseSelection(text: string): Selection | null {
  const match = /^(?:top:(\d{1,6})|(all)|(none))(?:~(.*))?$/s.exec(text);
  if (match === null) {
    const ids = text.startsWith("top:") ? null : parsePlainList(text);
    return ids === null ? null : { base: "ids", ids };
  }
  const exceptions = splitList(match[4] ?? "");
  if (exceptions?.some((e) => e.prefix === "") ?? true) return null;
  const minus = unique(exceptions!.filter((e) => e.prefix === "-").map((e) => e.item));
  const plus = unique(exceptions!.filter((e) => e.prefix === "+").map((e) => e.item)).filter(
    (id) => !minus.includes(id),
  );
  if (match[1] !== undefined) return { base: "top", n: Number(match[1]), minus, plus };
  return { base: match[2] === "all" ? "all" : "none", minus, plus };
}

function formatSelection(sel: Selection): string {
  if (sel.base === "ids") return sel.ids.length === 0 ? "none" : sel.ids.map(quoteId).join(",");
  const base = sel.base === "top" ? `top:${sel.n}` : sel.base;
  const exceptions = [...sel.minus.map((id) => `-${quoteId(id)}`), ...sel.plus.map((id) => `+${quoteId(id)}`)];
  return exceptions.length === 0 ? base : `${base}~${exceptions.join(",")}`;
}

// An id that reads as a word of the grammar is quoted.
const quoteId = (id: string) => quoteItem(id, /^(?:top:|all$|none$)/.test(id));

function parseMetric(text: string): Metric | null {
  const match = /^m\.(.*)\.(last|min|max)$/s.exec(text);
  if (match === null) return null;
  const items = splitList(match[1]);
  if (items === null || items.length !== 1 || items[0].prefix !== "") return null;
  return { tag: items[0].item, stat: match[2] as Stat };
}

const formatMetric = (m: Metric) =>
  `m.${/^[\w/-]+$/.test(m.tag) && !m.tag.startsWith("-") ? m.tag : `"${m.tag.replace(/[\\"]/g, "\\$&")}"`}.${m.stat}`;

function parseSort(text: string): RunsView["sort"] | null {
  const descending = text.startsWith("-");
  const name = descending ? text.slice(1) : text;
  if (name === "name" || name === "created" || name === "status") return { key: { by: name }, descending };
  const metric = parseMetric(name);
  return metric === null ? null : { key: { by: "metric", metric }, descending };
}

const formatSort = ({ key, descending }: RunsView["sort"]) =>
  `${descending ? "-" : ""}${key.by === "metric" ? formatMetric(key.metric) : key.by}`;
