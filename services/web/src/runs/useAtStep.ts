// Values at the pinned crosshair: of each run in view the last point at or before its step.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { decodeSeries, encodeAsk } from "../api/series";
import { fetchSeries } from "../chart/request";
import type { View } from "../state/view";
import type { LaidColumn } from "./layout";

const FIRST_STEP = -(1n << 63n);

export type AtStep = ReadonlyMap<string, number>;

export const atKey = (run: string, tag: string) => `${run} ${tag}`;

const NOTHING: AtStep = new Map();

/** The step of the crosshair; null: none is pinned, or the axis is another. */
export const pinnedStep = ({ at, x }: Pick<View, "at" | "x">): bigint | null =>
  x === "step" && typeof at[0] === "bigint" ? at[0] : null;

export function useAtStep(step: bigint | null, columns: readonly LaidColumn[], runs: readonly string[]): AtStep {
  const tags = columns.flatMap(({ column }) =>
    column.space === "metric" && column.stat === "at" ? [column.name] : [],
  );
  const series = tags.flatMap((tag) => runs.map((run) => ({ run, tag })));
  const query = useQuery({
    queryKey: ["at step", String(step), series],
    enabled: step !== null && series.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<AtStep> => {
      const ask = encodeAsk({ series, x: "step", range: [FIRST_STEP, step!], columns: 1 });
      const response = await fetchSeries(ask, signal);
      const found = new Map<string, number>();
      if (!response.ok) return found;
      decodeSeries(await response.arrayBuffer()).forEach((item, i) => {
        const values = item.kind === "exact" ? item.points.value : item.kind === "buckets" ? item.last.value : [];
        if (values.length > 0) found.set(atKey(series[i].run, series[i].tag), values[values.length - 1]);
      });
      return found;
    },
  });
  return step === null ? NOTHING : (query.data ?? NOTHING);
}
