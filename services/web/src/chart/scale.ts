// From data to pixels, and the ranges that axes show.

export type YMode = "lin" | "log";

/** A straight or logarithmic map of [lo, hi] onto pixels [at0, at1]. */
export interface Scale {
  readonly lo: number;
  readonly hi: number;
  readonly log: boolean;
  (value: number): number;
}

export function makeScale(lo: number, hi: number, at0: number, at1: number, log: boolean): Scale {
  const f = log ? Math.log10 : (v: number) => v;
  // Halves, so that a range from the least to the greatest double has a width.
  const from = f(lo) / 2;
  const span = f(hi) / 2 - from || 1;
  const map = (v: number) => at0 + ((f(v) / 2 - from) / span) * (at1 - at0);
  return Object.assign(map, { lo, hi, log });
}

export function invert(scale: Scale, at0: number, at1: number, pixel: number): number {
  const part = (pixel - at0) / (at1 - at0);
  if (!scale.log) return scale.lo + part * (scale.hi - scale.lo);
  const from = Math.log10(scale.lo);
  return 10 ** (from + part * (Math.log10(scale.hi) - from));
}

/**
 * The y range for values between lo and hi: 5 % more on either side, and zero only if it lies within 15 % of the range.
 * A single value gets room around it. On a log axis the margin is in decades.
 */
export function padRange(lo: number, hi: number, mode: YMode, margin = 0.05): [number, number] {
  if (!(lo <= hi)) return mode === "log" ? [0.1, 10] : [0, 1];
  const [from, to] = mode === "log" ? padLog(lo, hi, margin) : padLinear(lo, hi, margin);
  // Beyond the greatest double, and below the least positive one, there is no room for a margin.
  return [Math.max(mode === "log" ? Number.MIN_VALUE : -Number.MAX_VALUE, from), Math.min(Number.MAX_VALUE, to)];
}

function padLog(lo: number, hi: number, margin: number): [number, number] {
  const a = Math.log10(lo);
  const b = Math.log10(hi);
  const m = b > a ? (b - a) * margin : 0.5;
  return [10 ** (a - m), 10 ** (b + m)];
}

function padLinear(lo: number, hi: number, margin: number): [number, number] {
  if (lo === hi) {
    const m = lo === 0 ? 1 : Math.max(Math.abs(lo) * 0.1, Number.MIN_VALUE);
    return [lo - m, hi + m];
  }
  const span = hi - lo;
  if (lo >= 0 && lo <= span * 0.15) return [0, hi + span * margin];
  if (hi <= 0 && -hi <= span * 0.15) return [lo - span * margin, 0];
  return [lo - span * margin, hi + span * margin];
}

/**
 * How far an x axis grows for new data: in steps of one eighth of its range, and only if its right edge was the end of the
 * data (the caller knows). Lines then move rarely instead of with every point.
 */
export function growX(lo: number, hi: number, dataEnd: number): number {
  if (dataEnd <= hi) return hi;
  const eighth = (hi - lo) / 8;
  if (!(eighth > 0)) return dataEnd;
  return hi + Math.ceil((dataEnd - hi) / eighth) * eighth;
}

/** The p-th quantile (0 to 1) of unsorted values by linear interpolation. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
