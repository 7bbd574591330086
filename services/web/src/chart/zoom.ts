// Of a zoomed axis: what is asked for of a series, and which of the lines that are there is the sharpest.

import { cachedProcess } from "./derive";
import { type Held, isWhole, type Range, type RewoundLine, sameRange } from "./held";
import type { Line } from "./line";
import type { XRange } from "./protocol";

/** Fetched beyond either edge of a zoom, as a part of its width, so that lines run on to the edges and panning has reserve. */
export const MARGIN = 0.125;

const MAX_STEP = (1n << 63n) - 1n;
const MIN_STEP = -MAX_STEP - 1n;

/** What is asked for of a range, in steps or wall time; null: nothing of the line lies in it. */
export function paddedRange(held: Held, range: XRange): Range | null {
  if (range.axis === "step") {
    const margin = (range.to - range.from) / 8n + 1n;
    const from = range.from - margin;
    const to = range.to + margin;
    return [from < MIN_STEP ? MIN_STEP : from, to > MAX_STEP ? MAX_STEP : to];
  }
  const margin = (range.to - range.from) * MARGIN;
  const from = range.from - margin;
  const to = range.to + margin;
  const whole = held.full.line;
  if (range.axis === "metric") return whole?.stepsAround(from, to) ?? null;
  if (range.axis === "relproc") {
    if (whole === null) return null;
    const { toWall } = cachedProcess(whole);
    return [toWall(from), toWall(to)];
  }
  const shift = range.axis === "rel" ? (held.full.line?.origin ?? 0) : 0;
  return [from + shift, to + shift];
}

/** The best line for a range: the sharp one if it is there, else the whole. */
export function lineFor(held: Held, range: XRange | null): Line | null {
  const { full, zoom } = held;
  if (range === null || (full.line !== null && !full.line.bucketed)) return full.line;
  // An empty range is drawn from the whole: a line may cross it without a point in it.
  const padded = paddedRange(held, range);
  const sharp = zoom.line !== null && zoom.line.n > 0 && padded !== null && sameRange(zoom.range, padded);
  return sharp ? zoom.line : full.line;
}

/** What rewinds hid: of a range the sharp lines that are there. Process time and metrics are the visible line's: there the whole. */
export function rewoundFor(held: Held, range: XRange | null): RewoundLine[] {
  const whole = held.full.rewound ?? [];
  if (range === null || range.axis === "metric" || range.axis === "relproc" || isWhole(held.full)) return whole;
  if (!sameRange(held.zoom.range, paddedRange(held, range))) return whole;
  const sharp = new Map(held.zoom.rewound?.map((stretch) => [stretch.key, stretch]));
  return whole.map((stretch) => sharp.get(stretch.key) ?? stretch);
}
