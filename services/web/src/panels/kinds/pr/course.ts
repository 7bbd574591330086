// One number of each run over its steps, at one size.

import { DASHES } from "../../../chart/dashes";
import { exactValue, fullStep } from "../../../chart/format";
import type { Palette } from "../../../chart/paint";
import { text } from "../../../text";
import { nearestMark } from "../../nearest";
import { sideScale } from "../../scales";
import { paintDot, paintFoot, paintPin, paintSide } from "../axes";
import type { Box, Drawing } from "../Plot";
import { type AxisKind, axisTicks, type Logged } from "../point_axis";
import { apart, type Stop } from "../rail";

export interface CoursePoint extends Logged {
  /** NaN: it has none there. */
  value: number;
}

export interface Course {
  run: string;
  name: string;
  color: string;
  dash: number;
  /** Of the run that has the focus. */
  strong: boolean;
  /** In the order of the axis. */
  points: readonly CoursePoint[];
}

interface Placed {
  x: number;
  y: number;
  point: CoursePoint;
  stop: Stop;
  course: Course;
}

/** `pin`: of the view. */
export function courseDrawing(
  courses: readonly Course[],
  axis: AxisKind,
  pin: Stop | null,
  palette: Palette,
  width: number,
  height: number,
): Drawing {
  const box: Box = { left: 46, top: 8, width: Math.max(1, width - 64), height: Math.max(1, height - 28) };
  const span = spanOf(courses, axis);
  // What has the focus lies on top.
  const order = [...courses].sort((a, b) => Number(a.strong) - Number(b.strong));
  const values = courses.flatMap(({ points }) => points.map(({ value }) => value));
  const side = sideScale(values, box.height);
  const lines = order.map((course) => linesOf(course, span, axis, (value) => side.at(value), box));
  const places = lines.flat(2);
  return {
    paint(c, part) {
      paintSide(c, box, side.ticks, palette);
      paintPin(c, box, pin === null ? null : partIn(span, apart(pin, span.first)), palette);
      for (const [i, parts] of lines.entries()) paintParts(c, parts, order[i]);
      if (part !== null && part < places.length)
        paintDot(c, { ...places[part], color: places[part].course.color, ring: palette.panel });
      paintFoot(
        c,
        box,
        axisTicks(axis, span.range, typeof span.first === "bigint" ? span.first : 0n, box.width),
        palette,
      );
    },
    at(x, y) {
      const found = nearestMark(places, x, y);
      if (found === null) return null;
      const { course, point, stop } = found;
      return {
        part: places.indexOf(found),
        run: course.run,
        stop,
        title: text.histogram.atStep(fullStep(point.step)),
        rows: [{ color: course.color, name: course.name, value: exactValue(point.value) }],
      };
    },
  };
}

interface Span {
  /** What distances are measured from: a step, or 0 seconds. */
  first: Stop;
  /** Distances of the first and of the last place; never equal. */
  range: readonly [number, number];
}

function spanOf(courses: readonly Course[], axis: AxisKind): Span {
  const stops = courses.flatMap((course) => course.points.map((point) => stopOf(point, course, axis)));
  const first: Stop = axis === "step" ? (stops[0] ?? 0n) : 0;
  const xs = stops.map((stop) => apart(stop, first)).filter(Number.isFinite);
  const lo = xs.reduce((a, b) => Math.min(a, b), xs[0] ?? 0);
  const hi = xs.reduce((a, b) => Math.max(a, b), xs[0] ?? 0);
  const range = hi > lo ? ([lo, hi] as const) : ([lo - 0.5, hi + 0.5] as const);
  return { first, range };
}

const stopOf = ({ step, wall }: CoursePoint, { points }: Course, axis: AxisKind): Stop =>
  axis === "step" ? step : axis === "wall" ? wall : wall - points[0].wall;

const partIn = ({ range: [lo, hi] }: Span, x: number) => (x - lo) / (hi - lo);

/** Parted where there is no value. */
function linesOf(
  course: Course,
  span: Span,
  axis: AxisKind,
  up: (value: number) => number | null,
  box: Box,
): Placed[][] {
  const parts: Placed[][] = [[]];
  for (const point of course.points) {
    const stop = stopOf(point, course, axis);
    const part = partIn(span, apart(stop, span.first));
    if (!Number.isFinite(part)) continue;
    const height = up(point.value);
    if (height === null) {
      if (parts.at(-1)!.length > 0) parts.push([]);
      continue;
    }
    const x = box.left + part * box.width;
    parts.at(-1)!.push({ x, y: box.top + (1 - height) * box.height, point, stop, course });
  }
  return parts;
}

function paintParts(c: CanvasRenderingContext2D, parts: Placed[][], { color, dash, strong }: Course): void {
  c.strokeStyle = color;
  c.fillStyle = color;
  c.lineWidth = strong ? 2.25 : 1.5;
  c.lineJoin = "round";
  for (const part of parts) {
    c.setLineDash([...DASHES[dash % DASHES.length]]);
    c.beginPath();
    for (const { x, y } of part) c.lineTo(x, y);
    c.stroke();
    c.setLineDash([]);
    // Few points are shown as what they are.
    if (part.length <= MOST_DOTS) for (const { x, y } of part) c.fillRect(x - 1.5, y - 1.5, 3, 3);
  }
}

const MOST_DOTS = 24;
