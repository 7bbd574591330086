// Series answers: the compact binary form (docs/formats/series.md), read as typed arrays on the answer's own buffer.

import type { Smoothing } from "../chart/protocol";
import { wireTag } from "./tags";
import type { Problem } from "./types";

export interface Points {
  step: BigInt64Array;
  wall: Float64Array;
  value: Float64Array;
}

export interface Counts {
  rows: number;
  count: number;
  nan: number;
  posInf: number;
  negInf: number;
  unplaced: number;
  truncated: boolean;
  /** Points that the store could not read are not in it. */
  damaged: boolean;
  /** One a row, if it was asked for; `smoothedApprox`: from columns, as the series has too many points. */
  smoothed: Float64Array | null;
  smoothedApprox: boolean;
  /** The x_tag's value one a row, if it was asked for. */
  x: Float64Array | null;
  /** What rewinds hid, if it was asked for; by rewind. So many earlier stretches are left out. */
  rewound: Stretch[];
  rewoundLeft: number;
}

/** What was visible of a series until a rewind hid it. */
export interface Stretch {
  /** To which step, and the wall time of the last point that it took back. */
  rewind: { step: bigint; wall: number };
  line: ExactSeries | BucketSeries;
}

export interface ExactSeries extends Counts {
  kind: "exact";
  points: Points;
}

export interface BucketSeries extends Counts {
  kind: "buckets";
  first: Points;
  last: Points;
  min: Points;
  max: Points;
  counts: BigUint64Array;
  sum: Float64Array;
}

export interface SeriesError {
  kind: "error";
  problem: Problem;
}

export type SeriesItem = ExactSeries | BucketSeries | SeriesError;

export const SERIES_TYPE = "application/vnd.stepwell.series.v1";
const MAGIC = 0x51535753; // "SWSQ", little-endian
const EXACT = 1;
const ERROR = 2;
const TRUNCATED = 4;
const DAMAGED = 8;
const SMOOTHED = 16;
const X_OF_TAG = 32;
const APPROXIMATE = 64;
const STRETCH = 128;
const HEADER = 16;
const ITEM = 64;
const REWIND = 16; // at the start of a stretch's body
const ROW_EXACT = 24;
const ROW_BUCKETS = 112; // four points of 24 bytes, a count, a sum

/** Throws RangeError, with the place, if the bytes are not what the format says. */
export function decodeSeries(buffer: ArrayBuffer): SeriesItem[] {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0, true) !== MAGIC)
    throw new RangeError("not a series answer: no SWSQ at its start");
  const version = view.getUint32(4, true);
  if (version !== 1) throw new RangeError(`series answer of version ${version}; this page reads version 1: reload it`);
  const total = view.getUint32(8, true);
  let at = HEADER;
  const take = (what: string): SeriesItem => {
    if (at + ITEM > buffer.byteLength) throw new RangeError(`series answer ends in the header of ${what}`);
    const item = at;
    const bytes = Number(view.getBigUint64(item + 56, true));
    if (bytes > buffer.byteLength - item - ITEM) throw new RangeError(`series answer ends in ${what}`);
    at = item + ITEM + Math.ceil(bytes / 8) * 8;
    return decodeItem(buffer, view, item, bytes);
  };
  const items: SeriesItem[] = [];
  for (let i = 0; i < total; i++) {
    const stretches = at + ITEM > buffer.byteLength ? 0 : view.getUint32(at + 48, true);
    const item = take(`item ${i} of ${total}`);
    items.push(item);
    if (item.kind === "error") continue;
    for (let k = 0; k < stretches; k++) {
      const body = at + ITEM;
      const line = take(`stretch ${k} of item ${i} of ${total}`);
      if (line.kind === "error") throw new RangeError(`stretch ${k} of item ${i} of ${total} has no line`);
      item.rewound.push({
        rewind: { step: view.getBigInt64(body, true), wall: view.getFloat64(body + 8, true) },
        line,
      });
    }
  }
  return items;
}

function decodeItem(buffer: ArrayBuffer, view: DataView, at: number, bytes: number): SeriesItem {
  const flags = view.getUint32(at, true);
  const rows = view.getUint32(at + 4, true);
  const body = at + ITEM;
  if (flags & ERROR) return { kind: "error", problem: decodeProblem(new Uint8Array(buffer, body, bytes)) };
  const extra = (flags & SMOOTHED ? 8 : 0) + (flags & X_OF_TAG ? 8 : 0);
  const before = flags & STRETCH ? REWIND : 0;
  const need = before + rows * ((flags & EXACT ? ROW_EXACT : ROW_BUCKETS) + extra);
  if (bytes < need) throw new RangeError(`an item of ${rows} rows has ${bytes} bytes; it needs ${need}`);
  const number = (offset: number) => Number(view.getBigUint64(at + offset, true));
  let next = body + before;
  const floats = () => {
    next += rows * 8;
    return new Float64Array(buffer, next - rows * 8, rows);
  };
  const points = (): Points => {
    const step = new BigInt64Array(buffer, next, rows);
    next += rows * 8;
    return { step, wall: floats(), value: floats() };
  };
  const counts = () => ({
    rows,
    count: number(8),
    nan: number(16),
    posInf: number(24),
    negInf: number(32),
    unplaced: number(40),
    truncated: (flags & TRUNCATED) !== 0,
    damaged: (flags & DAMAGED) !== 0,
    smoothed: flags & SMOOTHED ? floats() : null,
    smoothedApprox: (flags & APPROXIMATE) !== 0,
    x: flags & X_OF_TAG ? floats() : null,
    rewound: [],
    rewoundLeft: view.getUint32(at + 52, true),
  });
  if (flags & EXACT) {
    const only = points();
    return { kind: "exact", points: only, ...counts() };
  }
  const [first, last, min, max] = [points(), points(), points(), points()];
  const perRow = new BigUint64Array(buffer, next, rows);
  next += rows * 8;
  const sum = floats();
  return { kind: "buckets", first, last, min, max, counts: perRow, sum, ...counts() };
}

function decodeProblem(bytes: Uint8Array): Problem {
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Problem>;
    return { title: json.title ?? "", detail: json.detail ?? "", status: json.status ?? 404 };
  } catch {
    return { title: "", detail: "", status: 500 };
  }
}

export interface SeriesWish {
  run: string;
  /** As `tagKey` or `expressionKey` makes it. */
  tag: string;
  smoothing?: Smoothing | null;
  xTag?: string | null;
}

export interface SeriesAsk {
  series: SeriesWish[];
  /** "relative": seconds since the first point of each series. */
  x: "step" | "wall" | "relative";
  /** Inclusive at both ends; bigint steps or float walls. */
  range: readonly [bigint, bigint] | readonly [number, number] | null;
  columns: number;
  /** The run that `base(m)` of expressions means. */
  base?: string | null;
  /** With what rewinds hid, beside the lines. */
  rewound?: boolean;
}

/** The request body. Written by hand where a bigint has to become a JSON integer. */
export function encodeAsk(ask: SeriesAsk): string {
  const range = ask.range === null ? "" : `,"range":[${ask.range[0]},${ask.range[1]}]`;
  const base = ask.base == null ? "" : `,"base":${JSON.stringify(ask.base)}`;
  const rewound = ask.rewound ? ',"include_rewound":true' : "";
  const series = ask.series.map(({ run, tag, smoothing, xTag }) => ({
    run,
    ...wireTag(tag),
    ...(smoothing == null ? {} : { smoothing }),
    ...(xTag == null ? {} : { x_tag: xTag }),
  }));
  return `{"series":${JSON.stringify(series)},"x":"${ask.x}"${range},"columns":${ask.columns}${base}${rewound}}`;
}
