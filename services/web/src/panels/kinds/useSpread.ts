// Points of some runs over all of their steps, evenly by place, the first and the last among them.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { BEFORE_ALL, type ValueItem } from "../../api/values";
import { askValues } from "../../api/values_batch";
import { valuesKey } from "../../experiment/data";
import type { Place } from "./useValues";

const KEPT = 60_000; // ms that what is no longer shown is kept

interface Wanted {
  kind: string;
  tag: string;
  /** None: nothing is asked for. */
  runs: readonly string[];
  /** Of each run at most. */
  points: number;
  /** That a point has, about. */
  numbers: number;
  x: Place["x"];
}

/** Apart from the values at a step, so that a step that is moved does not ask for them again. */
export function useSpread({ kind, tag, runs, points, numbers, x }: Wanted) {
  return useQuery<ValueItem[]>({
    queryKey: [...valuesKey, kind, tag, runs.join(), x, "spread", points],
    enabled: runs.length > 0,
    gcTime: KEPT,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const series = runs.map((run) => ({ run, tag, kind }));
      const at = x === "step" ? BEFORE_ALL : -Number.MAX_VALUE;
      const ask = { series, x, at, choose: "before", spread: points } as const;
      return askValues(ask, signal, runs.length * points * numbers);
    },
  });
}
