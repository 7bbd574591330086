// What a run can be asked for: a column of its own, a parameter, a label, or what is known of a metric; and its two spellings.
// The address has `m."val/acc".max`, the filter language `metrics."val/acc".max`; the rest is the same in both.

export const RUN_KEYS = [
  "name",
  "status",
  "created",
  "updated",
  "finished",
  "duration",
  "owner",
  "experiment",
  "archived",
  "note",
  "forked_from",
  "id",
] as const;
export type RunKey = (typeof RUN_KEYS)[number];

/**
 * `at`: the value at the crosshair's step; `range`: the mean over the brushed range; `course`: the sparkline. These three are
 * not of the filter language.
 */
export const STATS = ["last", "min", "max", "at", "range", "course"] as const;
export type Stat = (typeof STATS)[number];

export type Column =
  | { space: "run"; name: RunKey }
  | { space: "param" | "label"; name: string }
  | { space: "metric"; name: string; stat: Stat };

export interface ShownColumn {
  column: Column;
  pinned: boolean;
  /** CSS pixels; null: as wide as its kind is. */
  width: number | null;
}

export interface Sort {
  column: Column;
  descending: boolean;
}

export const runColumn = (name: RunKey): Column => ({ space: "run", name });
export const metricOf = (name: string, stat: Stat): Column => ({ space: "metric", name, stat });

const PREFIX = { param: "params", label: "labels", metric: "m" } as const;
const SPACE: Record<string, "param" | "label" | "metric"> = {
  params: "param",
  labels: "label",
  m: "metric",
  metrics: "metric",
};
const BARE = /^[\w/][\w/-]*$/;
const DOTTED = /^[\w/][\w/-]*(?:\.[\w/][\w/-]*)*$/;

/** A name at the end of a key: bare where that is clear, else in double quotes. */
export const quoteName = (name: string) => (BARE.test(name) ? name : quoted(name));

/** A name that something follows, or whose dots are its own: params.model.arch, metrics.eval.loss.last. */
const quoteDotted = (name: string) => (DOTTED.test(name) ? name : quoted(name));

/** Text in the filter language: double quotes, with the escapes that it knows. */
export const quoted = (text: string) =>
  `"${text.replace(/[\\"\n\r\t]/g, (c) => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c] ?? `\\${c}`)}"`;

const unquoted = (text: string) => text.replace(/\\(.)/gs, (_, c: string) => ({ n: "\n", r: "\r", t: "\t" })[c] ?? c);

/** The column in the address; equal columns have equal text. */
export function formatColumn(column: Column): string {
  if (column.space === "run") return column.name;
  const key = `${PREFIX[column.space]}.${quoteDotted(column.name)}`;
  return column.space === "metric" ? `${key}.${column.stat}` : key;
}

/** The column in the filter language; a sparkline stands for its metric's last value. */
export function filterKey(column: Column): string {
  if (column.space !== "metric") return formatColumn(column);
  const stat = column.stat === "min" || column.stat === "max" ? column.stat : "last";
  return `metrics.${quoteDotted(column.name)}.${stat}`;
}

const KEY =
  /^(params|labels|metrics|m)\.(?:"((?:[^"\\]|\\.)*)"|([^\s",:*~\\]+?))(?:\.(last|min|max|at|range|course))?$/s;

/** Reads either spelling. */
export function parseColumn(text: string): Column | null {
  if ((RUN_KEYS as readonly string[]).includes(text)) return runColumn(text as RunKey);
  const match = KEY.exec(text);
  if (match === null) return null;
  const space = SPACE[match[1]];
  const name = match[2] === undefined ? match[3] : unquoted(match[2]);
  const stat = match[4] as Stat | undefined;
  if (space === "metric") return metricOf(name, stat ?? "last");
  // A parameter may well end in ".last".
  if (stat === undefined) return { space, name };
  return match[2] === undefined ? { space, name: `${name}.${stat}` } : null;
}

export const sameColumn = (a: Column, b: Column) => formatColumn(a) === formatColumn(b);

/** Splits at a character outside of double quotes. null: a quote does not end. */
export function splitOutside(text: string, at: string): string[] | null {
  const parts: string[] = [];
  let start = 0;
  let open = false;
  for (let i = 0; i < text.length; i++) {
    if (open && text[i] === "\\") i++;
    else if (text[i] === '"') open = !open;
    else if (!open && text[i] === at) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (open) return null;
  parts.push(text.slice(start));
  return parts;
}

/** A list of columns; each is there once. null: one of them cannot be read. */
export function parseColumns(text: string): Column[] | null {
  return listOf(text, parseColumn, (column) => formatColumn(column));
}

export function parseSorts(text: string): Sort[] | null {
  const one = (part: string): Sort | null => {
    const descending = part.startsWith("-");
    const column = parseColumn(descending ? part.slice(1) : part);
    return column === null || (column.space === "metric" && !isSortable(column)) ? null : { column, descending };
  };
  return listOf(text, one, (sort) => formatColumn(sort.column));
}

/** Whether the server knows it of every run. */
export const isSortable = (column: Column) =>
  column.space !== "metric" || column.stat === "last" || column.stat === "min" || column.stat === "max";

export const formatSorts = (sorts: readonly Sort[]) =>
  sorts.map(({ column, descending }) => `${descending ? "-" : ""}${formatColumn(column)}`).join(",");

const MIN_WIDTH = 32;
const MAX_WIDTH = 1200;
export const clampWidth = (width: number) => Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.round(width)));

/** `*` pins, `:120` is a width. */
export function parseShown(text: string): ShownColumn[] | null {
  const one = (part: string): ShownColumn | null => {
    const pinned = part.startsWith("*");
    const body = pinned ? part.slice(1) : part;
    const width = /:(\d{1,4})$/.exec(body);
    const column = parseColumn(width === null ? body : body.slice(0, width.index));
    if (column === null) return null;
    return { column, pinned, width: width === null ? null : clampWidth(Number(width[1])) };
  };
  return listOf(text, one, (shown) => formatColumn(shown.column));
}

export const formatShown = (columns: readonly ShownColumn[]) =>
  columns
    .map(
      ({ column, pinned, width }) => `${pinned ? "*" : ""}${formatColumn(column)}${width === null ? "" : `:${width}`}`,
    )
    .join(",");

function listOf<T>(text: string, one: (part: string) => T | null, keyOf: (item: T) => string): T[] | null {
  const parts = splitOutside(text, ",");
  if (parts === null || text === "") return null;
  const items = new Map<string, T>();
  for (const part of parts) {
    const item = one(part);
    if (item === null) return null;
    if (!items.has(keyOf(item))) items.set(keyOf(item), item);
  }
  return [...items.values()];
}
