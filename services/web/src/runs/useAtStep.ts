// Values at the pinned crosshair: of each run in view the last point at or before its step.

import type { SeriesItem } from "../api/series";
import type { View } from "../state/view";
import type { LaidColumn } from "./layout";
import { type CellValues, useSeriesCells } from "./useSeriesCells";

const FIRST_STEP = -(1n << 63n);

/** The step of the crosshair; null: none is pinned, or the axis is another. */
export const pinnedStep = ({ at, x }: Pick<View, "at" | "x">): bigint | null =>
  x === "step" && typeof at[0] === "bigint" ? at[0] : null;

function lastOf(item: SeriesItem): number | undefined {
  const values = item.kind === "exact" ? item.points.value : item.kind === "buckets" ? item.last.value : [];
  return values.at(-1);
}

export function useAtStep(step: bigint | null, columns: readonly LaidColumn[], runs: readonly string[]): CellValues {
  const asked = step === null ? null : { x: "step" as const, range: [FIRST_STEP, step] as [bigint, bigint] };
  return useSeriesCells("at", asked, columns, runs, lastOf);
}
