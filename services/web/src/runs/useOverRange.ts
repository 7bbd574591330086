// Means over the brushed range, by the server and over every finite point in it: one column of the range says their sum and
// how many they are.

import type { SeriesItem } from "../api/series";
import type { XRange } from "../chart/protocol";
import type { LaidColumn } from "./layout";
import { type CellRange, type CellValues, useSeriesCells } from "./useSeriesCells";

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

function askedOf(range: XRange | null): CellRange | null {
  if (range === null || !hasMeans(range.axis)) return null;
  if (range.axis === "step") return { x: "step", range: [range.from, range.to] };
  return { x: range.axis === "rel" ? "relative" : "wall", range: [range.from, range.to] };
}

export const useOverRange = (
  range: XRange | null,
  columns: readonly LaidColumn[],
  runs: readonly string[],
): CellValues => useSeriesCells("range", askedOf(range), columns, runs, meanOf);
