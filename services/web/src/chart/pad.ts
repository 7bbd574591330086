/** CSS pixels around the plot, for the axes and what stands beside them. */
export interface Pad {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export const PAD: Pad = { top: 8, right: 10, bottom: 20, left: 46 };

/** For the names at the ends of lines. */
const NAMES = 176;

/** With an axis at the right, and with the names of lines, as well. */
export function padOf(right: boolean, names: boolean): Pad {
  if (!right && !names) return PAD;
  return { ...PAD, right: (right ? PAD.left : PAD.right) + (names ? NAMES : 0) };
}
