// Requests about lists of runs: pages, groups, keys and values for completion, edits.

import { get, send } from "./client";
import type { Page, Run } from "./types";

/** What makes two lists of runs the same list. */
export interface RunAsk {
  experiment: string;
  /** In the filter language. */
  filter: string;
  /** Keys with commas between them. */
  order: string;
  /** Keys of parameters and metrics that come along. */
  columns: readonly string[];
  archived: "false" | "true" | "any";
}

export interface RunPage extends Page<Run> {
  total?: number;
}

const enc = encodeURIComponent;

function query(parts: Record<string, string | null | undefined>): string {
  return Object.entries(parts)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([key, value]) => `${key}=${enc(value!)}`)
    .join("&");
}

/** The address of a page. public/early.js writes the first one by itself. */
export const runsPath = (ask: RunAsk, limit: number, cursor: string | null) =>
  `/api/v1/runs?${query({
    experiment: ask.experiment,
    filter: ask.filter,
    order: ask.order,
    columns: ask.columns.join(","),
    archived: ask.archived === "false" ? null : ask.archived,
    // Counting is asked for once a list.
    total: cursor === null ? "true" : null,
    limit: String(limit),
    cursor,
  })}`;

export const fetchRunPage = (ask: RunAsk, limit: number, cursor: string | null, signal?: AbortSignal) =>
  get<RunPage>(runsPath(ask, limit, cursor), signal);

/** Mean and spread of a key over the members that have it; std has n − 1 and is null where n < 2. */
export interface Spread {
  mean?: number | string | null;
  min?: number | string | null;
  max?: number | string | null;
  std?: number | string | null;
  count?: number;
}

export interface RunGroup {
  /** In the order of the keys; null: the run has none. */
  key: (string | number | boolean | null)[];
  count: number;
  /** Chooses the members. */
  filter: string;
  newest: string;
  params?: Record<string, Spread & { distinct?: number; value?: unknown }>;
  metrics?: Record<string, { last?: Spread; min?: Spread; max?: Spread }>;
}

export interface GroupPage extends Page<RunGroup> {
  total?: number;
}

export async function fetchGroupPage(
  ask: RunAsk,
  by: readonly string[],
  limit: number,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<GroupPage> {
  const page = await get<GroupPage>(
    `/api/v1/runs:group?${query({
      experiment: ask.experiment,
      filter: ask.filter,
      by: by.join(","),
      order: ask.order,
      columns: ask.columns.join(","),
      archived: ask.archived === "false" ? null : ask.archived,
      limit: String(limit),
      cursor,
    })}`,
    signal,
  );
  return { ...page, items: page.items.map((group) => ({ ...group, key: group.key.map(asFloat64) })) };
}

/** A group's number is a float64, with however many digits it was written. */
const asFloat64 = <T>(value: T): T | number => (typeof value === "bigint" ? Number(value) : value);

export interface KeyItem {
  /** As the filter language writes it. */
  key: string;
  space: "run" | "param" | "label" | "metric";
  type: "number" | "string" | "boolean" | "time" | "mixed";
  runs: number;
}

export const fetchKeys = (experiment: string, prefix: string, limit: number, signal?: AbortSignal) =>
  get<Page<KeyItem>>(`/api/v1/experiments/${enc(experiment)}/keys?${query({ prefix, limit: String(limit) })}`, signal);

export interface ValuePage {
  items: { value: string | number | boolean | null; runs: number }[];
  min?: number | string;
  max?: number | string;
}

export const fetchValues = (experiment: string, key: string, prefix: string, limit: number, signal?: AbortSignal) =>
  get<ValuePage>(
    `/api/v1/experiments/${enc(experiment)}/values?${query({ key, prefix, limit: String(limit) })}`,
    signal,
  );

export type RunsNamed = string[] | { experiment: string; filter: string };

export interface Edit {
  runs: RunsNamed;
  set?: {
    name?: string;
    rename?: { match: string; to: string };
    labels?: Record<string, string | null>;
    archived?: boolean;
    experiment?: string | { name: string };
    note?: string;
  };
  delete?: true;
  restore?: true;
}

export interface EditAnswer {
  changed: number;
  skipped: { run: string; reason: string }[];
  /** Takes it back. */
  undo: { edits: Edit[] };
}

export const editRuns = async (edits: Edit[]): Promise<EditAnswer> =>
  (await send<EditAnswer>("POST", "/api/v1/runs:edit", { edits }))!;
