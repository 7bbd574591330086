// Points of histogram tags as what is drawn of them.

import type { ValuePoint } from "../../../api/values";
import { clockTime, duration, fullStep, timeOfDay } from "../../../chart/format";
import { text } from "../../../text";
import type { AxisKind } from "../point_axis";
import { type Bins, drawableBins, type Histogram, readHistogram } from "./bins";
import type { LoggedShot } from "./drawing";

type Read = { logged: Histogram; bins: Bins } | null;

// What was fetched stays the same object as long as it is shown; null is what no histogram is.
const known = new WeakMap<object, Read>();

function read(value: unknown): Read {
  if (typeof value !== "object" || value === null) return null;
  let found = known.get(value);
  if (found === undefined) {
    const logged = readHistogram(value);
    found = logged && { logged, bins: drawableBins(logged) };
    known.set(value, found);
  }
  return found;
}

/** Null: the point's value is not what a histogram is. `origin`: of relative times. */
export function shotOf({ step, wall, value }: ValuePoint, axis: AxisKind, origin: number): LoggedShot | null {
  const found = read(value);
  if (found === null) return null;
  const title = text.histogram.atStep(fullStep(step));
  if (axis === "step") return { step, wall, ...found, title, label: fullStep(step) };
  const time = axis === "rel" ? duration(wall - origin) : clockTime(wall);
  const label = axis === "rel" ? time : timeOfDay(wall, Date.now());
  return { step, wall, ...found, title: `${title} · ${time}`, label };
}

export interface Shots {
  shots: LoggedShot[];
  /** Points whose value is no histogram. */
  damaged: number;
}

export function shotsOf(points: readonly ValuePoint[], axis: AxisKind): Shots {
  const all = points.map((point) => shotOf(point, axis, points[0].wall));
  const shots = all.filter((shot) => shot !== null);
  return { shots, damaged: all.length - shots.length };
}

const MOST_POINTS = 50;
const MOST_BUCKETS = 300_000; // of all points of an answer: 20 MB of JSON

/** How many points of a series are looked at, by how many buckets one of them has. */
export const pointsWanted = (buckets: number) =>
  Math.max(2, Math.min(MOST_POINTS, Math.floor(MOST_BUCKETS / Math.max(1, buckets))));
