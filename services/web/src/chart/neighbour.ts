// The logged point beside a place on the x axis, which is how the crosshair goes by keys.

import type { Layers } from "./layers";

export interface Neighbour {
  what: "neighbour";
  /** The step, or x of another axis; null: there is no point that way in view. */
  at: bigint | number | null;
}

/** The nearest x of any line's points in view, before `from` or behind it; from null the last of all. */
export function neighbourOf({ scaleX, lines, scene }: Layers, from: number | null, by: 1 | -1): Neighbour {
  const [lo, hi] = [scaleX.lo, scaleX.hi];
  const start = from ?? hi;
  const isFurther = (x: number) => (from === null ? x <= hi : by > 0 ? x > start : x < start);
  const isNearer = (x: number, best: number) => (by > 0 && from !== null ? x < best : x > best);
  let best: { x: number; step: bigint } | null = null;
  for (const { line, shift } of lines) {
    const [first, end] = line.within(lo + shift, hi + shift);
    for (let i = first; i < end; i++) {
      const x = line.x[i] - shift;
      if (x < lo || x > hi || !isFurther(x)) continue;
      if (best === null || isNearer(x, best.x)) best = { x, step: line.step[i] };
    }
  }
  if (best === null) return { what: "neighbour", at: null };
  return { what: "neighbour", at: scene.x === "step" ? best.step : best.x };
}
