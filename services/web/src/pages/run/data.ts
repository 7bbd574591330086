// Server data of the run page, in the query cache.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { toValue } from "../../api/json64";
import {
  type FileItem,
  fetchFiles,
  fetchForks,
  fetchRun,
  fetchSeriesOf,
  fetchText,
  fetchTexts,
  fetchWriters,
  type RunDetail,
  type SeriesItem,
} from "../../api/run";
import { isLive } from "../../runs/values";
import { type Machines, machineOf } from "./machines";

export const runKey = (run: string) => ["run", run];
export const seriesKey = (run: string) => ["series of", run];

export const FACTS_TAG = "stepwell/environment";
export const DIFF_TAG = "stepwell/git_diff";

export function useRun(run: string | null) {
  return useQuery({
    queryKey: runKey(run ?? ""),
    queryFn: ({ signal }) => fetchRun(run ?? "", signal),
    enabled: run !== null,
  });
}

/** All series, one for each tag and writer, in the order of their first points. */
export function useSeriesOf(run: string) {
  const client = useQueryClient();
  const queryKey = seriesKey(run);
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => {
      const first = client.getQueryData(queryKey) === undefined;
      return fetchSeriesOf(run, signal, (items) => {
        if (first) client.setQueryData<SeriesItem[]>(queryKey, items);
      });
    },
  });
}

export function useWriters(run: string) {
  return useQuery({ queryKey: ["writers", run], queryFn: ({ signal }) => fetchWriters(run, signal) });
}

const LOOK_AGAIN = 10_000; // ms between two looks at the files of a run that goes on
const MOST_WATCHED = 5_000; // files; more are too many to ask for again and again

export function useFiles(run: RunDetail) {
  const client = useQueryClient();
  const queryKey = ["files", run.id, run.finished ?? null];
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => {
      const first = client.getQueryData(queryKey) === undefined;
      return fetchFiles(run.id, signal, (items) => {
        if (first) client.setQueryData<FileItem[]>(queryKey, items);
      });
    },
    refetchInterval: ({ state }) => (isLive(run) && (state.data?.length ?? 0) <= MOST_WATCHED ? LOOK_AGAIN : false),
    placeholderData: (old) => old,
  });
}

/** Those that were made from it. */
export function useForks(workspace: string, run: string) {
  return useQuery({ queryKey: ["forks", run], queryFn: ({ signal }) => fetchForks(workspace, run, signal) });
}

/** What the client captured about how the run was started (libs/python, _capture). Every part may be missing. */
export interface Facts {
  command?: string[];
  script?: string | null;
  folder?: string;
  python?: { version?: string; implementation?: string; executable?: string };
  packages?: Record<string, string>;
  host?: { name?: string; system?: string; architecture?: string; cpus?: number; memory_bytes?: number };
  gpus?: { name: string; memory_bytes?: number | null; driver?: string; uuid?: string }[];
  environment?: Record<string, string>;
  git?: { commit?: string; branch?: string; dirty?: boolean; remote?: string };
}

/** By the writers that captured them, the newest of each. */
async function fetchFacts(run: string, signal?: AbortSignal): Promise<Map<number, Facts>> {
  const texts = await fetchTexts(run, FACTS_TAG, signal);
  return new Map([...texts].map(([writer, document]) => [writer, factsIn(document)]));
}

function factsIn(document: string): Facts {
  try {
    const facts: unknown = JSON.parse(document);
    return typeof facts === "object" && facts !== null ? (facts as Facts) : {};
  } catch {
    return {};
  }
}

const allFactsQuery = (run: string) => ({
  queryKey: ["facts", run],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchFacts(run, signal),
});

const firstOf = (all: ReadonlyMap<number, Facts>): Facts => all.values().next().value ?? {};
const machinesOf = (all: ReadonlyMap<number, Facts>): Machines =>
  new Map([...all].map(([writer, facts]) => [writer, machineOf(facts)]));

/** Those of the writer with the lowest number. */
export const factsQuery = (run: string) => ({ ...allFactsQuery(run), select: firstOf });

export const useMachines = (run: string) => useQuery({ ...allFactsQuery(run), select: machinesOf });

export const diffQuery = (run: string) => ({
  queryKey: ["diff", run],
  queryFn: ({ signal }: { signal: AbortSignal }) => fetchText(run, DIFF_TAG, signal),
});

export const useFacts = (run: string) => useQuery(factsQuery(run));

/** Seconds that the run took, or has taken until it was last heard of. */
export function secondsOf(run: RunDetail, now: number): number {
  if (typeof run.duration === "number") return run.duration;
  const until = run.finished
    ? Date.parse(run.finished)
    : run.status === "running"
      ? now
      : Date.parse(run.updated ?? "");
  return Math.max(0, (until - Date.parse(run.created)) / 1000) || 0;
}

const OWN_TAG = /^(?:stepwell|system)\//;

/** What a training logged, not what was captured beside it. */
export const isLogged = (item: { tag: string }) => !OWN_TAG.test(item.tag);

/** The furthest step of what the training logged. */
export function lastStep(series: readonly SeriesItem[]): bigint | null {
  let last: bigint | null = null;
  for (const item of series) {
    if (!isLogged(item) || item.kind !== "scalar") continue;
    const step = BigInt(item.max_step);
    if (last === null || step > last) last = step;
  }
  return last;
}

export interface Span {
  from: number;
  to: number;
}

/** Wall times, in seconds, from the first point to the last. */
export function spanOf(series: readonly SeriesItem[]): Span | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const item of series) {
    if (Number(item.count) === 0) continue; // all of it was taken back
    const first = toValue(item.first_wall);
    const last = toValue(item.last_wall);
    if (first < from) from = first;
    if (last > to) to = last;
  }
  return from <= to ? { from, to } : null;
}
