// What the run page asks of the server: one run, its series, its texts, its writers, its console.

import { all, call, get, send } from "./client";
import { parseJson, toStep } from "./json64";
import { ApiError, type Problem, type Run } from "./types";

export interface RunDetail extends Run {
  note?: string;
  owner?: string | null;
  archived?: boolean;
  /** Seconds. */
  duration?: number | null;
}

const MOST_FORKS = 100; // that are told of

/** Runs of any experiment that began with this one's history, the oldest first. */
export async function fetchForks(workspace: string, run: string, signal?: AbortSignal): Promise<RunDetail[]> {
  const query = new URLSearchParams({
    workspace,
    filter: `forked_from = ${JSON.stringify(run)}`,
    archived: "any",
    order: "created",
    columns: "name",
    limit: String(MOST_FORKS),
  });
  return (await get<{ items: RunDetail[] }>(`/api/v1/runs?${query}`, signal)).items;
}

/** A number as JSON carries it: NaN and infinities are words. */
export type Wire = number | string | bigint | null;

export interface SeriesItem {
  tag: string;
  tag_base64?: string;
  kind: string;
  plugin: string;
  /** Type of the numbers of tensors, as the client named it. */
  value_type?: string;
  writer: number;
  count: number | bigint;
  hidden?: number | bigint;
  first_step: number | bigint;
  last_step: number | bigint;
  min_step: number | bigint;
  max_step: number | bigint;
  first_wall?: Wire;
  last_wall?: Wire;
  last?: Wire;
  min?: Wire;
  max?: Wire;
  nan?: number;
  pos_inf?: number;
  neg_inf?: number;
}

export interface PointItem {
  step: number | bigint;
  wall: Wire;
  value: unknown;
  writer?: number;
}

export interface WriterItem {
  writer: number;
  name: string;
  client?: string;
  opened?: string;
  epoch?: number;
  points?: number | bigint;
  first_wall?: Wire;
  last_wall?: Wire;
}

export interface FileItem {
  tag: string;
  tag_base64?: string;
  kind: string;
  step: number | bigint;
  wall: Wire;
  writer: number;
  blob: string;
  type: string;
  bytes: number | bigint;
  name?: string;
}

const enc = encodeURIComponent;
const path = (run: string, rest = "") => `/api/v1/runs/${enc(run)}${rest}`;

export const fetchRun = (run: string, signal?: AbortSignal) => get<RunDetail>(path(run), signal);

export const fetchSeriesOf = (
  run: string,
  signal?: AbortSignal,
  onPage?: (items: SeriesItem[]) => void,
): Promise<SeriesItem[]> => all<SeriesItem>(path(run, "/series?limit=1000"), signal, onPage);

export const fetchWriters = (run: string, signal?: AbortSignal) =>
  all<WriterItem>(path(run, "/writers?limit=1000"), signal);

export const fetchFiles = (run: string, signal?: AbortSignal, onPage?: (items: FileItem[]) => void) =>
  all<FileItem>(path(run, "/files?limit=1000"), signal, onPage);

/** A tag in a query string: its bytes, percent-encoded. */
export function tagQuery(item: { tag: string; tag_base64?: string }): string {
  if (item.tag_base64 === undefined) return enc(item.tag);
  return [...atob(item.tag_base64)].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}

export const pointsPath = (
  run: string,
  item: { tag: string; tag_base64?: string; kind: string; writer?: number },
  format: "json" | "jsonl" | "csv" = "json",
) =>
  path(
    run,
    `/points?tag=${tagQuery(item)}&kind=${item.kind}&format=${format}${item.writer === undefined ? "" : `&writer=${item.writer}`}`,
  );

/** The newest text of a tag of each writer, in the order of their numbers. */
export async function fetchTexts(run: string, tag: string, signal?: AbortSignal): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  try {
    const { items } = await get<{ items: PointItem[] }>(pointsPath(run, { tag, kind: "text" }), signal);
    for (const { value, writer } of items) if (typeof value === "string") texts.set(writer ?? 0, value);
  } catch (error) {
    if (!(error instanceof ApiError && error.problem.status === 404)) throw error;
  }
  return texts;
}

/** That of the writer with the lowest number; null: there is none. */
export const fetchText = async (run: string, tag: string, signal?: AbortSignal): Promise<string | null> =>
  (await fetchTexts(run, tag, signal)).values().next().value ?? null;

export interface RunChange {
  name?: string;
  note?: string;
  labels?: Record<string, string | null>;
}

export const changeRun = (run: string, change: RunChange) => send<RunDetail>("PATCH", path(run), change);
export const deleteRun = (run: string) => send<null>("DELETE", path(run));
export const restoreRun = (run: string) => send<RunDetail>("POST", path(run, ":restore"));

/** Least and greatest finite value of a series with where they stand. */
export interface Extremes {
  run: string;
  tag: string;
  min: { value: Wire; step: bigint } | null;
  max: { value: Wire; step: bigint } | null;
}

interface WireColumns {
  step: (number | bigint | null)[];
  value: Wire[];
}

/** Of many series at once: one column each. Of several writers of one tag the extreme of all. */
export async function fetchExtremes(
  series: { run: string; tag: string }[],
  signal?: AbortSignal,
): Promise<Map<string, Extremes>> {
  const answer = await send<{
    items: (WireColumns & { run: string; tag: string; buckets?: { min: WireColumns; max: WireColumns } })[];
  }>("POST", "/api/v1/series:query", { series, columns: 1 }, signal);
  const found = new Map<string, Extremes>();
  for (const item of answer?.items ?? []) {
    const places = item.buckets ?? { min: item, max: item };
    const key = extremesKey(item.run, item.tag);
    const old = found.get(key);
    found.set(key, {
      run: item.run,
      tag: item.tag,
      min: pick(places.min, (a, b) => a < b, old?.min ?? null),
      max: pick(places.max, (a, b) => a > b, old?.max ?? null),
    });
  }
  return found;
}

export const extremesKey = (run: string, tag: string) => `${run} ${tag}`;

function pick(
  { step, value }: Partial<WireColumns>,
  better: (a: number, b: number) => boolean,
  best: Extremes["min"],
): Extremes["min"] {
  let found = best;
  for (let i = 0; i < (value?.length ?? 0); i++) {
    const v = value![i];
    if (typeof v !== "number") continue;
    if (found === null || better(v, Number(found.value))) found = { value: v, step: toStep(step![i] ?? 0) };
  }
  return found;
}

type WireSteps = (number | bigint)[];

export interface OneAnswer {
  step?: WireSteps;
  wall?: Wire[];
  value?: Wire[];
  rewound?: { rewind: { step: number | bigint; wall: Wire } }[];
  rewound_left_out?: number;
  truncated?: boolean;
  nan?: number;
  pos_inf?: number;
  neg_inf?: number;
  buckets?: { first: { step: WireSteps; wall: Wire[] }; last: { step: WireSteps; wall: Wire[] }; count: number[] };
}

export interface OneQuery {
  x?: "step" | "wall";
  /** Inclusive; whole numbers where x is step. */
  range?: readonly [bigint | number | null, bigint | number | null] | null;
  /** null: every point. */
  columns: number | null;
  include_rewound?: boolean;
  max_points?: number;
}

/** One writer's scalars of a tag. */
export async function queryOne(
  run: string,
  item: SeriesItem,
  { range = null, ...rest }: OneQuery,
  signal?: AbortSignal,
): Promise<OneAnswer> {
  const tag = item.tag_base64 === undefined ? { tag: item.tag } : { tag_base64: item.tag_base64 };
  // Steps are written by hand, as JSON.stringify knows no int64.
  const body = JSON.stringify({ series: [{ run, writer: item.writer, ...tag }], ...rest });
  const response = await call("/api/v1/series:query", {
    method: "POST",
    signal,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: range === null ? body : `${body.slice(0, -1)},"range":[${range[0]},${range[1]}]}`,
  });
  const { items } = parseJson(await response.text()) as { items: (OneAnswer & { error?: Problem })[] };
  if (items[0]?.error !== undefined) throw new ApiError(items[0].error);
  return items[0] ?? {};
}

export interface PointPage {
  points: PointItem[];
  /** The step to go on from; null: these are the last. */
  next: bigint | null;
}

/** Points of one series from a step on. Only scalars come in pages; of the other kinds there are few enough. */
export async function fetchPoints(
  run: string,
  item: SeriesItem,
  from: bigint | null,
  most: number,
  signal?: AbortSignal,
): Promise<PointPage> {
  if (item.kind !== "scalar") {
    const { items } = await get<{ items: PointItem[] }>(pointsPath(run, item), signal);
    const after = items.filter((point) => from === null || toStep(point.step) >= from);
    return { points: after.slice(0, most), next: after.length > most ? toStep(after[most].step) : null };
  }
  const range = from === null ? null : ([from, null] as const);
  const answer = await queryOne(run, item, { range, columns: null, max_points: most }, signal);
  const points = (answer.step ?? []).map((step, i) => ({
    step,
    wall: answer.wall?.[i] ?? null,
    value: answer.value?.[i] ?? null,
  }));
  const last = points.at(-1);
  return { points, next: answer.truncated && last !== undefined ? toStep(last.step) + 1n : null };
}

export interface ConsoleLine {
  line: number;
  wall: Wire;
  writer: number;
  stream: string | null;
  level: string | null;
  text: string;
}

export interface ConsolePage {
  items: ConsoleLine[];
  total: number;
  /** Of these, older than the first that the server kept. */
  earlier?: number;
  matched?: number;
  next: number | null;
}

export interface ConsoleAsk {
  writers: readonly number[];
  match: string;
  levels: readonly string[];
}

/** Where a page of the console is: after a line, before one, or the last. */
export type ConsolePlace = { after: number } | { before: number } | { tail: true } | object;

export function fetchConsole(
  run: string,
  ask: ConsoleAsk,
  place: ConsolePlace,
  limit: number,
  signal?: AbortSignal,
): Promise<ConsolePage> {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [key, value] of Object.entries(place)) query.set(key, String(value));
  for (const writer of ask.writers) query.append("writer", String(writer));
  if (ask.match !== "") query.set("match", ask.match);
  if (ask.levels.length > 0) query.set("level", ask.levels.join(","));
  return get<ConsolePage>(path(run, `/console?${query}`), signal);
}
