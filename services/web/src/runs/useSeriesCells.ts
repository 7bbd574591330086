// Cells whose values are not in the list of runs: what the server says of a range of each run's series, in one column.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { decodeSeries, encodeAsk, type SeriesAsk, type SeriesItem } from "../api/series";
import { fetchSeries } from "../chart/request";
import type { LaidColumn } from "./layout";

export type CellValues = ReadonlyMap<string, number>;
export type CellRange = Pick<SeriesAsk, "x" | "range">;

export const cellKey = (run: string, tag: string) => `${run} ${tag}`;

const NOTHING: CellValues = new Map();

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
  const query = useQuery({
    queryKey: ["cells", stat, asked?.x, asked?.range?.map(String), series],
    enabled: asked !== null && series.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<CellValues> => {
      const response = await fetchSeries(encodeAsk({ series, ...asked!, columns: 1 }), signal);
      const found = new Map<string, number>();
      if (!response.ok) return found;
      decodeSeries(await response.arrayBuffer()).forEach((item, i) => {
        const value = valueIn(item);
        if (value !== undefined) found.set(cellKey(series[i].run, series[i].tag), value);
      });
      return found;
    },
  });
  return asked === null ? NOTHING : (query.data ?? NOTHING);
}
