// The points before those that are shown, for what changed between them.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { BEFORE_ALL, type ValuePoint } from "../../../api/values";
import { askValues } from "../../../api/values_batch";
import { valuesKey } from "../../../experiment/data";
import type { Values } from "../useValues";

interface Wanted {
  kind: string;
  tag: string;
  values: Values;
  wanted: boolean;
}

type Previous = ReadonlyMap<string, ValuePoint | null>;

const NONE: Previous = new Map();

/** By run; null: there is none before it. Runs whose answer is on its way are missing. */
export function usePrevious({ kind, tag, values, wanted }: Wanted): Previous {
  // Runs that are shown at the same step share a request.
  const byStep = new Map<bigint, string[]>();
  for (const { run, point } of values.items)
    if (point !== null && point.step > BEFORE_ALL) byStep.set(point.step, [...(byStep.get(point.step) ?? []), run]);
  const asked = [...byStep];
  const answer = useQuery<Previous>({
    queryKey: [...valuesKey, kind, tag, "previous", asked.map(([step, runs]) => `${step} ${runs.join()}`).join()],
    enabled: wanted && asked.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        asked.map(([step, runs]) => {
          const series = runs.map((run) => ({ run, tag, kind }));
          return askValues({ series, x: "step", at: step - 1n, choose: "before" }, signal);
        }),
      );
      return new Map(found.flat().map(({ run, point }) => [run, point]));
    },
  });
  return answer.data ?? NONE;
}
