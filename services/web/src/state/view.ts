// The view of an experiment and its place in the URL. Everything that changes a picture is in here; each key has a default
// that is left out, and the order of keys is fixed, so equal views have equal URLs.
//
// Reading is total: an unknown key is kept (another version may know it), a bad value falls back to its default and is named
// in `problems`.

import type { XAxis, XRange } from "../chart/protocol";
import type { YMode } from "../chart/scale";
import { MAX_SMOOTHING } from "../chart/smooth";
import { quoteItem, splitList } from "./list";
import type { Pair } from "./query";

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

export interface View {
  q: string;
  sel: Selection;
  sort: { key: SortKey; descending: boolean };
  /** The metric column; null: the first tag in logged order. */
  col: Metric | null;
  t: string;
  closed: string[];
  x: XAxis;
  xr: XRange | null;
  sm: number;
  y: YMode;
  outliers: boolean;
  pin: string[];
  unknown: Pair[];
}

// 40: the most runs that are drawn with their envelopes.
export const DEFAULT_TOP = 40;
export const DEFAULT_SMOOTHING = 0.6;

export const defaultView = (): View => ({
  q: "",
  sel: { base: "top", n: DEFAULT_TOP, minus: [], plus: [] },
  sort: { key: { by: "created" }, descending: true },
  col: null,
  t: "",
  closed: [],
  x: "step",
  xr: null,
  sm: DEFAULT_SMOOTHING,
  y: "lin",
  outliers: false,
  pin: [],
  unknown: [],
});

const KEYS = ["q", "sel", "sort", "cols", "t", "sec", "x", "xr", "sm", "y", "pin"] as const;
type Key = (typeof KEYS)[number];

export interface Parsed {
  view: View;
  /** Keys whose value could not be used, with the value. */
  problems: Pair[];
}

export function parseView(pairs: readonly Pair[]): Parsed {
  const view = defaultView();
  const problems: Pair[] = [];
  const known = new Map<Key, string>();
  for (const [key, value] of pairs) {
    if ((KEYS as readonly string[]).includes(key)) known.set(key as Key, value);
    else view.unknown.push([key, value]);
  }
  // The range is read after the axis that it is on, which the order of KEYS gives.
  for (const key of KEYS) {
    const value = known.get(key);
    if (value !== undefined && !readKey(view, key, value)) problems.push([key, value]);
  }
  return { view, problems };
}

function readKey(view: View, key: Key, value: string): boolean {
  switch (key) {
    case "q":
      view.q = value;
      return true;
    case "t":
      view.t = value;
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
    case "sec":
      return assign(parseClosed(value), (closed) => {
        view.closed = closed;
      });
    case "x":
      if (value !== "step" && value !== "rel" && value !== "wall") return false;
      view.x = value;
      return true;
    case "xr":
      return assign(parseRange(value, view.x), (range) => {
        view.xr = range;
      });
    case "sm":
      return assign(parseSmoothing(value), (sm) => {
        view.sm = sm;
      });
    case "y":
      return readY(view, value);
    case "pin":
      return assign(parsePlainList(value), (pin) => {
        view.pin = pin;
      });
  }
}

function assign<T>(value: T | null, set: (value: T) => void): boolean {
  if (value === null) return false;
  set(value);
  return true;
}

const unique = <T>(items: T[]) => [...new Set(items)];

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

function parsePlainList(text: string): string[] | null {
  const items = splitList(text);
  if (items === null || items.length === 0 || items.some((i) => i.prefix !== "")) return null;
  return unique(items.map((i) => i.item));
}

function parseClosed(text: string): string[] | null {
  const items = splitList(text);
  if (items === null || items.length === 0 || items.some((i) => i.prefix !== "-")) return null;
  return unique(items.map((i) => i.item));
}

function parseMetric(text: string): Metric | null {
  const match = /^m\.(.*)\.(last|min|max)$/s.exec(text);
  if (match === null) return null;
  const items = splitList(match[1]);
  if (items === null || items.length !== 1 || items[0].prefix !== "") return null;
  return { tag: items[0].item, stat: match[2] as Stat };
}

const formatMetric = (m: Metric) =>
  `m.${/^[\w/-]+$/.test(m.tag) && !m.tag.startsWith("-") ? m.tag : `"${m.tag.replace(/[\\"]/g, "\\$&")}"`}.${m.stat}`;

function parseSort(text: string): View["sort"] | null {
  const descending = text.startsWith("-");
  const name = descending ? text.slice(1) : text;
  if (name === "name" || name === "created" || name === "status") return { key: { by: name }, descending };
  const metric = parseMetric(name);
  return metric === null ? null : { key: { by: "metric", metric }, descending };
}

const formatSort = ({ key, descending }: View["sort"]) =>
  `${descending ? "-" : ""}${key.by === "metric" ? formatMetric(key.metric) : key.by}`;

const MAX_INT64 = (1n << 63n) - 1n;

function parseRange(text: string, axis: XAxis): XRange | null {
  const match = /^(-?[\d.]+(?:e[+-]?\d+)?)\.\.(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(text);
  if (match === null) return null;
  if (axis === "step") {
    if (!/^-?\d{1,19}$/.test(match[1]) || !/^-?\d{1,19}$/.test(match[2])) return null;
    const from = BigInt(match[1]);
    const to = BigInt(match[2]);
    if (from >= to || from < -MAX_INT64 - 1n || to > MAX_INT64) return null;
    return { axis, from, to };
  }
  const from = Number(match[1]);
  const to = Number(match[2]);
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { axis, from, to } : null;
}

function parseSmoothing(text: string): number | null {
  if (text === "none") return 0;
  const match = /^ema:(\d(?:\.\d+)?)$/.exec(text);
  if (match === null) return null;
  const amount = Number(match[1]);
  return amount <= MAX_SMOOTHING ? amount : null;
}

function readY(view: View, text: string): boolean {
  const parts = text.split(",");
  const modes = parts.filter((p) => p === "lin" || p === "log");
  const out = parts.filter((p) => p === "out:5");
  if (modes.length > 1 || out.length > 1 || modes.length + out.length !== parts.length) return false;
  view.y = (modes[0] as YMode) ?? "lin";
  view.outliers = out.length === 1;
  return true;
}

export function formatView(view: View): Pair[] {
  const d = defaultView();
  const pairs: Pair[] = [];
  const put = (key: Key, value: string, standard: string) => {
    if (value !== standard) pairs.push([key, value]);
  };
  put("q", view.q, d.q);
  put("sel", formatSelection(view.sel), formatSelection(d.sel));
  put("sort", formatSort(view.sort), formatSort(d.sort));
  if (view.col !== null) put("cols", formatMetric(view.col), "");
  put("t", view.t, d.t);
  put("sec", view.closed.map((name) => `-${quoteItem(name)}`).join(","), "");
  put("x", view.x, d.x);
  if (view.xr !== null && view.xr.axis === view.x) put("xr", `${view.xr.from}..${view.xr.to}`, "");
  put("sm", view.sm === 0 ? "none" : `ema:${view.sm}`, `ema:${DEFAULT_SMOOTHING}`);
  put("y", [view.y === "log" ? "log" : "", view.outliers ? "out:5" : ""].filter(Boolean).join(","), "");
  put("pin", view.pin.map((tag) => quoteItem(tag)).join(","), "");
  return [...pairs, ...view.unknown];
}
