// Which runs are compared, and what is known of them.

import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client";
import { quoted } from "../../api/find";
import { fetchRun, type RunDetail } from "../../api/run";
import { fetchRunPage } from "../../api/runs";
import type { Page } from "../../api/types";
import { askKey, askOf, wantedColumns } from "../../runs/ask";
import { metricOf } from "../../state/columns";
import type { View } from "../../state/view";
import { factsQuery, runKey } from "../run/data";
import type { Column } from "./rows";

export const MOST_COLUMNS = 50;
const MOST_RUNS = 1_000; // that explain a gap

/** Ids of the drawn runs in the order of the table; undefined: not known yet. */
function useChosen(experiment: string, view: View): { ids: string[] | undefined; error: Error | null } {
  const { sel } = view;
  const ask = { ...askOf(experiment, view, []), columns: ["params.none"] };
  const named = sel.base === "ids" ? sel.ids : null;
  const ruled = useQuery({
    queryKey: ["runs", experiment, "chosen", askKey(ask), sel],
    enabled: named === null,
    queryFn: async ({ signal }) => {
      if (sel.base === "ids") return [];
      const { minus, plus } = sel;
      const wanted = sel.base === "top" ? sel.n : sel.base === "all" ? MOST_COLUMNS + minus.length : 0;
      if (wanted === 0) return plus;
      const { items } = await fetchRunPage(ask, Math.min(1000, wanted), null, signal);
      const ids = items.map((run) => run.id).filter((id) => !minus.includes(id));
      return [...ids, ...plus.filter((id) => !ids.includes(id))];
    },
  });
  return { ids: named ?? ruled.data, error: named === null ? ruled.error : null };
}

export interface Compared {
  columns: Column[];
  /** Chosen runs that are too many for a table. */
  left: number;
  pending: boolean;
  error: Error | null;
}

export function useCompared(experiment: string, view: View): Compared {
  const chosen = useChosen(experiment, view);
  const ids = useMemo(() => (chosen.ids ?? []).slice(0, MOST_COLUMNS), [chosen.ids]);
  const runs = useQueries({
    queries: ids.map((id) => ({
      queryKey: runKey(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchRun(id, signal),
    })),
  });
  const facts = useQueries({ queries: ids.map((id) => factsQuery(id)) });
  const columns = runs.flatMap((run, i): Column[] =>
    run.data === undefined ? [] : [{ run: run.data, facts: facts[i].data ?? {} }],
  );
  return {
    columns,
    left: Math.max(0, (chosen.ids?.length ?? 0) - ids.length),
    pending: chosen.ids === undefined || runs.some((run) => run.isPending),
    error: chosen.error ?? runs.find((run) => run.error !== null)?.error ?? null,
  };
}

/** All runs of the experiment that have the objective, with the parameters that are asked about. */
export function useGapRuns(
  experiment: string,
  objective: string | null,
  side: "min" | "max",
  params: readonly string[],
) {
  return useQuery({
    queryKey: ["runs", experiment, "gap", objective, side, params],
    enabled: objective !== null && params.length > 0,
    queryFn: async ({ signal }) => {
      if (objective === null) return [];
      const metric = `metrics.${quoted(objective)}`;
      const found = new Map<string, RunDetail>();
      for (const keys of portions(params.map((key) => `params.${quoted(key)}`))) {
        const columns = [...keys, ...wantedColumns([metricOf(objective, "last")])].join(",");
        const query = new URLSearchParams({ experiment, columns, limit: String(MOST_RUNS) });
        query.set("filter", `${metric}.${side} != null`);
        const { items } = await get<Page<RunDetail>>(`/api/v1/runs?${query}`, signal);
        for (const run of items) {
          const old = found.get(run.id);
          found.set(run.id, old === undefined ? run : { ...old, params: { ...old.params, ...run.params } });
        }
      }
      return [...found.values()];
    },
  });
}

const MOST_BYTES = 5_000; // of names in an address, which the server takes up to 16 KiB

/** As many names together as an address holds. */
function portions(names: readonly string[]): string[][] {
  const out: string[][] = [];
  let room = 0;
  for (const name of names) {
    const size = encodeURIComponent(name).length + 1;
    if (size > room) {
      out.push([]);
      room = MOST_BYTES;
    }
    room -= size;
    out[out.length - 1].push(name);
  }
  return out;
}
