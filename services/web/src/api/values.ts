// Points of tags of any kind but scalars, at a place of the x axis: POST /api/v1/values:query.

import { call } from "./client";
import { parseJson, toStep, toValue } from "./json64";
import { tagKey, wireTag } from "./tags";
import type { Problem } from "./types";

export type ValuesAxis = "step" | "wall" | "relative";

export interface ValuesAsk {
  series: { run: string; tag: string; kind: string }[];
  x: ValuesAxis;
  /** A step, or seconds; null: the last point. */
  at: bigint | number | null;
  choose?: "nearest" | "before";
  /** Also where the points of each series lie. */
  steps?: boolean;
  /** Also so many of its points, evenly by place. */
  spread?: number;
}

export interface ValuePoint {
  step: bigint;
  /** Seconds since the epoch. */
  wall: number;
  /** By the kind, as the server gives it; a log may hold anything. */
  value: unknown;
}

export interface LoggedSteps {
  step: bigint[];
  wall: number[];
  /** There are more. */
  thinned: boolean;
}

export interface ValueItem {
  run: string;
  tag: string;
  count: number;
  point: ValuePoint | null;
  steps: LoggedSteps | null;
  points: ValuePoint[];
  /** What of the series cannot be read; "": nothing is damaged. */
  damage: string;
  /** Why there is nothing of this series. */
  problem: Problem | null;
}

/** Series of a request. */
export const MOST_SERIES = 1_000;

/** The request body. Written by hand where a bigint has to become a JSON integer. */
export function encodeValuesAsk({ series, x, at, choose = "nearest", steps = false, spread = 0 }: ValuesAsk): string {
  const wire = series.map(({ run, tag, kind }) => ({ run, ...wireTag(tag), kind }));
  return `{"series":${JSON.stringify(wire)},"x":"${x}","at":${at},"choose":"${choose}","steps":${steps},"spread":${spread}}`;
}

interface WirePoint {
  step: unknown;
  wall: unknown;
  value: unknown;
}

interface WireItem {
  run: string;
  tag: string;
  tag_base64?: string;
  count?: number | bigint;
  point?: WirePoint | null;
  steps?: { step: unknown[]; wall: unknown[]; thinned: boolean };
  points?: WirePoint[];
  damage?: string;
  error?: Problem;
}

const pointOf = ({ step, wall, value }: WirePoint): ValuePoint => ({ step: toStep(step), wall: toValue(wall), value });

function itemOf(item: WireItem): ValueItem {
  const { run, count, point, steps, points, damage, error } = item;
  return {
    run,
    tag: tagKey(item),
    count: Number(count ?? 0),
    point: point == null ? null : pointOf(point),
    steps: steps === undefined ? null : { ...steps, step: steps.step.map(toStep), wall: steps.wall.map(toValue) },
    points: (points ?? []).map(pointOf),
    damage: damage ?? "",
    problem: error ?? null,
  };
}

/** One item for each series, in the order asked. */
export async function fetchValues(ask: ValuesAsk, signal?: AbortSignal): Promise<ValueItem[]> {
  const response = await call("/api/v1/values:query", {
    method: "POST",
    signal,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: encodeValuesAsk(ask),
  });
  return (parseJson(await response.text()) as { items: WireItem[] }).items.map(itemOf);
}

/** A place before every point: an ask for it brings no value. */
export const BEFORE_ALL = -(1n << 63n);

/** Which of these series have points; what they are is not fetched. */
export async function fetchPresent(series: ValuesAsk["series"], signal?: AbortSignal): Promise<boolean[]> {
  const present: boolean[] = [];
  for (let from = 0; from < series.length; from += MOST_SERIES) {
    const some = series.slice(from, from + MOST_SERIES);
    const items = await fetchValues({ series: some, x: "step", at: BEFORE_ALL, choose: "before" }, signal);
    present.push(...items.map(({ count }) => count > 0));
  }
  return present;
}
