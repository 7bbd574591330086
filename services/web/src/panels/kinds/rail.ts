// Where the points of a panel lie on the x axis of the view, and which of them are next to a place.

import type { LoggedSteps, ValuesAxis } from "../../api/values";

/** A place on the x axis: a step, or seconds. */
export type Stop = bigint | number;

export interface Rail {
  /** Each run's places, in order. */
  rows: { run: string; stops: Stop[] }[];
  /** All of them, each once, in order. */
  stops: Stop[];
  /** Not every place is among them. */
  thinned: boolean;
}

const byPlace = (a: Stop, b: Stop) => (a < b ? -1 : a > b ? 1 : 0);

function stopsOf({ step, wall }: LoggedSteps, x: ValuesAxis): Stop[] {
  if (x === "step") return step;
  const seconds = wall.filter(Number.isFinite);
  if (x === "wall") return seconds;
  // Relative to the first point of the run, as the server looks it up.
  return seconds.map((at) => at - seconds[0]);
}

export function makeRail(steps: ReadonlyMap<string, LoggedSteps>, x: ValuesAxis): Rail {
  const rows = [...steps].map(([run, logged]) => ({ run, stops: [...stopsOf(logged, x)].sort(byPlace) }));
  const stops = [...new Set(rows.flatMap((row) => row.stops))].sort(byPlace);
  return { rows, stops, thinned: [...steps.values()].some(({ thinned }) => thinned) };
}

/** How far `a` lies behind `b`; as close as a float64 can say it. */
export const apart = (a: Stop, b: Stop): number =>
  typeof a === "bigint" && typeof b === "bigint" ? Number(a - b) : Number(a) - Number(b);

/** The place of the stop that is nearest to `at`; of two as near the first. -1: there is none. */
export function nearestStop(stops: readonly Stop[], at: Stop): number {
  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops[middle] < at) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return stops.length === 0 ? -1 : 0;
  if (low === stops.length) return low - 1;
  return apart(at, stops[low - 1]) <= apart(stops[low], at) ? low - 1 : low;
}

/** The next stop that way from a place that may be between two; none: the end. */
export function stopBeside(stops: readonly Stop[], at: Stop, by: 1 | -1): Stop | undefined {
  const near = nearestStop(stops, at);
  if (near < 0) return undefined;
  const beyond = by === 1 ? stops[near] > at : stops[near] < at;
  return stops[Math.min(stops.length - 1, Math.max(0, beyond ? near : near + by))];
}

/** Where a place lies between the first stop and the last: 0 to 1. */
export function partOf(stops: readonly Stop[], at: Stop): number {
  const span = stops.length === 0 ? 0 : apart(stops[stops.length - 1], stops[0]);
  if (!(span > 0)) return 1;
  return Math.min(1, Math.max(0, apart(at, stops[0]) / span));
}

/** The stop nearest to a part of the rail. */
export function stopAt(stops: readonly Stop[], part: number): Stop | undefined {
  if (stops.length === 0) return undefined;
  const span = apart(stops[stops.length - 1], stops[0]) * Math.min(1, Math.max(0, part));
  const at = typeof stops[0] === "bigint" ? stops[0] + BigInt(Math.round(span)) : Number(stops[0]) + span;
  return stops[nearestStop(stops, at)];
}

/** How many stops one picture of playing goes on by, so that all of it takes a minute at most. */
export const playStride = (count: number, most: number) => Math.max(1, Math.ceil(count / most));
