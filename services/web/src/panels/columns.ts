// Columns of a panel by hand: `params.lr`, `labels.team`, `duration`, `m.val/acc.max`; their values of the drawn runs.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../api/client";
import { toValue } from "../api/json64";
import type { Page, Run } from "../api/types";
import type { PanelShared } from "../experiment/context";
import { type Column, isSortable, parseColumn, quoted } from "../state/columns";

export type Cell = number | string | null;

/** Null: not a column of a panel. What hangs on the crosshair or is a picture is of the table alone. */
export function panelColumn(text: string): Column | null {
  const column = parseColumn(text);
  return column === null || (column.space === "metric" && !isSortable(column)) ? null : column;
}

/** As the list of runs takes it; null: it comes with every run. */
function asked(column: Column): string | null {
  if (column.space === "param") return `params.${quoted(column.name)}`;
  return column.space === "metric" ? `metrics.${quoted(column.name)}.${column.stat}` : null;
}

export function cellOf(run: Run, column: Column): Cell {
  const { space, name } = column;
  if (space === "metric") {
    const value = run.summary?.[name]?.[column.stat as "last" | "min" | "max"];
    return value === undefined || value === null ? null : toValue(value);
  }
  const from: Record<string, unknown> | undefined =
    space === "param" ? run.params : space === "label" ? run.labels : (run as unknown as Record<string, unknown>);
  const value = from !== undefined && Object.hasOwn(from, name) ? from[name] : null;
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

export interface DataRow {
  id: string;
  name: string;
  color: string;
  cells: Cell[];
}

const CHUNK = 200; // ids in a filter, which may have 8 KiB
const MOST_RUNS = 5_000; // that such panels show
const WHILE_LIVE = 5_000; // ms

async function fetchChosen(ids: string[], columns: string[], signal: AbortSignal): Promise<Run[]> {
  const chunks = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, i) => ids.slice(i * CHUNK, (i + 1) * CHUNK));
  const pages: Page<Run>[] = [];
  for (const chunk of chunks) {
    const filter = `id in (${chunk.map(quoted).join(", ")})`;
    const query = new URLSearchParams({ filter, columns: columns.join(","), limit: "1000" });
    pages.push(await get<Page<Run>>(`/api/v1/runs?${query}`, signal));
  }
  return pages.flatMap(({ items }) => items);
}

/** The drawn runs, in the order of the table, with the values of these columns. */
export function useColumns(columns: readonly string[], shared: PanelShared) {
  const { looks, runs, palette } = shared;
  const parsed = useMemo(() => columns.map(panelColumn), [columns]);
  const wanted = useMemo(() => {
    const all = parsed.map((column) => (column === null ? null : asked(column)));
    return [...new Set(all.filter((column) => column !== null))];
  }, [parsed]);
  const ids = useMemo(() => [...looks.keys()].slice(0, MOST_RUNS), [looks]);
  const live = [...looks.values()].some((look) => look.live);
  const answer = useQuery({
    queryKey: ["columns", ids.join(), wanted.join()],
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: live ? WHILE_LIVE : false,
    queryFn: ({ signal }) => fetchChosen(ids, wanted, signal),
  });
  const rows = useMemo((): DataRow[] => {
    const found = new Map((answer.data ?? []).map((run) => [run.id, run]));
    return ids.flatMap((id) => {
      const run = found.get(id);
      const look = looks.get(id);
      if (run === undefined || look === undefined) return [];
      const color = look.color ? `rgb(${look.color.join(" ")})` : palette.runs[look.slot];
      const cells = parsed.map((column) => (column === null ? null : cellOf(run, column)));
      return [{ id, name: runs.get(id)?.name ?? run.name, color, cells }];
    });
  }, [answer.data, ids, looks, parsed, palette, runs]);
  return { rows, error: answer.error, loading: answer.isPending && ids.length > 0, left: looks.size - ids.length };
}
