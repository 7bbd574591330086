// What the page and the chart worker say to each other. The page describes a scene (which runs, which axis, which look) and
// the panels that are near the viewport; the worker fetches, keeps, smooths and rasterises, and answers with pictures.
// Points never reach React.
//
// x in frames and hovers is a float64: seconds on the time axes, `step − base` on the step axis, where `base` keeps steps
// beyond 2^53 exact.

import type { Problem } from "../api/types";
import type { Rgb } from "./raster";
import type { YMode } from "./scale";
import type { Tick } from "./ticks";

export type XAxis = "step" | "rel" | "wall";

/** Inclusive. Steps are int64, the other axes float seconds. */
export type XRange = { axis: "step"; from: bigint; to: bigint } | { axis: "rel" | "wall"; from: number; to: number };

export interface SceneRun {
  id: string;
  /** 0 to 11: the colour, by the run's place in its experiment. */
  slot: number;
  /** 0: solid; 1 to 3: which dashes, for runs that share a slot with an earlier drawn run. */
  dash: number;
  live: boolean;
}

export interface Theme {
  panel: Rgb;
  grid: Rgb;
  runs: Rgb[];
  /** Opacity of envelopes: light 0.18, dark 0.24. */
  envelope: number;
}

export interface Scene {
  runs: SceneRun[];
  x: XAxis;
  range: XRange | null;
  smoothing: number;
  y: YMode;
  outliers: boolean;
  /** Id of the run that is drawn thick and on top. */
  focus: string | null;
  theme: Theme;
}

export interface PanelSpec {
  id: string;
  tag: string;
  /** CSS pixels of the plot area, without axes. */
  width: number;
  height: number;
  dpr: number;
  /** Nearer to the viewport's top comes first. */
  order: number;
  y: YMode | null;
}

export interface LiveColumns {
  run: string;
  tag: string;
  step: BigInt64Array;
  wall: Float64Array;
  value: Float64Array;
}

export type ToWorker =
  | { type: "scene"; scene: Scene }
  | { type: "panel"; panel: PanelSpec }
  | { type: "drop"; id: string }
  | { type: "append"; columns: LiveColumns[] }
  /** What is kept of this run (all runs: null) is out of date and fetched again; old pictures stay until then. */
  | { type: "stale"; run: string | null }
  /** Milliseconds between two live redraws of a panel; 0: none (hidden tab). */
  | { type: "pace"; milliseconds: number }
  | { type: "hover"; x: number | null; owner: string; y: number }
  | { type: "table"; id: string }
  | { type: "reset" };

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

export interface Frame {
  axis: XAxis;
  base: bigint;
  x: [number, number];
  y: [number, number];
  log: boolean;
  xTicks: Tick[];
  yTicks: Tick[];
  marks: Mark[];
  /** Series that have points, and those in buckets rather than exact. */
  series: number;
  bucketed: number;
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
  run: string;
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
  | { type: "table"; id: string; runs: string[]; rows: TableRow[]; left: number; bucketed: boolean }
  | { type: "failed"; id: string; problem: Problem | null };
