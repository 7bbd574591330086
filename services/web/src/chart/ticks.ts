// Where ticks stand and what they say, for four axes: values (linear, log), steps (int64, exact), relative and wall time.

export interface Tick {
  at: number;
  label: string;
}

/** The smallest of 1, 2, 2.5, 5 × 10^k that is at least `raw`. */
export function niceStep(raw: number, integer = false): number {
  if (!(raw > 0) || !Number.isFinite(raw)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  for (const m of integer ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]) {
    if (m * power >= raw * (1 - 1e-9)) return integer ? Math.max(1, Math.round(m * power)) : m * power;
  }
  return power * 10;
}

function multiples(lo: number, hi: number, step: number): number[] {
  const out: number[] = [];
  let last = Number.NaN;
  for (let k = Math.ceil(lo / step - 1e-9); out.length < 100; k++) {
    const at = k * step;
    // Where a step is below the spacing of doubles, or a multiple beyond the largest, there is no next tick.
    if (!(at - hi <= step * 1e-9) || at === last || !Number.isFinite(at)) break;
    out.push(at);
    last = at;
  }
  return out;
}

export function valueTicks(lo: number, hi: number, pixels: number): Tick[] {
  const most = Math.max(2, Math.floor(pixels / 36));
  const step = niceStep(hi / most - lo / most);
  const digits = decimals(step);
  const ticks = multiples(lo, hi, step).map((at) => ({ at, label: axisNumber(at, step, digits) }));
  // Neighbours that 16 digits cannot tell apart are one.
  return ticks.filter((tick, i) => i === 0 || tick.label !== ticks[i - 1].label);
}

/** How many decimals say the step exactly: 0.25 needs two. */
function decimals(step: number): number {
  for (let d = 0; d < 12; d++) {
    const scaled = step * 10 ** d;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return d;
  }
  return 12;
}

function axisNumber(value: number, step: number, digits: number): string {
  if (Math.abs(value) < step * 1e-6) return "0";
  const size = Math.abs(value);
  if (size >= 1e9 || step < 1e-4) return trimExponent(value.toExponential(significant(value, step)));
  if (size >= 1e6 && step >= 1e5) return `${trimZeros((value / 1e6).toFixed(2))}M`;
  if (step >= 1000 || (size >= 1e4 && step >= 100))
    return `${trimZeros((value / 1000).toFixed(Math.max(0, digits + 3)))}k`;
  return value.toFixed(Math.min(digits, 12));
}

/** Decimals of the mantissa that tell multiples of the step apart; a step of 2.5 × 10^k has a digit more. */
function significant(value: number, step: number): number {
  const power = Math.floor(Math.log10(step) + 1e-9);
  const last = Math.abs(step / 10 ** power - 2.5) < 1e-6 ? power - 1 : power;
  return Math.min(15, Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) - last));
}
const trimZeros = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const trimExponent = (text: string) => text.replace(/\.?0*e/, "e").replace("e+", "e");

/** Powers of ten; with less than two of them in range, 2 and 5 as well; with very many, every n-th. */
export function logTicks(lo: number, hi: number, pixels: number): Tick[] {
  // 10^-323 and 10^308 are the first and last powers that a double has.
  const from = Math.max(-323, Math.ceil(Math.log10(lo) - 1e-9));
  const to = Math.min(308, Math.floor(Math.log10(hi) + 1e-9));
  const room = Math.max(2, Math.floor(pixels / 22));
  const every = Math.max(1, Math.ceil((to - from + 1) / room));
  const out: Tick[] = [];
  for (let e = from; e <= to; e += every) out.push({ at: 10 ** e, label: logNumber(10 ** e) });
  if (out.length >= 2) return out;
  for (let e = from - 1; e <= to; e++) {
    for (const m of [2, 5]) {
      const at = m * 10 ** e;
      if (at >= lo && at <= hi) out.push({ at, label: logNumber(at) });
    }
  }
  if (out.length < 2) return valueTicks(lo, hi, pixels);
  return out.sort((a, b) => a.at - b.at);
}

function logNumber(value: number): string {
  if (value >= 1e-3 && value < 1e4) return String(Number(value.toPrecision(6)));
  return trimExponent(value.toExponential(1));
}

/** Zero, and powers of ten from c on to either side, every n-th where there is no room for all. */
export function symlogTicks(lo: number, hi: number, c: number, pixels: number): Tick[] {
  const room = Math.max(3, Math.floor(pixels / 22));
  const first = Math.ceil(Math.log10(c) - 1e-9);
  const decades = (end: number) => (end > c ? Math.floor(Math.log10(end) + 1e-9) - first + 1 : 0);
  const every = Math.max(1, Math.ceil((decades(hi) + decades(-lo)) / (room - 1)));
  const out: Tick[] = lo <= 0 && hi >= 0 ? [{ at: 0, label: "0" }] : [];
  for (let k = 0; k < Math.max(decades(hi), decades(-lo)); k += every) {
    const at = 10 ** (first + k);
    if (at >= lo && at <= hi) out.push({ at, label: logNumber(at) });
    if (-at >= lo && -at <= hi) out.push({ at: -at, label: `−${logNumber(at)}` });
  }
  return out.length < 2 ? valueTicks(lo, hi, pixels) : out.sort((a, b) => a.at - b.at);
}

/** Ticks of numbers on a horizontal axis. */
export const numberTicks = (lo: number, hi: number, pixels: number): Tick[] => valueTicks(lo, hi, pixels / 1.8);

/**
 * Ticks at whole steps. x is `step − base` (base keeps steps beyond 2^53 exact); labels are shortened to k and M only where
 * that says the whole number.
 */
export function stepTicks(lo: number, hi: number, base: bigint, pixels: number): Tick[] {
  const perPixel = (hi - lo) / Math.max(1, pixels);
  let step = niceStep(perPixel * MIN_SPACING, true);
  // The densest ticks whose labels fit beside each other.
  for (;;) {
    const ticks = stepTicksEvery(lo, hi, base, BigInt(step));
    const widest = Math.max(0, ...ticks.map((tick) => tick.label.length));
    if (ticks.length <= 2 || widest * CHARACTER + LABEL_GAP <= step / perPixel) return ticks;
    step = niceStep(step * 1.5, true);
  }
}

// CSS pixels: of ticks, of a digit at the axis' size, and between two labels.
const MIN_SPACING = 36;
const CHARACTER = 6.2;
const LABEL_GAP = 14;

function stepTicksEvery(lo: number, hi: number, base: bigint, step: bigint): Tick[] {
  // Multiples of the step in absolute numbers, not in offsets from the base.
  const start = base + BigInt(Math.ceil(lo));
  let at = start - (((start % step) + step) % step);
  if (at < start) at += step;
  const out: Tick[] = [];
  for (; Number(at - base) <= hi && out.length < 100; at += step)
    out.push({ at: Number(at - base), label: shortStep(at) });
  return out;
}

function shortStep(step: bigint): string {
  for (const [unit, name] of [
    [1_000_000_000n, "G"],
    [1_000_000n, "M"],
    [1_000n, "k"],
  ] as const) {
    const size = step < 0n ? -step : step;
    // Up to two decimals, and only if they say the number exactly.
    if (size >= unit && size < unit * 1000n && step % (unit / 100n) === 0n)
      return `${trimZeros((Number(step / (unit / 100n)) / 100).toFixed(2))}${name}`;
  }
  return groupDigits(step.toString());
}

export const groupDigits = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

const TIME_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000,
];

function timeStep(seconds: number): number {
  if (seconds < TIME_STEPS[0]) return niceStep(seconds);
  return TIME_STEPS.find((s) => s >= seconds) ?? niceStep(seconds / 31536000) * 31536000;
}

export function relativeTicks(lo: number, hi: number, pixels: number): Tick[] {
  const step = timeStep((hi - lo) / Math.max(1, Math.floor(pixels / 58)));
  return multiples(lo, hi, step).map((at) => ({ at, label: relativeLabel(at, step) }));
}

function relativeLabel(seconds: number, step: number): string {
  if (Math.abs(seconds) < step * 1e-6) return "0";
  if (step >= 86400) return `${trimZeros((seconds / 86400).toFixed(1))} d`;
  if (step >= 3600) return `${trimZeros((seconds / 3600).toFixed(1))} h`;
  if (step >= 60) {
    const minutes = Math.round(seconds / 60);
    return Math.abs(minutes) < 60
      ? `${minutes} m`
      : `${Math.trunc(minutes / 60)} h${minutes % 60 ? ` ${Math.abs(minutes % 60)} m` : ""}`;
  }
  return `${trimZeros(seconds.toFixed(Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))))} s`;
}

/** Wall time in the viewer's zone. `offsetMinutes` is that of the zone at the range (a test passes its own). */
export function wallTicks(
  lo: number,
  hi: number,
  pixels: number,
  offsetMinutes = -new Date(lo * 1000).getTimezoneOffset(),
): Tick[] {
  const step = timeStep((hi - lo) / Math.max(1, Math.floor(pixels / 72)));
  const shift = offsetMinutes * 60;
  return multiples(lo + shift, hi + shift, step).map((local) => ({ at: local - shift, label: wallLabel(local, step) }));
}

function wallLabel(localSeconds: number, step: number): string {
  const d = new Date(Math.round(localSeconds * 1000));
  if (Number.isNaN(d.getTime())) return "";
  const two = (n: number) => String(n).padStart(2, "0");
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][d.getUTCMonth()];
  if (step >= 2592000) return `${month} ${d.getUTCFullYear()}`;
  if (step >= 86400) return `${d.getUTCDate()} ${month}`;
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
  if (step >= 60) return clock === "00:00" ? `${d.getUTCDate()} ${month}` : clock;
  const seconds = d.getUTCSeconds() + d.getUTCMilliseconds() / 1000;
  return `${clock}:${step >= 1 ? two(Math.round(seconds)) : seconds.toFixed(3).padStart(6, "0")}`;
}
