// What the store keeps of a series, and what panels wish of it.

import type { AxisKind, Line } from "./line";
import type { LiveColumns, Smoothing, XAxis, XRange } from "./protocol";
import type { Smoother } from "./values";

export type Range = readonly [bigint, bigint] | readonly [number, number];

/** What a rewind hid of a series. */
export interface RewoundLine {
  /** Tells it apart from those of other rewinds. */
  key: string;
  line: Line;
}

export interface Slot {
  line: Line | null;
  /** null: it was not asked for. So many earlier ones were left out. */
  rewound: RewoundLine[] | null;
  rewoundLeft: number;
  range: Range | null;
  columns: number;
  stale: boolean;
  /** When it was found stale; an answer to an earlier question does not heal it. */
  staleAt: number;
  /** The server knows no such series (yet). */
  absent: boolean;
  fetchedAt: number;
  /** What its line was last asked to be smoothed with. */
  smoothedBy: string | null;
}

export interface Held {
  run: string;
  tag: string;
  kind: AxisKind;
  /** x is this tag's values. */
  xTag: string | null;
  full: Slot;
  zoom: Slot;
  /** Live points that came while an answer was on its way. */
  waiting: LiveColumns[];
  newest: bigint;
  usedAt: number;
}

export interface Want {
  held: Held;
  slot: "full" | "zoom";
  range: Range | null;
  columns: number;
  panel: string;
  smoother: Smoother | null;
  rewound: boolean;
}

export interface Wish {
  panel: string;
  tag: string;
  columns: number;
  axis: XAxis;
  xTag: string | null;
  range: XRange | null;
  /** What the server shall smooth columns with, once they are there; null: nothing, or the person still chooses. */
  smoother: Smoother | null;
  /** With what rewinds hid. */
  rewound: boolean;
}

export const kindOf = (axis: XAxis): AxisKind => (axis === "step" || axis === "metric" ? "step" : "wall");

export const newSlot = (): Slot => ({
  line: null,
  rewound: null,
  rewoundLeft: 0,
  range: null,
  columns: 0,
  stale: false,
  staleAt: 0,
  absent: false,
  fetchedAt: 0,
  smoothedBy: null,
});
export const sameRange = (a: Range | null, b: Range | null) =>
  a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1]);

/** Every point is there: a look at a part of it shows no more. */
export const isWhole = ({ line, rewound }: Slot) =>
  line !== null && !line.bucketed && (rewound ?? []).every((stretch) => !stretch.line.bucketed);

const bytesIn = ({ line, rewound }: Slot) =>
  (rewound ?? []).reduce((sum, stretch) => sum + stretch.line.bytes, line?.bytes ?? 0);
export const bytesOf = (held: Held) => bytesIn(held.full) + bytesIn(held.zoom);

export const keyOf = (kind: AxisKind, run: string, tag: string, xTag: string | null) =>
  `${kind}\n${run}\n${tag}${xTag === null ? "" : `\n${xTag}`}`;

/** The smoothing as the server takes it: with its range where the kind has one. */
export function asked(smoother: Smoother | null): Smoothing | null {
  if (smoother === null) return null;
  const { kind, amount } = smoother.how;
  return kind === "twema" || kind === "gauss" ? { kind, amount, range: smoother.range } : { kind, amount };
}
