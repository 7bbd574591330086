// The list of runs that the view asks for, and the runs that were chosen by hand and are not in it.

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { fetchRunPage, type RunAsk, type RunPage } from "../api/runs";
import type { Run } from "../api/types";
import { both, idsFilter } from "../filter/meaning";
import { quoted } from "../state/columns";
import type { Selection } from "../state/runs_view";
import { askKey } from "./ask";
import { type ListState, PagedList } from "./list";

export const firstPageKey = (ask: RunAsk) => ["first runs", askKey(ask)];

export interface RunList {
  list: PagedList<Run>;
  state: ListState<Run>;
}

/** `ask`: null while it is not known what to ask. `need`: rows that have to be loaded whatever is in view. */
export function useRunList(ask: RunAsk | null, need: number): RunList {
  const client = useQueryClient();
  const kept = useRef<PagedList<Run> | null>(null);
  kept.current ??= new PagedList<Run>((run) => run.id);
  const list = kept.current;
  const shown = useRef<string | null>(null);
  const key = ask === null ? null : askKey(ask);
  // What was asked for before the program was there is shown with the first render.
  if (shown.current === null && ask !== null) {
    const early = client.getQueryData<RunPage>(firstPageKey(ask));
    if (early !== undefined) {
      shown.current = key;
      list.show(fetcher(ask), early);
    }
  }
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is asked.
  useEffect(() => {
    if (ask === null || shown.current === key) return;
    shown.current = key;
    list.show(fetcher(ask));
  }, [list, key]);
  useEffect(() => list.want(need), [list, need]);
  useEffect(
    () => () => {
      list.stop();
      shown.current = null;
    },
    [list],
  );
  return { list, state };
}

const fetcher = (ask: RunAsk) => (cursor: string | null, limit: number, signal: AbortSignal) =>
  fetchRunPage(ask, limit, cursor, signal);

export interface Chosen {
  /** Runs that were named and are not among the rows that are loaded. */
  runs: readonly Run[];
  /** Those that the filter does not let through. */
  outside: ReadonlySet<string>;
}

export const NONE_CHOSEN: Chosen = { runs: [], outside: new Set() };

export const namedRuns = (sel: Selection, base: string | null): string[] => [
  ...new Set([...(sel.base === "ids" ? sel.ids : sel.plus), ...(base === null ? [] : [base])]),
];

export const chosenKey = (experiment: string) => ["chosen runs", experiment];

export function useChosen(ask: RunAsk | null, state: ListState<Run>, named: readonly string[]): Chosen {
  const missing = useMemo(() => {
    if (named.length === 0) return [];
    const there = new Set(state.rows.map((run) => run.id));
    return named.filter((id) => !there.has(id));
  }, [state.rows, named]);
  const query = useQuery({
    queryKey: [...chosenKey(ask?.experiment ?? ""), ask?.filter, ask?.columns, ask?.archived, missing],
    enabled: ask !== null && state.loaded && missing.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => fetchChosen(ask!, missing, signal),
  });
  return missing.length === 0 ? NONE_CHOSEN : (query.data ?? NONE_CHOSEN);
}

async function fetchChosen(ask: RunAsk, ids: readonly string[], signal: AbortSignal): Promise<Chosen> {
  const runs: Run[] = [];
  const inside = new Set<string>();
  for (const part of parts(ids)) {
    const filter = idsFilter(part);
    const page = await fetchRunPage({ ...ask, filter, order: "", archived: "any" }, part.length, null, signal);
    runs.push(...page.items);
    if (page.items.length === 0) continue;
    const matching = { ...ask, columns: [], filter: both(ask.filter, filter), order: "" };
    for (const run of (await fetchRunPage(matching, part.length, null, signal)).items) inside.add(run.id);
  }
  return { runs, outside: new Set(runs.filter((run) => !inside.has(run.id)).map((run) => run.id)) };
}

// Half of what a filter may have is left to the view's own.
const IDS_TEXT = 4000;

/** Parts of the ids that fit into a filter, each of at most a page. */
export function parts(ids: readonly string[]): string[][] {
  const out: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const id of ids) {
    const size = new TextEncoder().encode(quoted(id)).length + 2;
    if (length + size > IDS_TEXT) {
      out.push([]);
      length = 0;
    }
    out[out.length - 1].push(id);
    length += size;
  }
  return out;
}
