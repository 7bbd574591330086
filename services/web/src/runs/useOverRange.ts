// Means over the brushed range, by the server and over every finite point in it: one column of the range says their sum and
// how many they are.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { decodeSeries, encodeAsk, type SeriesItem } from "../api/series";
import type { XRange } from "../chart/protocol";
import { fetchSeries } from "../chart/request";
import type { LaidColumn } from "./layout";
import { type AtStep, atKey } from "./useAtStep";

const NOTHING: AtStep = new Map();

/** The mean of the finite points of an answer in one column; undefined: there are none. */
export function meanOf(item: SeriesItem): number | undefined {
  if (item.kind === "error") return undefined;
  const finite = item.count - item.nan - item.posInf - item.negInf;
  if (finite <= 0) return undefined;
  const values = item.kind === "exact" ? item.points.value.filter(Number.isFinite) : item.sum;
  return values.reduce((a, b) => a + b, 0) / finite;
}

/** Whether the server can tell what lies in a range of this axis. */
export const hasMeans = (axis: XRange["axis"]) => axis === "step" || axis === "wall" || axis === "rel";

export function useOverRange(range: XRange | null, columns: readonly LaidColumn[], runs: readonly string[]): AtStep {
  const tags = columns.flatMap(({ column }) =>
    column.space === "metric" && column.stat === "range" ? [column.name] : [],
  );
  const series = tags.flatMap((tag) => runs.map((run) => ({ run, tag })));
  const query = useQuery({
    queryKey: ["over range", range?.axis, String(range?.from), String(range?.to), series],
    enabled: range !== null && hasMeans(range.axis) && series.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<AtStep> => {
      const { axis, from, to } = range!;
      const x = axis === "step" ? "step" : axis === "rel" ? "relative" : "wall";
      const ask = { series, x, range: [from, to] as [number, number] | [bigint, bigint], columns: 1 } as const;
      const response = await fetchSeries(encodeAsk(ask), signal);
      const found = new Map<string, number>();
      if (!response.ok) return found;
      decodeSeries(await response.arrayBuffer()).forEach((item, i) => {
        const mean = meanOf(item);
        if (mean !== undefined) found.set(atKey(series[i].run, series[i].tag), mean);
      });
      return found;
    },
  });
  return range === null ? NOTHING : (query.data ?? NOTHING);
}
