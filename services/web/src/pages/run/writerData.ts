// Scalars by writer over wall time, as typed arrays: what the strips and the system's charts are drawn from.

import { send } from "../../api/client";
import { toValue } from "../../api/json64";
import type { Wire } from "../../api/run";

export interface WriterLine {
  tag: string;
  writer: number;
  wall: Float64Array;
  /** Means of columns. */
  value: Float64Array;
  min: Float64Array;
  max: Float64Array;
  count: Float64Array;
}

interface WireColumns {
  wall: Wire[];
  value: Wire[];
}

interface WireAnswer {
  tag: string;
  writer?: number;
  error?: unknown;
  wall?: Wire[];
  value?: Wire[];
  buckets?: { first: WireColumns; last: WireColumns; min: WireColumns; max: WireColumns; count: number[]; sum: Wire[] };
}

const numbers = (list: readonly Wire[]) => Float64Array.from(list, (item) => toValue(item));

export function lineOf(answer: WireAnswer, asked: { tag: string; writer: number }): WriterLine {
  const { buckets } = answer;
  const { tag, writer } = asked;
  if (buckets === undefined) {
    const wall = numbers(answer.wall ?? []);
    const value = numbers(answer.value ?? []);
    return { tag, writer, wall, value, min: value, max: value, count: new Float64Array(wall.length).fill(1) };
  }
  const first = numbers(buckets.first.wall);
  const last = numbers(buckets.last.wall);
  const count = Float64Array.from(buckets.count, Number);
  const sum = numbers(buckets.sum);
  return {
    tag,
    writer,
    wall: first.map((wall, i) => (wall + last[i]) / 2),
    value: sum.map((total, i) => total / count[i]),
    min: numbers(buckets.min.value),
    max: numbers(buckets.max.value),
    count,
  };
}

/** One line for each tag and writer that was asked, in that order. */
export async function fetchLines(
  run: string,
  asked: readonly { tag: string; writer: number }[],
  columns: number,
  signal?: AbortSignal,
): Promise<WriterLine[]> {
  if (asked.length === 0) return [];
  const series = asked.map(({ tag, writer }) => ({ run, tag, writer }));
  const body = { series, x: "wall", columns };
  const answer = await send<{ items: WireAnswer[] }>("POST", "/api/v1/series:query", body, signal);
  return (answer?.items ?? []).map((item, i) => lineOf(item, asked[i]));
}
