// How panels of kinds say places, "61,500 (+500)", and what is missing.

import type { LoggedSteps, ValueItem, ValuePoint } from "../../api/values";
import { clockTime, duration, fullStep } from "../../chart/format";
import { text } from "../../text";
import type { Stop } from "./rail";
import type { Place } from "./useValues";

export function stopText(stop: Stop, x: Place["x"]): string {
  if (typeof stop === "bigint") return fullStep(stop);
  return x === "wall" ? clockTime(stop) : duration(stop);
}

/** The step of a point, and by how much it differs from the pin, on the axis of the pin. */
export function pointText({ step, wall }: ValuePoint, { x, at }: Place, steps: LoggedSteps | undefined): string {
  const shown = fullStep(step);
  if (at === null) return shown;
  if (typeof at === "bigint") return step === at ? shown : text.kinds.differs(shown, signed(step - at));
  const first = steps?.wall[0];
  if (x === "relative" && first === undefined) return shown;
  const seconds = (x === "relative" ? wall - (first ?? 0) : wall) - at;
  return Math.abs(seconds) < 0.01 || !Number.isFinite(seconds)
    ? shown
    : text.kinds.differs(shown, `${seconds > 0 ? "+" : ""}${duration(seconds)}`);
}

const signed = (steps: bigint) => (steps > 0n ? `+${fullStep(steps)}` : `−${fullStep(-steps)}`);

/** Runs whose values could not be had, where those of others are shown. */
export function failures(items: readonly ValueItem[]): string[] {
  const count = items.filter(({ problem }) => problem !== null).length;
  return count > 0 ? [text.kinds.failedRuns(count)] : [];
}
