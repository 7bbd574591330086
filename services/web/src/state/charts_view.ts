// The charts' part of the view: axes, zoom, smoothing, pins of the crosshair.

import type { Look, Smoothing, SmoothingKind, XAxis, XRange } from "../chart/protocol";
import type { YMode } from "../chart/scale";
import { MAX_AMOUNT } from "../chart/smooth";
import { quoteItem, splitList } from "./list";
import { assign, type Pairs } from "./part";
import type { Pair } from "./query";

/** The order of the tooltip's rows. */
export type TipOrder = "pixel" | "value" | "up" | "down" | "name";

export interface ChartsView {
  x: XAxis;
  /** The tag of x=m:tag. */
  xTag: string | null;
  xl: boolean;
  xr: XRange | null;
  sm: Smoothing;
  y: YMode;
  /** Half of symlog's linear part; null: by the data. */
  c: number | null;
  outliers: boolean;
  /** A box zoom, of a panel as a rule; null: fit. */
  yr: [number, number] | null;
  /** Pins of the crosshair, at most two: steps, or x of the other axes. */
  at: (bigint | number)[];
  /** What runs show beside the baseline. */
  against: "difference" | "ratio" | null;
  /** Counts a pixel instead of lines; null: by the number of series. */
  density: boolean | null;
  tip: TipOrder;
  /** Thin lines for what rewinds hid. */
  rewound: boolean;
  /** What was brushed and the run table shows the means of. */
  brushed: XRange | null;
}

export const DEFAULT_SMOOTHING: Smoothing = { kind: "twema", amount: 0.6 };
export const NO_SMOOTHING: Smoothing = { kind: "none", amount: 0 };

export const defaultCharts = (): ChartsView => ({
  x: "step",
  xTag: null,
  xl: false,
  xr: null,
  sm: DEFAULT_SMOOTHING,
  y: "lin",
  c: null,
  outliers: false,
  yr: null,
  at: [],
  against: null,
  density: null,
  tip: "pixel",
  rewound: false,
  brushed: null,
});

// The range and the pins are read after the axis that they are on.
export const CHARTS_KEYS = ["x", "xl", "xr", "sm", "y", "yr", "at", "vs", "den", "tip", "rw", "rg"] as const;
type Key = (typeof CHARTS_KEYS)[number];

const VS = { diff: "difference", ratio: "ratio" } as const;
const ON = { on: true, off: false } as const;
const TIPS: readonly string[] = ["pixel", "value", "up", "down", "name"] satisfies TipOrder[];
const has = <T extends object>(map: T, key: string): key is string & keyof T => Object.hasOwn(map, key);

export function readCharts(view: ChartsView, key: Key, value: string): boolean {
  switch (key) {
    case "x":
      return assign(parseAxis(value), (axis) => Object.assign(view, axis));
    case "xl":
      view.xl = value === "log";
      return view.xl || value === "lin";
    case "xr":
      return assign(parseRange(value, view.x), (range) => {
        view.xr = range;
      });
    case "sm":
      return assign(parseSmoothing(value), (sm) => {
        view.sm = sm;
      });
    case "y":
      return assign(parseY(value), (y) => Object.assign(view, y));
    case "yr":
      return assign(parseSpan(value), (span) => {
        view.yr = span;
      });
    case "at":
      return assign(parsePins(value, view.x), (at) => {
        view.at = at;
      });
    case "vs":
      if (!has(VS, value)) return false;
      view.against = VS[value];
      return true;
    case "den":
      if (!has(ON, value)) return false;
      view.density = ON[value];
      return true;
    case "tip":
      if (!TIPS.includes(value)) return false;
      view.tip = value as TipOrder;
      return true;
    case "rg":
      return assign(parseRange(value, view.x), (range) => {
        view.brushed = range;
      });
    case "rw":
      if (!has(ON, value)) return false;
      view.rewound = ON[value];
      return true;
  }
}

export function formatCharts(view: ChartsView): Pairs<Key> {
  return {
    x: formatAxis(view),
    xl: view.xl ? "log" : "lin",
    xr: formatRange(view.xr, view.x),
    sm: formatSmoothing(view.sm),
    y: formatY(view),
    yr: view.yr === null ? "" : view.yr.join(".."),
    at: view.at.join(","),
    vs: view.against === null ? "" : view.against === "ratio" ? "ratio" : "diff",
    den: view.density === null ? "" : view.density ? "on" : "off",
    tip: view.tip,
    rw: view.rewound ? "on" : "off",
    rg: formatRange(view.brushed, view.x),
  };
}

const AXES: readonly string[] = ["step", "rel", "relproc", "wall"];

function parseAxis(text: string): Pick<ChartsView, "x" | "xTag"> | null {
  if (AXES.includes(text)) return { x: text as XAxis, xTag: null };
  if (!text.startsWith("m:")) return null;
  const items = splitList(text.slice(2));
  if (items === null || items.length !== 1 || items[0].prefix !== "") return null;
  return { x: "metric", xTag: items[0].item };
}

// A semicolon separates the keys of a panel's overrides, so it is quoted.
const formatAxis = ({ x, xTag }: Pick<ChartsView, "x" | "xTag">) =>
  x === "metric" && xTag !== null ? `m:${quoteItem(xTag, xTag.includes(";"))}` : x;

const MAX_INT64 = (1n << 63n) - 1n;

function parseStep(text: string): bigint | null {
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const step = BigInt(text);
  return step < -MAX_INT64 - 1n || step > MAX_INT64 ? null : step;
}

function parseNumber(text: string): number | null {
  if (!/^-?[\d.]+(?:e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function parseSpan(text: string): [number, number] | null {
  const [from, to, ...more] = text.split("..").map(parseNumber);
  return from != null && to != null && more.length === 0 && from < to ? [from, to] : null;
}

function parseRange(text: string, axis: XAxis): XRange | null {
  if (axis === "step") {
    const [from, to, ...more] = text.split("..").map(parseStep);
    return from != null && to != null && more.length === 0 && from < to ? { axis, from, to } : null;
  }
  const span = parseSpan(text);
  return span === null ? null : { axis, from: span[0], to: span[1] };
}

const formatRange = (range: XRange | null, axis: XAxis) =>
  range !== null && range.axis === axis ? `${range.from}..${range.to}` : "";

function parsePins(text: string, axis: XAxis): (bigint | number)[] | null {
  const pins = text.split(",").map((pin) => (axis === "step" ? parseStep(pin) : parseNumber(pin)));
  return pins.length <= 2 && pins.every((pin) => pin !== null) ? (pins as (bigint | number)[]) : null;
}

export function parseSmoothing(text: string): Smoothing | null {
  if (text === "none") return NO_SMOOTHING;
  const match = /^(ema|twema|gauss|mean):(\d+(?:\.\d+)?)(?:@(.+))?$/.exec(text);
  if (match === null) return null;
  const kind = match[1] as Exclude<SmoothingKind, "none">;
  const amount = Number(match[2]);
  if (amount > MAX_AMOUNT[kind] || (kind === "mean" && !Number.isInteger(amount))) return null;
  if (amount === 0) return NO_SMOOTHING;
  if (match[3] === undefined) return { kind, amount };
  const range = parseNumber(match[3]);
  if (range === null || range <= 0 || (kind !== "twema" && kind !== "gauss")) return null;
  return { kind, amount, range };
}

export function formatSmoothing({ kind, amount, range }: Smoothing): string {
  if (kind === "none") return "none";
  return `${kind}:${amount}${range === undefined ? "" : `@${range}`}`;
}

function parseY(text: string): Pick<ChartsView, "y" | "c" | "outliers"> | null {
  const out = { y: "lin" as YMode, c: null as number | null, outliers: false };
  const seen = new Set<string>();
  for (const part of text.split(",")) {
    const [word, amount] = part.split(/:(.*)/s);
    const kind = word === "out" ? "out" : "mode";
    if (seen.has(kind)) return null;
    seen.add(kind);
    if (part === "out:5") out.outliers = true;
    else if (part === "lin" || part === "log" || part === "symlog") out.y = part;
    else if (word === "symlog") {
      out.y = "symlog";
      out.c = parseNumber(amount ?? "");
      if (out.c === null || out.c <= 0) return null;
    } else return null;
  }
  return out;
}

export function formatY({ y, c, outliers }: Pick<ChartsView, "y" | "c" | "outliers">): string {
  const mode = y === "lin" ? "" : y === "symlog" && c !== null ? `symlog:${c}` : y;
  return [mode, outliers ? "out:5" : ""].filter(Boolean).join(",");
}

/** What a section or a panel has otherwise, from the keys that stand in the address for it. */
export function overridesOf(set: readonly Pair[]): Partial<Look> {
  const view = defaultCharts();
  const look: Partial<Look> = {};
  for (const [key, value] of set) {
    if (!(CHARTS_KEYS as readonly string[]).includes(key) || !readCharts(view, key as Key, value)) continue;
    if (key === "x") Object.assign(look, { x: view.x, xTag: view.xTag });
    else if (key === "xl") look.xLog = view.xl;
    else if (key === "sm") look.smoothing = view.sm;
    else if (key === "y") Object.assign(look, { y: view.y, c: view.c, outliers: view.outliers });
    else if (key === "yr") look.yRange = view.yr;
  }
  return look;
}
