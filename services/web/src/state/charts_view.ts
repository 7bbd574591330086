// The charts' part of the view: axes, zoom, smoothing.

import type { XAxis, XRange } from "../chart/protocol";
import type { YMode } from "../chart/scale";
import { MAX_SMOOTHING } from "../chart/smooth";
import { assign, type Pairs } from "./part";

export interface ChartsView {
  x: XAxis;
  xr: XRange | null;
  sm: number;
  y: YMode;
  outliers: boolean;
}

export const DEFAULT_SMOOTHING = 0.6;

export const defaultCharts = (): ChartsView => ({
  x: "step",
  xr: null,
  sm: DEFAULT_SMOOTHING,
  y: "lin",
  outliers: false,
});

// The range is read after the axis that it is on.
export const CHARTS_KEYS = ["x", "xr", "sm", "y"] as const;

export function readCharts(view: ChartsView, key: (typeof CHARTS_KEYS)[number], value: string): boolean {
  switch (key) {
    case "x":
      if (value !== "step" && value !== "rel" && value !== "wall") return false;
      view.x = value;
      return true;
    case "xr":
      return assign(parseRange(value, view.x), (range) => {
        view.xr = range;
      });
    case "sm":
      return assign(parseSmoothing(value), (sm) => {
        view.sm = sm;
      });
    case "y":
      return readY(view, value);
  }
}

export function formatCharts(view: ChartsView): Pairs<(typeof CHARTS_KEYS)[number]> {
  return {
    x: view.x,
    xr: view.xr !== null && view.xr.axis === view.x ? `${view.xr.from}..${view.xr.to}` : "",
    sm: view.sm === 0 ? "none" : `ema:${view.sm}`,
    y: [view.y === "log" ? "log" : "", view.outliers ? "out:5" : ""].filter(Boolean).join(","),
  };
}

const MAX_INT64 = (1n << 63n) - 1n;

function parseRange(text: string, axis: XAxis): XRange | null {
  const match = /^(-?[\d.]+(?:e[+-]?\d+)?)\.\.(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(text);
  if (match === null) return null;
  if (axis === "step") {
    if (!/^-?\d{1,19}$/.test(match[1]) || !/^-?\d{1,19}$/.test(match[2])) return null;
    const from = BigInt(match[1]);
    const to = BigInt(match[2]);
    if (from >= to || from < -MAX_INT64 - 1n || to > MAX_INT64) return null;
    return { axis, from, to };
  }
  const from = Number(match[1]);
  const to = Number(match[2]);
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { axis, from, to } : null;
}

function parseSmoothing(text: string): number | null {
  if (text === "none") return 0;
  const match = /^ema:(\d(?:\.\d+)?)$/.exec(text);
  if (match === null) return null;
  const amount = Number(match[1]);
  return amount <= MAX_SMOOTHING ? amount : null;
}

function readY(view: ChartsView, text: string): boolean {
  const parts = text.split(",");
  const modes = parts.filter((p) => p === "lin" || p === "log");
  const out = parts.filter((p) => p === "out:5");
  if (modes.length > 1 || out.length > 1 || modes.length + out.length !== parts.length) return false;
  view.y = (modes[0] as YMode) ?? "lin";
  view.outliers = out.length === 1;
  return true;
}
