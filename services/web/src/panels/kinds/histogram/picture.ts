// The four pictures of histograms as numbers: what stands where, in parts of the plot. Outlines are exact to a pixel: each
// column has the density of what the bins have in it, so that the area of any part is the share of the count there.

import { logTicks, numberTicks, type Tick, valueTicks } from "../../../chart/ticks";
import { type AxisKind, type Logged, type PointAxis, placesOf, pointAxis } from "../point_axis";
import { type Bins, placer, type Range, sharesOver, valueRange } from "./bins";
import { percentiles } from "./percentiles";
import { rebin } from "./rebin";

/** One histogram as it was logged. */
export interface Shot extends Logged {
  bins: Bins;
}

export interface Look {
  /** The density: linear or in decades. */
  log: boolean;
  /** Bins of equal width instead of those that were logged. */
  rebinned: boolean;
  /** Histograms of other steps that the axes have room for too, so that they stay when the step moves. */
  beside: readonly Shot[];
}

/** Pixels of the plot itself. */
export interface Size {
  width: number;
  height: number;
}

export interface Outlines {
  range: Range;
  /** Of each shot, 0 to 1 a column of pixels. */
  heights: Float64Array[];
  /** Ticks of the values, from 0 to 1. */
  values: Tick[];
  /** Ticks of the density, from 0 to 1. */
  densities: Tick[];
  /** The density at 1; infinite where the range is as narrow as doubles can be. */
  top: number;
}

/** Outlines over one axis of values and one of densities. `dpr`: device pixels to one of the plot's. */
export function outlines(shots: readonly Shot[], { width, height }: Size, look: Look, dpr = 1): Outlines {
  const together = [...shots, ...look.beside];
  const range = rangeOf(together);
  const columns = Math.max(1, Math.round(width * dpr));
  const all = together.map(({ bins }) => sharesOver(look.rebinned ? rebin(bins, range) : bins, range, columns));
  const column = range[1] / columns - range[0] / columns;
  const most = greatest(all);
  const least = floorOf(all, most);
  const scale = heightScale(most, least, look.log);
  const top = most / column;
  return {
    range,
    heights: all.slice(0, shots.length).map((shares) => shares.map(scale)),
    values: valueTicksOf(range, width, numberTicks),
    densities: densityTicks(top, least / column, look.log, height),
    top,
  };
}

const rangeOf = (shots: readonly Shot[]): Range => valueRange(shots.map(({ bins }) => bins));

const greatest = (all: readonly Float64Array[]) =>
  all.reduce((most, shares) => shares.reduce((a, b) => Math.max(a, b), most), 0);

const DECADES = 1e6; // that a logarithmic density shows at most

function floorOf(all: readonly Float64Array[], most: number): number {
  let least = most;
  for (const shares of all) for (const share of shares) if (share > 0 && share < least) least = share;
  // Half of it, so that the least can be seen.
  return Math.max(least / 2, most / DECADES);
}

function heightScale(most: number, least: number, log: boolean): (share: number) => number {
  if (!(most > 0)) return () => 0;
  const part = (share: number) => (log ? Math.log(share / least) / Math.log(most / least) : share / most);
  return (share) => (share > 0 ? Math.min(1, Math.max(0, part(share))) : 0);
}

function valueTicksOf(range: Range, pixels: number, ticks: typeof valueTicks): Tick[] {
  const place = placer(range, 1);
  return ticks(range[0], range[1], pixels).map(({ at, label }) => ({ at: place(at), label }));
}

function densityTicks(top: number, least: number, log: boolean, pixels: number): Tick[] {
  if (!(top > 0 && top < Number.POSITIVE_INFINITY)) return [];
  if (!log) return valueTicks(0, top, pixels).map(({ at, label }) => ({ at: at / top, label }));
  if (!(least > 0)) return [];
  const scale = heightScale(top, least, true);
  return logTicks(least, top, pixels).map(({ at, label }) => ({ at: scale(at), label }));
}

/** Ridges: the first shot behind, at the top; each stands on a line of its own and may reach over those behind it. */
export interface Ridges extends Outlines {
  /** Pixels from the plot's top to the line that each stands on. */
  bases: Float64Array;
  /** Pixels that a height of 1 is. */
  reach: number;
}

const REACH = 0.42; // of the plot's height, where several stand behind each other

/** `by`: they stand as far from each other as on this axis; null, or where it tells no places: all equally far. */
export function ridges(shots: readonly Shot[], size: Size, look: Look, by: AxisKind | null, dpr = 1): Ridges {
  const reach = size.height * (shots.length > 1 ? REACH : 0.92);
  const places = (by && placesOf(shots, by)) ?? shots.map((_, i) => i);
  const [first, last] = [places[0], places[places.length - 1]];
  const part = (place: number) => (shots.length > 1 ? (place - first) / (last - first) : 1);
  const bases = Float64Array.from(places, (place) => reach + part(place) * (size.height - reach));
  return { ...outlines(shots, size, look, dpr), bases, reach };
}

/** Of several labels on lines of their own those that do not touch: always the last, and the first. */
export function labelled(bases: Float64Array, apart: number): number[] {
  const out: number[] = [];
  for (let i = bases.length - 1; i >= 0; i--) {
    const near = out.length > 0 && bases[out.at(-1)!] - bases[i] < apart;
    const nearFirst = i > 0 && out.length > 0 && bases[i] - bases[0] < apart;
    if (!near && !nearFirst) out.push(i);
  }
  return out;
}

export interface HeatMap {
  range: Range;
  axis: PointAxis;
  /** Of each shot, from the greatest value down, a pixel each: 0 to 1 in decades of density; NaN: nothing is there. */
  cells: Float64Array[];
  values: Tick[];
}

export function heatMap(shots: readonly Shot[], size: Size, look: Look, axis: AxisKind, dpr = 1): HeatMap {
  const range = rangeOf(shots);
  const rows = Math.max(1, Math.round(size.height * dpr));
  const all = shots.map(({ bins }) => sharesOver(look.rebinned ? rebin(bins, range) : bins, range, rows));
  const most = greatest(all);
  const scale = heightScale(most, floorOf(all, most), true);
  return {
    range,
    axis: pointAxis(shots, axis, size.width),
    cells: all.map((shares) => shares.map((share) => (share > 0 ? scale(share) : Number.NaN)).reverse()),
    values: valueTicksOf(range, size.height, valueTicks),
  };
}

export interface Bands {
  range: Range;
  axis: PointAxis;
  /** Of each shot the nine values, and where they stand from 0 to 1; null: nothing was counted. */
  lines: ({ values: Float64Array; places: Float64Array } | null)[];
  values: Tick[];
}

export function bands(shots: readonly Shot[], size: Size, axis: AxisKind): Bands {
  const range = rangeOf(shots);
  const place = placer(range, 1);
  return {
    range,
    axis: pointAxis(shots, axis, size.width),
    lines: shots.map(({ bins }) => {
      const values = percentiles(bins);
      return values && { values, places: values.map(place) };
    }),
    values: valueTicksOf(range, size.height, valueTicks),
  };
}
