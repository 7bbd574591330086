/** CSS pixels around the plot, for the axes. */
export const PAD = { top: 8, right: 10, bottom: 20, left: 46 } as const;
