// Which color stands for which value: from the least to the greatest, or, where signs differ, as far from zero on both sides.

import type { Rgb } from "../../../chart/raster";
import type { Summary } from "../../../components/files/elements";

export interface Scale {
  low: number;
  high: number;
  /** Zero is its middle. */
  signed: boolean;
}

/** Null: no value is finite. */
export function scaleOf({ min, max }: Pick<Summary, "min" | "max">): Scale | null {
  if (Number.isNaN(min)) return null;
  if (min >= 0 || max <= 0) return { low: min, high: max, signed: false };
  const most = Math.max(-min, max);
  return { low: -most, high: most, signed: true };
}

/** From 0 to 1; NaN: the value is not finite, and has no place. */
export function placeOn({ low, high }: Scale, value: number): number {
  if (!Number.isFinite(value)) return Number.NaN;
  // Halves, so that the distance of the largest numbers is finite.
  const span = high / 2 - low / 2;
  return span > 0 ? Math.min(1, Math.max(0, (value / 2 - low / 2) / span)) : 0.5;
}

/** Relative luminance (WCAG 2.2). */
function luminance([r, g, b]: Rgb): number {
  const linear = (part: number) => (part <= 10 ? part / 3294 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** The place of the ink that is read best on a ground. */
export function inkOn(ground: Rgb, inks: readonly Rgb[]): number {
  const contrasts = inks.map((ink) => {
    const [dark, light] = [luminance(ground), luminance(ink)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  });
  return contrasts.indexOf(Math.max(...contrasts));
}
