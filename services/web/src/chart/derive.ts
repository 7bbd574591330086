// Lines that are made from lines: without pauses (relative process time), and as a difference or ratio to a baseline.

import type { Line } from "./line";

/** A pause is a gap of more than this many times the usual distance of rows, and of more than a minute. */
const PAUSE_FACTOR = 20;
const PAUSE_SECONDS = 60;

export interface ProcessTime {
  line: Line;
  /** Wall time of a process time, and back. */
  toWall(process: number): number;
  toProcess(wall: number): number;
}

/**
 * The line over process time: seconds since its first point without the pauses, in which the run did not work. `whole`: the
 * line that it is a part of, which has them.
 */
export function processTime(line: Line, whole: Line = line): ProcessTime {
  const pauses = findPauses(whole);
  const lost = (wall: number) => {
    let sum = 0;
    for (const [from, to] of pauses) sum += Math.min(Math.max(wall - from, 0), to - from);
    return sum;
  };
  const { origin } = whole;
  const map = (xs: Float64Array) => {
    const out = new Float64Array(xs.length);
    for (let i = 0; i < line.n; i++) out[i] = xs[i] - origin - lost(xs[i]);
    return out;
  };
  const x = map(line.x);
  const warped = line.bucketed
    ? line.derive({ x, loX: map(line.loX), hiX: map(line.hiX) })
    : line.derive({ x, loX: x, hiX: x });
  warped.firstX = line.firstX - origin - lost(line.firstX);
  const toWall = (process: number) => {
    let wall = process + origin;
    for (const [from, to] of pauses) if (wall > from) wall += to - from;
    return wall;
  };
  return { line: warped, toWall, toProcess: (wall) => wall - origin - lost(wall) };
}

const processes = new WeakMap<Line, { versions: string; whole: Line; time: ProcessTime }>();

/** As processTime, made once for as long as the lines are the same. */
export function cachedProcess(line: Line, whole: Line = line): ProcessTime {
  const known = processes.get(line);
  const versions = `${line.version} ${whole.version}`;
  if (known?.versions === versions && known.whole === whole) return known.time;
  const time = processTime(line, whole);
  processes.set(line, { versions, whole, time });
  return time;
}

function findPauses(line: Line): [number, number][] {
  if (line.n < 3) return [];
  const gaps: number[] = [];
  for (let i = 1; i < line.n; i++)
    gaps.push((line.bucketed ? (line.begin[i] ?? line.wall[i]) : line.wall[i]) - line.wall[i - 1]);
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
  const least = Math.max(PAUSE_SECONDS, PAUSE_FACTOR * usual);
  const out: [number, number][] = [];
  gaps.forEach((gap, i) => {
    if (gap > least) out.push([line.wall[i], line.wall[i] + gap]);
  });
  return out;
}

/** The value of a column at x by linear interpolation; NaN outside of the line, which is never extrapolated. */
export function interpolate(line: Line, values: ArrayLike<number>, x: number): number {
  const after = line.lowerBound(x);
  if (after >= line.n) return Number.NaN;
  if (line.x[after] === x) return values[after];
  if (after === 0) return Number.NaN;
  const part = (x - line.x[after - 1]) / (line.x[after] - line.x[after - 1]);
  return values[after - 1] + (values[after] - values[after - 1]) * part;
}

/** Each value minus, or over, the baseline's at the same x; NaN where the baseline has none. */
export function againstBaseline(
  line: Line,
  shift: number,
  base: Line,
  baseShift: number,
  how: "difference" | "ratio",
): Line {
  const apply = (xs: Float64Array, values: Float64Array, of: (line: Line) => Float64Array) => {
    const out = new Float64Array(values.length);
    for (let i = 0; i < line.n; i++) {
      const b = line === base ? of(base)[i] : interpolate(base, of(base), xs[i] - shift + baseShift);
      out[i] = how === "difference" ? values[i] - b : values[i] / b;
    }
    return out;
  };
  const value = apply(line.x, line.value, (l) => l.value);
  if (!line.bucketed) return line.derive({ value, mean: value, lo: value, hi: value, smoothed: null });
  const mean = apply(line.x, line.mean, (l) => l.mean);
  const a = apply(line.loX, line.lo, (l) => l.mean);
  const b = apply(line.hiX, line.hi, (l) => l.mean);
  // A ratio to something negative turns extremes around.
  const lo = a.map((v, i) => Math.min(v, b[i]));
  const hi = a.map((v, i) => Math.max(v, b[i]));
  return line.derive({ value, mean, lo, hi, smoothed: null });
}
