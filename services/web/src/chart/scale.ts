// From data to pixels, and the ranges that axes show.

export type YMode = "lin" | "log" | "symlog";

/** A map of [lo, hi] onto pixels [at0, at1]. */
export interface Scale {
  readonly lo: number;
  readonly hi: number;
  readonly mode: YMode;
  /** Only positive values have a place. */
  readonly log: boolean;
  /** Half of symlog's linear part. */
  readonly c: number;
  (value: number): number;
}

/** symlog: linear within ±c, decades beyond; continuous at ±c. */
function symlog(c: number): (v: number) => number {
  const decade = Math.log10(c);
  return (v) => {
    const size = Math.abs(v);
    return size <= c ? v / c : Math.sign(v) * (1 + Math.log10(size) - decade);
  };
}

function transform(mode: YMode, c: number): (v: number) => number {
  if (mode === "log") return Math.log10;
  return mode === "symlog" ? symlog(c) : (v) => v;
}

export function makeScale(lo: number, hi: number, at0: number, at1: number, mode: YMode, c = 1): Scale {
  const slope = (at1 - at0) / (hi - lo);
  if (mode === "lin" && Number.isFinite(slope) && slope !== 0)
    return Object.assign((v: number) => at0 + (v - lo) * slope, { lo, hi, mode, log: false, c });
  const f = transform(mode, c);
  // Halves, so that a range from the least to the greatest double has a width.
  const from = f(lo) / 2;
  const span = f(hi) / 2 - from || 1;
  const map = (v: number) => at0 + ((f(v) / 2 - from) / span) * (at1 - at0);
  return Object.assign(map, { lo, hi, mode, log: mode === "log", c });
}

export function invert(scale: Scale, at0: number, at1: number, pixel: number): number {
  const part = (pixel - at0) / (at1 - at0);
  const { lo, hi, mode, c } = scale;
  if (mode === "lin") return lo + part * (hi - lo);
  const f = transform(mode, c);
  const at = f(lo) + part * (f(hi) - f(lo));
  if (mode === "log") return 10 ** at;
  return Math.abs(at) <= 1 ? at * c : Math.sign(at) * 10 ** (Math.abs(at) - 1 + Math.log10(c));
}

/** CSS pixels at the left of a log x axis where zero and negative x stand. */
export const STRIP = 14;

/** The x scale of a picture; on a log axis what is not positive stands in the strip, of `strip` pixels. */
export function makeXScale(lo: number, hi: number, at0: number, at1: number, log: boolean, strip: number): Scale {
  if (!log) return makeScale(lo, hi, at0, at1, "lin");
  const positive = makeScale(firstPositive(lo, hi), hi, at0 + strip, at1, "log");
  const map = (v: number) => (v > 0 ? positive(v) : at0 + strip / 2);
  return Object.assign(map, { lo, hi, mode: "log" as const, log: true, c: 1 });
}

/** The x under a pixel; within the strip the range's end. */
export function invertX(scale: Scale, at0: number, at1: number, strip: number, pixel: number): number {
  if (!scale.log) return invert(scale, at0, at1, pixel);
  const { lo, hi } = scale;
  if (pixel < at0 + strip) return Math.min(0, lo);
  return invert(makeScale(firstPositive(lo, hi), hi, at0 + strip, at1, "log"), at0 + strip, at1, pixel);
}

/** Where a log axis begins: its data begin at `lo`, or six decades below its end where they begin at or below zero. */
export const firstPositive = (lo: number, hi: number): number => (lo > 0 ? lo : hi > 1 ? Math.min(1, hi) : hi / 1e6);

/** The smallest decade that holds 1 % of the sizes of the values: symlog's c. */
export function linearPart(sizes: Float64Array): number {
  const positive = sizes.filter((v) => v > 0).sort();
  if (positive.length === 0) return 1;
  const at = quantile(positive, 0.01);
  // The least and the greatest decade that doubles of full precision have.
  return 10 ** Math.min(308, Math.max(-307, Math.ceil(Math.log10(at) - 1e-9)));
}

/**
 * The y range for values between lo and hi: 5 % more on either side, and zero only if it lies within 15 % of the range.
 * A single value gets room around it. On a log axis the margin is in decades.
 */
export function padRange(lo: number, hi: number, mode: YMode, margin = 0.05, c = 1): [number, number] {
  if (!(lo <= hi)) return mode === "log" ? [0.1, 10] : [0, 1];
  const pad = mode === "log" ? padLog : mode === "symlog" ? padSymlog(c) : padLinear;
  const [from, to] = pad(lo, hi, margin);
  // Beyond the greatest double, and below the least positive one, there is no room for a margin.
  return [Math.max(mode === "log" ? Number.MIN_VALUE : -Number.MAX_VALUE, from), Math.min(Number.MAX_VALUE, to)];
}

function padLog(lo: number, hi: number, margin: number): [number, number] {
  const a = Math.log10(lo);
  const b = Math.log10(hi);
  const m = b > a ? (b - a) * margin : 0.5;
  return [10 ** (a - m), 10 ** (b + m)];
}

function padSymlog(c: number): typeof padLinear {
  return (lo, hi, margin) => {
    if (lo === hi) return padLinear(lo, hi, margin);
    const scale = makeScale(lo, hi, 0, 1, "symlog", c);
    const padded: [number, number] = [invert(scale, 0, 1, -margin), invert(scale, 0, 1, 1 + margin)];
    // Of neighbours among the greatest doubles the logarithms are the same.
    return padded[0] < lo && padded[1] > hi ? padded : padLinear(lo, hi, margin);
  };
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
