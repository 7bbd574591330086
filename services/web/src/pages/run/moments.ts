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

export interface Rewinds {
  /** The last hundred. */
  last: readonly Moment[];
  before: number;
}

/** When a run was rewound, and to which step: a series has a stretch for each rewind that hid points of it. */
export async function rewindsOf(run: string, item: SeriesItem, signal?: AbortSignal): Promise<Rewinds> {
  const answer = await queryOne(run, item, { columns: 1, include_rewound: true }, signal);
  const last = (answer.rewound ?? [])
    .map(({ rewind }) => ({ step: toStep(rewind.step), wall: toValue(rewind.wall) }))
    .filter(({ wall }) => Number.isFinite(wall));
  return { last, before: answer.rewound_left_out ?? 0 };
}
