// What a panel of a kind shows: of each drawn run the point of its tag at the view's pin, and where its points lie. The old
// picture stays while a new one comes; what has scrolled away is not waited for.

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { ApiError, type Problem } from "../../api/types";
import { BEFORE_ALL, type LoggedSteps, MOST_SERIES, type ValueItem, type ValuesAxis } from "../../api/values";
import { askValues } from "../../api/values_batch";
import { calmly } from "../../experiment/calmly";
import type { PanelShared } from "../../experiment/context";
import { valuesKey } from "../../experiment/data";
import { text } from "../../text";

const STEPS_PAUSE = 2_000; // ms between two looks at where points lie, while new ones come
const LONG_PAUSE = 15_000; // ms, where that are many places
const LONG = 20_000; // places
const MOST_STEPS = 10_000; // of a series, that the server says
const KEPT = 60_000; // ms that a step one has left is kept

/** Runs with a row of ticks: of more one sees nothing, and each may have 10,000. */
export const RAIL_RUNS = 24;

export interface Place {
  x: ValuesAxis;
  /** Null: the last point of each run. */
  at: bigint | number | null;
  /** The view has a pin, on an axis on which these values have no place. */
  elsewhere: boolean;
}

/** Whether these values have a place on an x axis of the view. */
export const isAxisOfValues = (x: PanelShared["viewCharts"]["x"]): x is "step" | "wall" | "rel" =>
  x === "step" || x === "wall" || x === "rel";

/** Where the view's first pin is, for values that are looked up by the server. */
export function placeOf({ viewCharts: { x }, pins }: Pick<PanelShared, "viewCharts" | "pins">): Place {
  const [pin] = pins;
  if (!isAxisOfValues(x)) return { x: "step", at: null, elsewhere: pin !== undefined };
  return { x: x === "rel" ? "relative" : x, at: pin ?? null, elsewhere: false };
}

export interface Values {
  place: Place;
  /** Of the drawn runs that have the tag, in the order in which they are drawn; empty as long as nothing is known. */
  items: ValueItem[];
  /** Where the points lie, of the first RAIL_RUNS of them. */
  steps: ReadonlyMap<string, LoggedSteps>;
  /** Nothing has come yet. */
  loading: boolean;
  /** What is shown belongs to another place: the answer is on its way. */
  stale: boolean;
  problem: Problem | null;
  /** Date.now() of what is shown. */
  asOf: number;
  /** Drawn runs that are too many for a request. */
  left: number;
  retry(): void;
}

interface Wanted {
  kind: string;
  tag: string;
  shared: PanelShared;
}

export function useValues({ kind, tag, shared }: Wanted): Values {
  const { looks } = shared;
  const place = placeOf(shared);
  const runs = useMemo(() => [...looks.keys()].slice(0, MOST_SERIES), [looks]);
  const answer = useQuery({
    queryKey: [...valuesKey, kind, tag, runs.join(), place.x, String(place.at)],
    enabled: runs.length > 0,
    gcTime: KEPT,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      askValues({ series: runs.map((run) => ({ run, tag, kind })), x: place.x, at: place.at }, signal),
  });
  const last = useLast(answer);
  const items = useMemo(() => {
    const drawn = new Set(runs);
    // A tag that a run has not is no failure.
    return last.data.filter(({ run, count, problem }) => drawn.has(run) && (count > 0 || isFailure(problem)));
  }, [last.data, runs]);
  const { refetch } = answer;
  const steps = useSteps(kind, tag, items);
  return {
    place,
    items,
    steps,
    loading: last.asOf === 0 && answer.error === null && runs.length > 0,
    stale: answer.isPlaceholderData,
    problem: problemOf(answer.error),
    asOf: last.asOf,
    left: looks.size - runs.length,
    retry: () => void refetch(),
  };
}

const NOTHING: { data: ValueItem[]; asOf: number } = { data: [], asOf: 0 };

/** The last answer that came: one that fails does not take it away. */
function useLast({ data, dataUpdatedAt, isPlaceholderData }: UseQueryResult<ValueItem[]>): typeof NOTHING {
  const last = useRef(NOTHING);
  if (data !== undefined && !isPlaceholderData && (data !== last.current.data || dataUpdatedAt !== last.current.asOf))
    last.current = { data, asOf: dataUpdatedAt };
  return last.current;
}

const isFailure = (problem: Problem | null) => problem !== null && problem.status !== 404;

const NONE: ReadonlyMap<string, LoggedSteps> = new Map();

/** Apart from the values, so that a step that is moved does not ask for them again: only where points are more or fewer. */
function useSteps(kind: string, tag: string, items: readonly ValueItem[]) {
  const shown = items.slice(0, RAIL_RUNS);
  const runs = shown.map(({ run }) => run);
  const { data, refetch } = useQuery<ReadonlyMap<string, LoggedSteps>>({
    queryKey: ["steps", kind, tag, runs.join()],
    enabled: runs.length > 0,
    gcTime: KEPT,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const series = runs.map((run) => ({ run, tag, kind }));
      const ask = { series, x: "step", at: BEFORE_ALL, choose: "before", steps: true } as const;
      const found = await askValues(ask, signal, placesIn(shown));
      return new Map(found.flatMap(({ run, steps }) => (steps === null ? [] : [[run, steps]])));
    },
  });
  const long = placesOf(data) > LONG;
  const again = useMemo(
    () => calmly(() => void refetch({ cancelRefetch: false }), long ? LONG_PAUSE : STEPS_PAUSE),
    [refetch, long],
  );
  useEffect(() => again.stop, [again]);
  const counts = shown.map(({ run, count }) => `${run} ${count}`).join();
  const seen = useRef(counts);
  useEffect(() => {
    if (seen.current !== counts && seen.current !== "") again();
    seen.current = counts;
  }, [counts, again]);
  return data ?? NONE;
}

/** Numbers of where they lie: a step and a time for each. */
const placesIn = (items: readonly ValueItem[]) =>
  items.reduce((sum, { count }) => sum + 2 * Math.min(count, MOST_STEPS), 0);

const placesOf = (steps: ReadonlyMap<string, LoggedSteps> = NONE) =>
  [...steps.values()].reduce((sum, { step }) => sum + step.length, 0);

function problemOf(error: Error | null): Problem | null {
  if (error === null) return null;
  return error instanceof ApiError ? error.problem : { title: text.crashed, detail: error.message, status: 0 };
}
