// Groups of runs: the centre and the band of their lines. Members are aligned by linear interpolation between their points
// and never extrapolated; how many there are at an x is kept beside it.

import type { Line } from "./line";
import type { Band, Centre, SceneGroup } from "./protocol";

export interface Member {
  line: Line;
  shift: number;
  values: ArrayLike<number>;
}

export interface GroupLine {
  group: SceneGroup;
  x: Float64Array;
  /** Members with a value at x. */
  n: Int32Array;
  centre: Float64Array;
  lo: Float64Array;
  hi: Float64Array;
  sd: Float64Array;
  step: BigInt64Array;
  wall: Float64Array;
}

/** `most`: rows of the result at most; where the members' own places are more, even ones are taken. */
export function groupLine(
  group: SceneGroup,
  members: readonly Member[],
  band: Band,
  centre: Centre,
  range: [number, number],
  most: number,
): GroupLine {
  const x = grid(members, range, most);
  const rows = x.length;
  const out: GroupLine = {
    group,
    x,
    n: new Int32Array(rows),
    centre: new Float64Array(rows).fill(Number.NaN),
    lo: new Float64Array(rows).fill(Number.NaN),
    hi: new Float64Array(rows).fill(Number.NaN),
    sd: new Float64Array(rows).fill(Number.NaN),
    step: new BigInt64Array(rows),
    wall: new Float64Array(rows),
  };
  const mean = new Float64Array(rows);
  const squares = new Float64Array(rows); // sum of squared deviations (Welford 1962)
  const least = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const most_ = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
  const all: Float64Array[] = [];
  for (const member of members) {
    const column = alignedTo(x, member, out);
    if (centre === "median") all.push(column);
    for (let i = 0; i < rows; i++) {
      const value = column[i];
      if (!Number.isFinite(value)) continue;
      const n = ++out.n[i];
      const delta = value - mean[i];
      mean[i] += delta / n;
      squares[i] += delta * (value - mean[i]);
      if (value < least[i]) least[i] = value;
      if (value > most_[i]) most_[i] = value;
    }
  }
  for (let i = 0; i < rows; i++) {
    const n = out.n[i];
    if (n === 0) continue;
    const sd = n > 1 ? Math.sqrt(squares[i] / (n - 1)) : Number.NaN;
    const middle = centre === "median" ? medianOf(all, i) : mean[i];
    out.centre[i] = middle;
    out.sd[i] = sd;
    const half = halfWidth(band, sd, n);
    out.lo[i] = band === "minmax" ? least[i] : middle - half;
    out.hi[i] = band === "minmax" ? most_[i] : middle + half;
  }
  return out;
}

/** Half of the band's width around its centre; 0 where one member has no deviation. */
function halfWidth(band: Band, sd: number, n: number): number {
  if (n < 2 || band === "none") return 0;
  if (band === "std") return sd;
  const se = sd / Math.sqrt(n);
  return band === "se" ? se : se * tQuantile(n - 1);
}

function grid(members: readonly Member[], [lo, hi]: [number, number], most: number): Float64Array {
  const places = new Set<number>();
  for (const { line, shift } of members) {
    const [from, to] = line.touching(lo + shift, hi + shift);
    for (let i = from; i < to && places.size <= most; i++) places.add(line.x[i] - shift);
    if (places.size > most) return Float64Array.from({ length: most }, (_, i) => lo + ((hi - lo) * i) / (most - 1));
  }
  return Float64Array.from(places).sort();
}

/** The member's value at each x, NaN outside of its ends and beside a value that is not finite. Notes step and time of x. */
function alignedTo(x: Float64Array, { line, shift, values }: Member, out: GroupLine): Float64Array {
  const column = new Float64Array(x.length).fill(Number.NaN);
  let row = 0;
  for (let i = 0; i < x.length; i++) {
    const at = x[i] + shift;
    while (row < line.n && line.x[row] < at) row++;
    if (row >= line.n) break;
    if (out.n[i] === 0) {
      out.step[i] = line.step[row];
      out.wall[i] = line.wall[row];
    }
    if (line.x[row] === at) column[i] = values[row];
    else if (row > 0) {
      const part = (at - line.x[row - 1]) / (line.x[row] - line.x[row - 1]);
      column[i] = values[row - 1] + (values[row] - values[row - 1]) * part;
    }
  }
  return column;
}

function medianOf(columns: readonly Float64Array[], i: number): number {
  const values = columns.map((column) => column[i]).filter(Number.isFinite);
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom.
const T975 = [
  12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818, 2.4469119, 2.3646243, 2.3060041, 2.2621572, 2.2281389,
];

/** The 97.5 % quantile of Student's t; beyond 10 degrees by the expansion of Abramowitz and Stegun 26.7.5, to 1e-4. */
export function tQuantile(degrees: number): number {
  if (degrees <= T975.length) return T975[degrees - 1];
  const z = 1.959963985;
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3;
}
