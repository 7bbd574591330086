// Scales of the small charts of panels by hand: numbers or categories along one side.

import type { Tick } from "../chart/ticks";
import { valueTicks } from "../chart/ticks";
import type { Cell } from "./columns";

export interface SideScale {
  /** 0 to 1 along the side; null: the value has no place (missing, NaN, infinite). */
  at(value: Cell): number | null;
  ticks: Tick[];
}

const MOST_NAMES = 24; // categories with a label

/** `pixels`: how long the side is. Numbers unless a value is text. */
export function sideScale(values: readonly Cell[], pixels: number): SideScale {
  const there = values.filter((value) => value !== null);
  if (there.some((value) => typeof value === "string")) return categories(there.map(String));
  const finite = (there as number[]).filter(Number.isFinite);
  if (finite.length === 0) return { at: () => null, ticks: [] };
  let lo = Math.min(...finite);
  let hi = Math.max(...finite);
  const margin = hi > lo ? (hi - lo) * 0.05 : Math.abs(hi) * 0.05 || 1;
  lo -= margin;
  hi += margin;
  const at = (value: Cell) => (typeof value === "number" && Number.isFinite(value) ? (value - lo) / (hi - lo) : null);
  return {
    at,
    ticks: valueTicks(lo, hi, pixels).map((tick) => ({ at: (tick.at - lo) / (hi - lo), label: tick.label })),
  };
}

function categories(values: string[]): SideScale {
  const names = [...new Set(values)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const place = new Map(names.map((name, i) => [name, (i + 0.5) / names.length]));
  const every = Math.ceil(names.length / MOST_NAMES);
  return {
    at: (value) => (value === null ? null : (place.get(String(value)) ?? null)),
    ticks: names.filter((_, i) => i % every === 0).map((label) => ({ at: place.get(label)!, label })),
  };
}
