// Cells whose values are not in the list of runs: what the server says of a range of each run's series, in one column.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { call } from "../api/client";
import { decodeSeries, encodeAsk, type SeriesAsk, type SeriesItem } from "../api/series";
import { ApiError, type Problem } from "../api/types";
import { SERIES_PATH, seriesRequest } from "../chart/request";
import type { LaidColumn } from "./layout";

/** A value, or why there is none; a run that has not logged the tag has neither. */
export type CellValue = number | Problem;
export type CellValues = ReadonlyMap<string, CellValue>;
export type CellRange = Pick<SeriesAsk, "x" | "range">;

export const cellKey = (run: string, tag: string) => `${run} ${tag}`;

const NOTHING: CellValues = new Map();
const ASK_AGAIN = 15_000; // ms after a failure
const NOT_LOGGED = 404;

interface Asked {
  run: string;
  tag: string;
}

/** Of columns of this kind; nothing while nothing is asked. */
export function useSeriesCells(
  stat: "at" | "range",
  asked: CellRange | null,
  columns: readonly LaidColumn[],
  runs: readonly string[],
  valueIn: (item: SeriesItem) => number | undefined,
): CellValues {
  const tags = columns.flatMap(({ column }) =>
    column.space === "metric" && column.stat === stat ? [column.name] : [],
  );
  const series = tags.flatMap((tag) => runs.map((run) => ({ run, tag })));
  const { data, error } = useQuery<CellValues>({
    queryKey: ["cells", stat, asked?.x, asked?.range?.map(String), series],
    enabled: asked !== null && series.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.status === "error" ? ASK_AGAIN : false),
    queryFn: async ({ signal }) => {
      const body = encodeAsk({ series, ...asked!, columns: 1 });
      const response = await call(SERIES_PATH, seriesRequest(body, signal));
      return cellsIn(series, decodeSeries(await response.arrayBuffer()), valueIn);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: an error is of the series that were asked for.
  const refused = useMemo(() => (error === null ? NOTHING : allRefused(series, error)), [error]);
  return asked === null ? NOTHING : (data ?? refused);
}

export function cellsIn(
  series: readonly Asked[],
  items: readonly SeriesItem[],
  valueIn: (item: SeriesItem) => number | undefined,
): CellValues {
  const found = new Map<string, CellValue>();
  items.forEach((item, i) => {
    const value = item.kind === "error" ? item.problem : valueIn(item);
    if (value === undefined || (typeof value === "object" && value.status === NOT_LOGGED)) return;
    found.set(cellKey(series[i].run, series[i].tag), value);
  });
  return found;
}

export function allRefused(series: readonly Asked[], error: Error): CellValues {
  const problem = error instanceof ApiError ? error.problem : { title: error.message, detail: "", status: 0 };
  return new Map(series.map(({ run, tag }) => [cellKey(run, tag), problem]));
}
