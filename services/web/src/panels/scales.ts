// Scales of the small charts of panels by hand: numbers, linear or logarithmic, or categories along one side.

import { logTicks, type Tick, valueTicks } from "../chart/ticks";
import type { AxisScale } from "../state/axes";
import type { Cell } from "./columns";

export interface SideScale {
  kind: AxisScale;
  /** 0 to 1 along the side; null: the value has no place (missing, NaN, infinite; not positive on a logarithmic side). */
  at(value: Cell): number | null;
  /** The number at a place, rounded to a thousandth of the side; null: categories, or nothing is there. */
  numberAt(place: number): number | null;
  /** Categories in their order from 0 to 1. */
  names: string[];
  ticks: Tick[];
}

const MOST_NAMES = 24; // categories with a label
const MARGIN = 0.05; // of the side, beyond the values at either end

/** `pixels`: how long the side is. `wanted`: null: categories if a value is text, else linear. */
export function sideScale(values: readonly Cell[], pixels: number, wanted: AxisScale | null = null): SideScale {
  const there = values.filter((value) => value !== null);
  const numbers = there.filter((value): value is number => typeof value === "number");
  const isText = numbers.length < there.length;
  if (wanted === "cat" || (isText && (wanted === null || numbers.length === 0))) return categories(there.map(String));
  const log = wanted === "log";
  const finite = numbers.filter((value) => Number.isFinite(value) && (!log || value > 0));
  return numeric(finite, pixels, log);
}

function numeric(values: readonly number[], pixels: number, log: boolean): SideScale {
  const kind = log ? "log" : "lin";
  if (values.length === 0) return { kind, at: () => null, numberAt: () => null, names: [], ticks: [] };
  const to = log ? Math.log10 : (value: number) => value;
  const from = log ? (value: number) => 10 ** value : (value: number) => value;
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    lo = Math.min(lo, to(value));
    hi = Math.max(hi, to(value));
  }
  const margin = hi > lo ? (hi - lo) * MARGIN : log ? 0.5 : Math.abs(hi) * MARGIN || 1;
  lo -= margin;
  hi += margin;
  const place = (value: number) => (to(value) - lo) / (hi - lo);
  return {
    kind,
    at: (value) => (typeof value === "number" && Number.isFinite(value) && (!log || value > 0) ? place(value) : null),
    numberAt: (at) => rounded(from(lo + at * (hi - lo)), log ? 0 : (hi - lo) / 1000),
    names: [],
    ticks: (log ? logTicks : valueTicks)(from(lo), from(hi), pixels).map(({ at, label }) => ({ at: place(at), label })),
  };
}

/** To a decimal that is no coarser than `step`; 0: to four digits. */
function rounded(value: number, step: number): number {
  if (step === 0) return Number(value.toPrecision(4));
  const digits = -Math.floor(Math.log10(step));
  return digits > 0 ? Number(value.toFixed(Math.min(100, digits))) : Math.round(value);
}

function categories(values: string[]): SideScale {
  const names = [...new Set(values)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const place = new Map(names.map((name, i) => [name, (i + 0.5) / names.length]));
  const every = Math.ceil(names.length / MOST_NAMES);
  return {
    kind: "cat",
    at: (value) => (value === null ? null : (place.get(String(value)) ?? null)),
    numberAt: () => null,
    names,
    ticks: names.filter((_, i) => i % every === 0).map((label) => ({ at: place.get(label)!, label })),
  };
}
