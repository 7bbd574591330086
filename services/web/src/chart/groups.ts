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
  tag: string;
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

export interface GroupLook {
  band: Band;
  centre: Centre;
  /** Of x. */
  range: [number, number];
  /** Rows of the result at most; where the members' own places are more, even ones are taken. */
  most: number;
}

const PART = 32; // members between two looks at the clock: about a millisecond

/** Yields between parts of the work, so that somebody can be answered meanwhile. */
export function* groupLine(
  group: SceneGroup,
  tag: string,
  members: readonly Member[],
  { band, centre, range, most }: GroupLook,
): Generator<void, GroupLine> {
  const x = yield* grid(members, range, most);
  const rows = x.length;
  const column = () => new Float64Array(rows).fill(Number.NaN);
  const out: GroupLine = {
    group,
    tag,
    x,
    n: new Int32Array(rows),
    centre: column(),
    lo: column(),
    hi: column(),
    sd: column(),
    step: new BigInt64Array(rows),
    wall: new Float64Array(rows),
  };
  const sums = { mean: new Float64Array(rows), squares: new Float64Array(rows), least: column(), greatest: column() };
  const all: Float64Array[] = [];
  let values = column();
  for (const [i, member] of members.entries()) {
    if (i % PART === PART - 1) yield;
    if (centre === "median" || i === 0) values = column();
    align(values, member, out);
    if (centre === "median") all.push(values);
    add(values, out.n, sums);
  }
  const { mean, squares, least, greatest } = sums;
  for (let i = 0; i < rows; i++) {
    const n = out.n[i];
    if (n === 0) continue;
    const sd = n > 1 ? Math.sqrt(squares[i] / (n - 1)) : Number.NaN;
    const middle = centre === "median" ? medianOf(all, i) : mean[i];
    out.centre[i] = middle;
    out.sd[i] = sd;
    const half = halfWidth(band, sd, n);
    out.lo[i] = band === "minmax" ? least[i] : middle - half;
    out.hi[i] = band === "minmax" ? greatest[i] : middle + half;
  }
  return out;
}

/** `squares`: sums of squared deviations (Welford 1962). */
type Sums = Record<"mean" | "squares" | "least" | "greatest", Float64Array>;

function add(values: Float64Array, counts: Int32Array, { mean, squares, least, greatest }: Sums): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    const n = ++counts[i];
    const delta = value - mean[i];
    mean[i] += delta / n;
    squares[i] += delta * (value - mean[i]);
    if (!(value >= least[i])) least[i] = value;
    if (!(value <= greatest[i])) greatest[i] = value;
  }
}

/** Half of the band's width around its centre; 0 where one member has no deviation. */
function halfWidth(band: Band, sd: number, n: number): number {
  if (n < 2 || band === "none") return 0;
  if (band === "std") return sd;
  const se = sd / Math.sqrt(n);
  return band === "se" ? se : se * tQuantile(n - 1);
}

function* grid(members: readonly Member[], [lo, hi]: [number, number], most: number): Generator<void, Float64Array> {
  let places = new Float64Array(0);
  for (const [i, { line, shift }] of members.entries()) {
    if (i % PART === PART - 1) yield;
    const [from, to] = line.touching(lo + shift, hi + shift);
    if (!hasAll(places, line, shift, from, to)) places = merged(places, line, shift, from, to);
    if (places.length > most) return Float64Array.from({ length: most }, (_, k) => lo + ((hi - lo) * k) / (most - 1));
  }
  return places;
}

/** Members of a sweep mostly log at the same steps. */
function hasAll(places: Float64Array, line: Line, shift: number, from: number, to: number): boolean {
  let k = 0;
  for (let i = from; i < to; i++) {
    const x = line.x[i] - shift;
    while (k < places.length && places[k] < x) k++;
    if (k === places.length || places[k] !== x) return false;
  }
  return true;
}

const merged = (places: Float64Array, line: Line, shift: number, from: number, to: number): Float64Array<ArrayBuffer> =>
  Float64Array.from(
    new Set([...places, ...line.x.subarray(from, to)].map((x, i) => (i < places.length ? x : x - shift))),
  ).sort();

/** The member's value at each x, NaN outside of its ends and beside a value that is not finite. Notes step and time of x. */
function align(column: Float64Array, { line, shift, values }: Member, out: GroupLine): void {
  const { x } = out;
  column.fill(Number.NaN);
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
}

/** The lines of a panel's groups. Those whose members are as before are kept from picture to picture. */
export class GroupLines {
  private kept = new Map<string, Kept>();

  /** Yields as groupLine does. */
  *of(wanted: readonly WantedGroup[], look: GroupLook): Generator<void, GroupLine[]> {
    const next = new Map<string, Kept>();
    for (const { group, tag, members } of wanted) {
      const key = `${group.key}\n${tag}`;
      const stamp = JSON.stringify([group, look]);
      const old = this.kept.get(key);
      const same = old?.stamp === stamp && sameMembers(old.members, members);
      // What the members are is noted before the work: a point that comes meanwhile makes it anew.
      const fresh = { stamp, members: members.map(stamped) };
      next.set(key, same ? old : { ...fresh, made: yield* groupLine(group, tag, members, look) });
    }
    this.kept = next;
    return [...next.values()].map(({ made }) => made);
  }
}

export interface WantedGroup {
  group: SceneGroup;
  tag: string;
  members: Member[];
}

interface Kept {
  stamp: string;
  members: (Member & { version: number })[];
  made: GroupLine;
}

const stamped = (member: Member) => ({ ...member, version: member.line.version });

const sameMembers = (old: Kept["members"], members: readonly Member[]): boolean =>
  old.length === members.length &&
  old.every(({ line, version, shift, values }, i) => {
    const now = members[i];
    return line === now.line && version === line.version && shift === now.shift && values === now.values;
  });

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
