// When something happened to a series that its statistics only count: the first value that is no number, and rewinds.

import { toStep, toValue } from "../../api/json64";
import { type OneAnswer, queryOne, type SeriesItem } from "../../api/run";

export interface Moment {
  step: bigint;
  /** Seconds since the epoch. */
  wall: number;
}

export interface FirstNotFinite extends Moment {
  value: number;
}

const COLUMNS = 256; // below four points a column they come themselves
const MOST_LOOKS = 64; // halvings of a range of int64

/** Where the first NaN or infinity stands, by step: the range is halved until its points are few enough to come whole. */
export async function firstNotFinite(
  run: string,
  item: SeriesItem,
  signal?: AbortSignal,
): Promise<FirstNotFinite | null> {
  let from = BigInt(item.min_step);
  let to = BigInt(item.max_step);
  for (let look = 0; look < MOST_LOOKS; look++) {
    const answer = await queryOne(run, item, { range: [from, to], columns: COLUMNS }, signal);
    if (answer.buckets === undefined) return firstIn(answer);
    if (from === to) return null; // more points of one step than come whole
    const middle = from + (to - from) / 2n;
    const lower = await queryOne(run, item, { range: [from, middle], columns: 1 }, signal);
    if (countNotFinite(lower) > 0) to = middle;
    else from = middle + 1n;
  }
  return null;
}

function countNotFinite(answer: OneAnswer): number {
  if (answer.buckets === undefined) return firstIn(answer) === null ? 0 : 1;
  return Number(answer.nan ?? 0) + Number(answer.pos_inf ?? 0) + Number(answer.neg_inf ?? 0);
}

function firstIn({ step = [], wall = [], value = [] }: OneAnswer): FirstNotFinite | null {
  const at = value.findIndex((item) => !Number.isFinite(toValue(item)));
  return at < 0 ? null : { step: toStep(step[at]), wall: toValue(wall[at]), value: toValue(value[at]) };
}

const BINS = 400; // of the time in which the series was logged
const MOST_POINTS = 5_000; // of a bin that is looked at closely

/**
 * When a run was rewound, and the least step that is hidden since: the server keeps what was hidden, so a rewind is where the
 * points that are hidden end. Rewinds with no visible point between them are one.
 */
export async function rewindsOf(run: string, item: SeriesItem, signal?: AbortSignal): Promise<Moment[]> {
  const ask = (range: readonly [number, number] | null, columns: number | null, include_hidden: boolean) =>
    queryOne(run, item, { x: "wall", range, columns, include_hidden, max_points: MOST_POINTS }, signal);
  const box = spanIn(await ask(null, 1, true));
  if (box === null) return [];
  const [from, to] = box;
  const width = (to - from) / BINS || 1;
  const [all, visible] = await Promise.all([ask(box, BINS, true), ask(box, BINS, false)]);
  const before = binned(all, from, width);
  const after = binned(visible, from, width);
  const found: Moment[] = [];
  for (const [first, last] of stretches(before.map((count, bin) => count > after[bin]))) {
    // A bin more on each side: a point on an edge may be counted on either.
    const edge = (bin: number): [number, number] => [from + (bin - 1) * width, from + (bin + 2) * width];
    const [begin, end] = await Promise.all([ask(edge(first), null, true), ask(edge(last), null, true)]);
    const hidden = [...hiddenIn(begin), ...hiddenIn(end)];
    if (hidden.length === 0) continue;
    const [least] = hidden.map((moment) => moment.step).sort((a, b) => (a < b ? -1 : 1));
    found.push({ step: least, wall: Math.max(...hidden.map((moment) => moment.wall)) });
  }
  return found;
}

function spanIn({ wall = [], buckets }: OneAnswer): [number, number] | null {
  const walls = (buckets ? [...buckets.first.wall, ...buckets.last.wall] : wall).map(toValue).filter(Number.isFinite);
  return walls.length === 0 ? null : [Math.min(...walls), Math.max(...walls)];
}

/** How many points lie in each bin. */
function binned({ wall = [], buckets }: OneAnswer, from: number, width: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const [i, at] of (buckets?.first.wall ?? wall).entries()) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((toValue(at) - from) / width)));
    if (at !== null) counts[bin] += Number(buckets?.count[i] ?? 1);
  }
  return counts;
}

/** First and last place of each stretch that holds. */
export function stretches(holds: readonly boolean[]): [number, number][] {
  const out: [number, number][] = [];
  for (const [i, is] of holds.entries()) {
    if (!is) continue;
    const last = out.at(-1);
    if (last !== undefined && last[1] === i - 1) last[1] = i;
    else out.push([i, i]);
  }
  return out;
}

const hiddenIn = ({ step = [], wall = [], hidden = [] }: OneAnswer): Moment[] =>
  step.flatMap((at, i) => (hidden[i] ? [{ step: toStep(at), wall: toValue(wall[i]) }] : []));
