// Dashes of lines whose runs share a colour, in CSS pixels: 12 colours × 4 = 48 looks.

export const DASHES: readonly (readonly number[])[] = [[], [5, 3], [1.5, 2.5], [7, 2.5, 1.5, 2.5]];
