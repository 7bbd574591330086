// What the page and the chart worker say to each other. The page describes a scene (which runs, which axis, which look) and
// the panels that are near the viewport; the worker fetches, keeps, smooths and rasterises, and answers with pictures.
// Points never reach React.
//
// x in frames and hovers is a float64: seconds on the time axes, `step − base` on the step axis, where `base` keeps steps
// beyond 2^53 exact.

import type { Problem } from "../api/types";
import type { Neighbour } from "./neighbour";
import type { Pad } from "./pad";
import type { Rgb } from "./raster";
import type { YMode } from "./scale";
import type { Tick } from "./ticks";

/** "relproc": relative without the pauses; "metric": the values of another tag (`xTag`). */
export type XAxis = "step" | "rel" | "relproc" | "wall" | "metric";

/** Inclusive. Steps are int64, the other axes floats. */
export type XRange =
  | { axis: "step"; from: bigint; to: bigint }
  | { axis: Exclude<XAxis, "step">; from: number; to: number };

export type SmoothingKind = "none" | "ema" | "twema" | "gauss" | "mean";

export interface Smoothing {
  kind: SmoothingKind;
  /** ema, twema: weight, 0 to 0.999; gauss: σ in percent of the range; mean: points. */
  amount: number;
  /** twema, gauss: what the range was, in units of x, when the line was first drawn; so zooming does not change it. */
  range?: number;
}

export interface SceneRun {
  id: string;
  /** 0 to 11: the colour, by the run's place in its experiment. */
  slot: number;
  /** What a person or "colour by" chose instead of the slot's colour. */
  color?: Rgb | null;
  /** 0: solid; 1 to 3: which dashes, for runs that share a slot with an earlier drawn run. */
  dash: number;
  live: boolean;
  /** The key of the group that it is a member of. */
  group?: string | null;
  /** Has no line of its own, and counts in its group. */
  hidden?: boolean;
}

export interface SceneGroup {
  key: string;
  label: string;
  slot: number;
}

export type Band = "minmax" | "std" | "se" | "ci95" | "none";
export type Centre = "mean" | "median";

export interface Theme {
  panel: Rgb;
  grid: Rgb;
  runs: Rgb[];
  /** Opacity of envelopes: light 0.18, dark 0.24. */
  envelope: number;
  /** The sequential scale, low to high: densities. */
  scale: Rgb[];
}

/** How lines are shown: of the whole page, and of one panel where it differs. */
export interface Look {
  x: XAxis;
  /** The tag of the metric axis. */
  xTag: string | null;
  xLog: boolean;
  smoothing: Smoothing;
  y: YMode;
  /** Half of symlog's linear part; null: by the data. */
  c: number | null;
  outliers: boolean;
  /** A box zoom; null: fit. */
  yRange: [number, number] | null;
  /** The tag, of several of a panel, that has an axis of its own at the right. */
  right?: string | null;
}

export interface Scene extends Look {
  runs: SceneRun[];
  range: XRange | null;
  /** Id of the run that is drawn thick and on top. */
  focus: string | null;
  theme: Theme;
  /** Empty: runs are not grouped. */
  groups?: SceneGroup[];
  band?: Band;
  centre?: Centre;
  /** Id of the run that others are compared with: it is dashed, and `against` shows the others as difference or ratio to it. */
  baseline?: string | null;
  against?: "difference" | "ratio" | null;
  /** Counts a pixel instead of lines; null: by itself above 5,000 series. */
  density?: boolean | null;
  /** Thin lines for what rewinds hid. */
  rewound?: boolean;
  /** x of the pinned crosshairs: steps, or x of the other axes. */
  pins?: (bigint | number)[];
}

export interface PanelSpec {
  id: string;
  /** What is drawn of each run: tags, or an expression as `expressionKey` writes it. */
  tags: readonly string[];
  overrides?: Partial<Look>;
  /** What stands around the plot. */
  pad: Pad;
  /** Whether the ends of lines are told, for their names. */
  named?: boolean;
  /** CSS pixels of the plot area, without axes. */
  width: number;
  height: number;
  dpr: number;
  /** Nearer to the viewport's top comes first. */
  order: number;
}

export interface LiveColumns {
  run: string;
  tag: string;
  step: BigInt64Array;
  wall: Float64Array;
  value: Float64Array;
}

export type ToWorker =
  /** What a page that begins will draw of these runs, a panel for each tag: fetched before it says so. */
  | { type: "ahead"; tags: string[]; runs: { id: string }[]; columns: number }
  | { type: "scene"; scene: Scene }
  | { type: "panel"; panel: PanelSpec }
  | { type: "drop"; id: string }
  | { type: "append"; columns: LiveColumns[] }
  /** Where appends come from as well. */
  | { type: "port"; port: MessagePort }
  /** What is kept of this run (all runs: null) is out of date and fetched again; old pictures stay until then. */
  | { type: "stale"; run: string | null }
  /** Milliseconds between two live redraws of a panel; 0: none (hidden tab). */
  | { type: "pace"; milliseconds: number }
  | { type: "hover"; x: number | null; owner: string; y: number; order: RowOrder }
  /** Answered with the same ticket. */
  | { type: "ask"; id: string; ticket: number; question: Question }
  | { type: "reset" };

/** The owner's rows: nearest by pixel or by y, or by value upwards or downwards. */
export type RowOrder = "pixel" | "value" | "up" | "down";

export type Question =
  /** The steps in view, or between two x; `groups`: of what is drawn of groups, where there are some. */
  | { what: "table"; range: [number, number] | null; most: number; groups?: boolean }
  /** What each line says about a range (null: what is in view), and at a pin. */
  | { what: "summary"; range: [number, number] | null; at: bigint | number | null }
  /** Which runs have a point, or a segment, in the box. */
  | { what: "passing"; x: [number, number]; y: [number, number] }
  /** The logged point beside a pin; from null: the last in view. */
  | { what: "neighbour"; from: bigint | number | null; by: 1 | -1 }
  /** The picture again, at another density of pixels or before another background. */
  | { what: "picture"; dpr: number; background: Rgb }
  | { what: "vectors" };

export interface Table {
  what: "table";
  /** `of`: what of a group, whose key is in place of the run. */
  columns: { run: string; tag: string; of?: "centre" | "sd" | "n" }[];
  rows: TableRow[];
  left: number;
  bucketed: boolean;
}

export interface SummaryRow {
  run: string;
  tag: string;
  start: number;
  end: number;
  min: { value: number; step: bigint } | null;
  max: { value: number; step: bigint } | null;
  mean: number;
  at: HoverRow | null;
}

export interface Summary {
  what: "summary";
  rows: SummaryRow[];
  bucketed: boolean;
}

export interface Vectors {
  what: "vectors";
  frame: Frame;
  width: number;
  height: number;
  shapes: Shape[];
}

/** A stroke, a filled area, or strokes from each first point to its second; points are x, y pairs in CSS pixels of the plot. */
export interface Shape {
  kind: "line" | "area" | "hatch";
  run: string;
  tag: string;
  color: Rgb;
  alpha: number;
  width: number;
  dash: readonly number[];
  points: Float32Array;
}

export type Answer =
  | Table
  | Summary
  | { what: "passing"; runs: string[] }
  | Neighbour
  /** `width` and `height` of the panel with its axes, in CSS pixels. */
  | { what: "picture"; bitmap: ImageBitmap; frame: Frame; width: number; height: number }
  | Vectors;

/** Where a run leaves the range of y: a chevron at the edge. */
export interface Clip {
  px: number;
  top: boolean;
  run: string;
  color: string;
  value: number;
  step: bigint;
}

export interface Mark {
  kind: "nan" | "+inf" | "-inf";
  /** CSS pixels in the plot; the stretch's first and last place. */
  from: number;
  to: number;
  step: bigint;
}

export interface Extreme {
  value: number;
  step: bigint;
  run: string;
}

/** Where a line, or the centre of a group, ends in view. */
export interface LineEnd {
  /** A run, or the key of a group. */
  run: string;
  tag: string;
  group: boolean;
  color: string;
  value: number;
  /** CSS pixels in the plot. */
  py: number;
}

export interface RightAxis {
  tag: string;
  y: [number, number];
  c: number;
  yTicks: Tick[];
}

export interface Frame {
  pad: Pad;
  /** CSS pixels of the plot. */
  height: number;
  axis: XAxis;
  base: bigint;
  x: [number, number];
  /** A log x axis has `strip` CSS pixels at its left for what is not positive. */
  xLog: boolean;
  strip: number;
  y: [number, number];
  yMode: YMode;
  /** Half of symlog's linear part. */
  c: number;
  xTicks: Tick[];
  yTicks: Tick[];
  /** Highest first; null: nobody asked. */
  ends: LineEnd[] | null;
  /** The second y axis, of the same mode. */
  right: RightAxis | null;
  marks: Mark[];
  clips: Clip[];
  /** What stands at the pinned crosshairs. */
  pins: PanelHover[];
  /** Series that have points, and those in buckets rather than exact. */
  series: number;
  bucketed: number;
  /** Stretches that rewinds hid and that are shown, and earlier ones that are not. */
  rewound: number;
  rewoundLeft: number;
  /** Too many lines to draw each: counts a pixel. */
  density: boolean;
  /** What twema and gauss take as the range. */
  smoothingRange: number;
  smoothingApproximate: boolean;
  loading: boolean;
  /** Points that a log axis cannot show; `atLeast` where columns hide the exact count. */
  nonPositive: number;
  nonPositiveAtLeast: boolean;
  nonFinite: number;
  unplaced: number;
  clipped: boolean;
  truncated: boolean;
  /** Points of some line could not be read from the store. */
  damaged: boolean;
  /** Steps that came after the right edge of a zoomed axis since it was zoomed. */
  newSteps: bigint;
  lowest: Extreme | null;
  highest: Extreme | null;
}

export interface HoverRow {
  /** A run, or the key of a group. */
  run: string;
  tag: string;
  /** As CSS writes it. */
  color: string;
  /** The members that are there at this x, and the deviation of their values. */
  group?: { n: number; sd: number };
  step: bigint;
  wall: number;
  /** Seconds since the first point of the series. */
  relative: number;
  value: number;
  smoothed: number;
  min: number;
  max: number;
  bucketed: boolean;
  /** CSS pixels in the plot. */
  px: number;
  py: number;
}

export interface PanelHover {
  id: string;
  /** Where the hair stands, in CSS pixels of this panel's plot; null: outside its range. */
  hair: number | null;
  /** Where the pointer was in the owner's plot: x of the axis, and height in CSS pixels. */
  x?: number;
  y?: number;
  /** The owner's rows are the nearest 12; the others' serve dots. */
  rows: HoverRow[];
  total: number;
}

export interface TableRow {
  step: bigint;
  wall: number;
  values: (number | null)[];
}

export type FromWorker =
  | { type: "drawn"; id: string; bitmap: ImageBitmap; frame: Frame }
  | { type: "hover"; owner: string; panels: PanelHover[] }
  | { type: "answer"; ticket: number; answer: Answer | null }
  | { type: "failed"; id: string; problem: Problem | null };
