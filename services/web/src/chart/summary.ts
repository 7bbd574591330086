// What each line of a panel says about a range, and at a pin: the table of values at a step.

import type { Hoverable } from "./hover";
import { hoverAt } from "./hover";
import type { Summary, SummaryRow } from "./protocol";
import type { DrawnLine } from "./values";

/** `range`: null is what is in view. `at`: x of the pin. */
export function summaryOf(panel: Hoverable, range: [number, number] | null, at: number | null): Summary {
  const { scaleX, lines } = panel.layers;
  const [lo, hi] = range ?? [scaleX.lo, scaleX.hi];
  const there = at === null ? [] : hoverAt(panel, at, null, "pixel", Number.POSITIVE_INFINITY).rows;
  const rows: SummaryRow[] = [];
  for (const drawn of lines) {
    const row = rowOf(drawn, lo, hi);
    if (row === null) continue;
    const pinned = there.find(({ run, tag }) => run === row.run && tag === row.tag);
    rows.push({ ...row, at: pinned ?? null });
  }
  return { what: "summary", rows, bucketed: lines.some(({ line }) => line.bucketed) };
}

function rowOf({ run, tag, line, shift }: DrawnLine, lo: number, hi: number): Omit<SummaryRow, "at"> | null {
  const [from, to] = line.within(lo + shift, hi + shift);
  let first = -1;
  let last = -1;
  let min = -1;
  let max = -1;
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    if (line.path && !(line.x[i] >= lo && line.x[i] <= hi)) continue;
    if (first < 0) first = i;
    last = i;
    if (!Number.isFinite(line.lo[i])) continue;
    if (min < 0 || line.lo[i] < line.lo[min]) min = i;
    if (max < 0 || line.hi[i] > line.hi[max]) max = i;
    const points = line.weight?.[i] ?? 1;
    sum += line.mean[i] * points;
    count += points;
  }
  if (last < 0) return null;
  const extreme = (i: number, value: Float64Array, step: BigInt64Array) =>
    i < 0 ? null : { value: value[i], step: step[i] };
  return {
    run: run.id,
    tag,
    start: line.value[first],
    end: line.value[last],
    min: extreme(min, line.lo, line.loStep),
    max: extreme(max, line.hi, line.hiStep),
    mean: count > 0 ? sum / count : Number.NaN,
  };
}
