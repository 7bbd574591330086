// Points of some runs over all of their steps, evenly by place, the first and the last among them.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { BEFORE_ALL, fetchValues, type ValueItem } from "../../api/values";
import type { PanelShared } from "../../experiment/context";
import { valuesKey } from "../../experiment/data";
import type { Place } from "./useValues";

const WHILE_LIVE = 5_000; // ms between two looks
const KEPT = 60_000; // ms that what is no longer shown is kept

interface Wanted {
  kind: string;
  tag: string;
  /** None: nothing is asked for. */
  runs: readonly string[];
  /** Of each run at most. */
  points: number;
  x: Place["x"];
  shared: PanelShared;
}

/** Apart from the values at a step, so that a step that is moved does not ask for them again. */
export function useSpread({ kind, tag, runs, points, x, shared }: Wanted) {
  const live = runs.some((run) => shared.looks.get(run)?.live === true);
  return useQuery<ValueItem[]>({
    // What the last runs logged before they ended is asked for once more.
    queryKey: [...valuesKey, kind, tag, runs.join(), x, "spread", points, live],
    enabled: runs.length > 0,
    gcTime: KEPT,
    placeholderData: keepPreviousData,
    refetchInterval: live ? WHILE_LIVE : false,
    queryFn: ({ signal }) => {
      const series = runs.map((run) => ({ run, tag, kind }));
      const at = x === "step" ? BEFORE_ALL : -Number.MAX_VALUE;
      return fetchValues({ series, x, at, choose: "before", spread: points }, signal);
    },
  });
}
