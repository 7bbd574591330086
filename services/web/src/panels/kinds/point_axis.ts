// The axis on which logged points stand beside each other: a cell for each, which ends half-way to its neighbours.

import { relativeTicks, stepTicks, type Tick, wallTicks } from "../../chart/ticks";
import type { Place } from "./useValues";

export interface Logged {
  step: bigint;
  wall: number;
}

/** Any axis of the charts; on those that are no time, steps. */
export type AxisKind = "step" | "rel" | "wall";

export const axisOf = ({ x }: Place): AxisKind => (x === "relative" ? "rel" : x);

export interface PointAxis {
  /** One more than points, from 0 to 1, never falling. */
  edges: Float64Array;
  /** Where each point itself stands. */
  centres: Float64Array;
  /** `at` from 0 to 1. */
  ticks: Tick[];
}

/** Of points in the order of the axis: steps from the first, or seconds. Null: they are damaged, or all the same. */
export function placesOf(points: readonly Logged[], axis: AxisKind): number[] | null {
  const [first] = points;
  const xs = points.map(({ step, wall }) =>
    axis === "step" ? Number(step - first.step) : axis === "rel" ? wall - first.wall : wall,
  );
  const known = xs.every((x, i) => Number.isFinite(x) && (i === 0 || x >= xs[i - 1]));
  const span = xs[xs.length - 1] - xs[0];
  return known && span > 0 && span < Number.POSITIVE_INFINITY ? xs : null;
}

/** `points` in the order of the axis. */
export function pointAxis(points: readonly Logged[], axis: AxisKind, pixels: number): PointAxis {
  const first = points[0] ?? { step: 0n, wall: 0 };
  const xs = placesOf(points, axis);
  // Where two are at one place, neither has a cell of its own: then the points stand in their order.
  if (xs === null || xs.some((x, i) => i > 0 && x === xs[i - 1])) return byOrder(points.length);
  const last = xs.length - 1;
  const bounds = Float64Array.from({ length: xs.length + 1 }, (_, i) => {
    if (i === 0) return xs[0] - (xs[1] - xs[0]) / 2;
    return i > last ? xs[last] + (xs[last] - xs[last - 1]) / 2 : (xs[i - 1] + xs[i]) / 2;
  });
  const [lo, hi] = [bounds[0], bounds[xs.length]];
  const place = (x: number) => (x - lo) / (hi - lo);
  return {
    edges: bounds.map(place),
    centres: Float64Array.from(xs, place),
    ticks: axisTicks(axis, [lo, hi], first.step, pixels),
  };
}

/** From 0 to 1 over a range; steps are counted from `first`. */
export function axisTicks(axis: AxisKind, [lo, hi]: readonly [number, number], first: bigint, pixels: number): Tick[] {
  const ticks =
    axis === "step"
      ? stepTicks(lo, hi, first, pixels)
      : axis === "rel"
        ? relativeTicks(lo, hi, pixels)
        : wallTicks(lo, hi, pixels);
  return ticks.map(({ at, label }) => ({ at: (at - lo) / (hi - lo), label }));
}

function byOrder(count: number): PointAxis {
  const part = (i: number) => (count === 0 ? 0 : i / count);
  return {
    edges: Float64Array.from({ length: count + 1 }, (_, i) => part(i)),
    centres: Float64Array.from({ length: count }, (_, i) => part(i + 0.5)),
    ticks: [],
  };
}

/** Which cell a place from 0 to 1 lies in. */
export function cellAt(edges: Float64Array, place: number): number | null {
  for (let i = 0; i + 1 < edges.length; i++) if (place >= edges[i] && place <= edges[i + 1]) return i;
  return null;
}
