// Numbers and times as people read them. Full precision is for copying: `exact`.

import { groupDigits } from "./ticks";

/** Four to five significant digits; NaN and infinities in words. */
export function shortValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace("e+", "e");
  if (size >= 1000)
    return (
      groupDigits(value.toFixed(Number.isInteger(value) ? 0 : 1).split(".")[0]) +
      (Number.isInteger(value) ? "" : `.${value.toFixed(1).split(".")[1]}`)
    );
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** The shortest decimal that reads back as the same float64. */
export function exactValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Object.is(value, -0)) return "-0.0";
  return String(value);
}

export const fullStep = (step: bigint) => groupDigits(step.toString());

export function duration(seconds: number): string {
  const s = Math.abs(seconds);
  const sign = seconds < 0 ? "−" : "";
  if (s < 10) return `${sign}${s.toFixed(s < 1 ? 2 : 1)} s`;
  if (s < 60) return `${sign}${Math.round(s)} s`;
  if (s < 3600) return `${sign}${Math.floor(s / 60)} m ${Math.floor(s % 60)} s`;
  if (s < 86400) return `${sign}${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
  return `${sign}${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export function clockTime(wall: number): string {
  const d = new Date(wall * 1000);
  if (!Number.isFinite(wall) || Number.isNaN(d.getTime())) return exactValue(wall);
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(d);
}

/** "14:06" of this day, else with the date. */
export function timeOfDay(wall: number, now: number): string {
  const d = new Date(wall * 1000);
  if (d.toDateString() !== new Date(now).toDateString()) return clockTime(wall);
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(d);
}

/** "3 min ago", with the absolute time for the title. */
export function ago(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return "";
  const s = Math.max(0, (now - then) / 1000);
  if (s < 60) return "just now";
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  if (s < 86400 * 30) return `${Math.floor(s / 86400)} d ago`;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }).format(then);
}
