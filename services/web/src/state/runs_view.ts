// The run table's part of the view: which runs, in which order and groups, with which columns and colours.

import {
  type Column,
  formatColumn,
  formatShown,
  formatSorts,
  parseColumns,
  parseShown,
  parseSorts,
  runColumn,
  type ShownColumn,
  type Sort,
} from "./columns";
import { quoteItem, splitList } from "./list";
import { assign, type Pairs, parsePlainList, unique } from "./part";
import { defaultColors, formatColors, parseColors, type RunColors } from "./run_colors";

/** A rule counts in the order of the table, within the filter; exceptions and named runs are drawn wherever they are. */
export type Selection =
  | ({ base: "top"; n: number } & Exceptions)
  | ({ base: "all" } & Exceptions)
  | ({ base: "none" } & Exceptions)
  | { base: "ids"; ids: string[] };

export interface Exceptions {
  /** Ids of runs. */
  minus: string[];
  plus: string[];
  /** Keys of groups, as runs/values.ts writes them; absent where there are none. */
  groups?: { minus: string[]; plus: string[] };
}

export const BANDS = ["minmax", "std", "se", "ci95", "none"] as const;
export type Band = (typeof BANDS)[number];
export const CENTRES = ["mean", "median"] as const;
export type Centre = (typeof CENTRES)[number];

/** Where the run table is; `size` is its width, or its height when it is below, in CSS pixels; null: as the window has it. */
export interface TablePlace {
  place: "side" | "below" | "hidden";
  size: number | null;
}

export interface RunsView {
  q: string;
  /** Archived runs too, or nothing else. */
  archived: "no" | "too" | "only";
  sel: Selection;
  group: Column[];
  /** Keys of the groups that are open, as runs/values.ts writes them. */
  open: string[];
  band: Band;
  centre: Centre;
  sort: Sort[];
  /** null: the first metric's course, best and last value. */
  cols: ShownColumn[] | null;
  /** Only columns in which runs differ. */
  differing: boolean;
  table: TablePlace;
  base: string | null;
  colors: RunColors;
}

// 40: the most runs that are drawn with their envelopes.
export const DEFAULT_TOP = 40;
/** As many keys as the server takes. */
export const MAX_SORT = 8;
export const MAX_GROUP = 4;

export const defaultRuns = (): RunsView => ({
  q: "",
  archived: "no",
  sel: { base: "top", n: DEFAULT_TOP, minus: [], plus: [] },
  group: [],
  open: [],
  band: "std",
  centre: "mean",
  sort: [{ column: runColumn("created"), descending: true }],
  cols: null,
  differing: false,
  table: { place: "side", size: null },
  base: null,
  colors: defaultColors(),
});

export const RUNS_KEYS = ["q", "arc", "sel", "g", "go", "gb", "ga", "sort", "cols", "dif", "tb", "base", "c"] as const;
type Key = (typeof RUNS_KEYS)[number];

export function readRuns(view: RunsView, key: Key, value: string): boolean {
  const put = <K extends keyof RunsView>(name: K, parsed: RunsView[K] | null) =>
    assign(parsed, (found) => {
      view[name] = found;
    });
  switch (key) {
    case "q":
      // The filter is one line, as a paste into it is.
      view.q = value.replace(/[\r\n]+/g, " ");
      return true;
    case "arc":
      return put("archived", oneOf(["no", "too", "only"] as const, value));
    case "sel":
      return put("sel", parseSelection(value));
    case "g":
      return put("group", grouping(parseColumns(value)));
    case "go":
      return put("open", parsePlainList(value));
    case "gb":
      return put("band", oneOf(BANDS, value));
    case "ga":
      return put("centre", oneOf(CENTRES, value));
    case "sort":
      return put("sort", atMost(MAX_SORT, parseSorts(value)));
    case "cols":
      return assign(value === "none" ? [] : parseShown(value), (found) => {
        view.cols = found;
      });
    case "dif":
      return put("differing", value === "1" ? true : null);
    case "tb":
      return put("table", parsePlace(value));
    case "base":
      return assign(parsePlainList(value), (ids) => {
        view.base = ids[0];
      });
    case "c":
      return put("colors", parseColors(value));
  }
}

export function formatRuns(view: RunsView): Pairs<Key> {
  return {
    q: view.q,
    arc: view.archived,
    sel: formatSelection(view.sel),
    g: view.group.map(formatColumn).join(","),
    go: view.open.map((key) => quoteItem(key)).join(","),
    gb: view.band,
    ga: view.centre,
    sort: formatSorts(view.sort),
    cols: view.cols === null ? "" : view.cols.length === 0 ? "none" : formatShown(view.cols),
    dif: view.differing ? "1" : "",
    tb: formatPlace(view.table),
    base: view.base === null ? "" : quoteItem(view.base),
    c: formatColors(view.colors),
  };
}

const oneOf = <T extends string>(words: readonly T[], text: string): T | null =>
  (words as readonly string[]).includes(text) ? (text as T) : null;

const atMost = <T>(most: number, items: T[] | null): T[] | null =>
  items === null || items.length > most ? null : items;

// Metrics have too many values to make groups of; the server refuses them.
const grouping = (columns: Column[] | null): Column[] | null =>
  atMost(MAX_GROUP, columns?.some((column) => column.space === "metric") ? null : columns);

function parsePlace(text: string): TablePlace | null {
  const match = /^(side|below|hidden)(?::(\d{2,4}))?$/.exec(text);
  if (match === null) return null;
  return { place: match[1] as TablePlace["place"], size: match[2] === undefined ? null : Number(match[2]) };
}

const formatPlace = ({ place, size }: TablePlace) =>
  place === "side" && size === null ? "" : `${place}${size === null ? "" : `:${size}`}`;

// base, or base~exceptions, or ids. An exception is a sign and the id of a run, or a doubled sign and the key of a group:
// top:40~-01JB7,++"[\"vit\"]". An id that begins with a sign is quoted.
function parseSelection(text: string): Selection | null {
  const match = /^(?:top:(\d{1,6})|(all)|(none))(?:~(.*))?$/s.exec(text);
  if (match === null) {
    const ids = text.startsWith("top:") ? null : parsePlainList(text);
    return ids === null ? null : { base: "ids", ids };
  }
  const exceptions = parseExceptions(match[4] ?? "");
  if (exceptions === null) return null;
  if (match[1] !== undefined) return { base: "top", n: Number(match[1]), ...exceptions };
  return { base: match[2] === "all" ? "all" : "none", ...exceptions };
}

function parseExceptions(text: string): Exceptions | null {
  const items = splitList(text, ["--", "++", "-", "+"]);
  if (items?.some((e) => e.prefix === "") ?? true) return null;
  const of = (prefix: string) => unique(items!.filter((e) => e.prefix === prefix).map((e) => e.item));
  const both = (sign: string) => {
    const minus = of(sign.replaceAll("+", "-"));
    return { minus, plus: of(sign).filter((item) => !minus.includes(item)) };
  };
  const groups = both("++");
  return groups.minus.length + groups.plus.length === 0 ? both("+") : { ...both("+"), groups };
}

function formatSelection(sel: Selection): string {
  if (sel.base === "ids") return sel.ids.length === 0 ? "none" : sel.ids.map(quoteId).join(",");
  const base = sel.base === "top" ? `top:${sel.n}` : sel.base;
  const { minus = [], plus = [] } = sel.groups ?? {};
  const exceptions = [
    ...sel.minus.map((id) => `-${quoteId(id)}`),
    ...sel.plus.map((id) => `+${quoteId(id)}`),
    ...minus.map((key) => `--${quoteItem(key)}`),
    ...plus.map((key) => `++${quoteItem(key)}`),
  ];
  return exceptions.length === 0 ? base : `${base}~${exceptions.join(",")}`;
}

// An id that reads as a word of the grammar is quoted.
const quoteId = (id: string) => quoteItem(id, /^(?:top:|all$|none$)/.test(id));
