// What only a panel of images, clips, texts or histograms has for itself, beside its size: keys of its `p.{panel}` in the address,
// each with what it can be.

const percent = (text: string) => /^(?:0|[1-9]\d?|[1-3]\d\d|400)$/.test(text);

export const KIND_KEYS = {
  /** The form that it is shown in, of those that its kind has. */
  as: (text: string) => /^[a-z]{1,16}$/.test(text),
  /** The run, of several, that is shown. */
  run: (text: string) => text !== "",
  /** Bins of equal width instead of those that were logged. */
  bins: (text: string) => text === "equal",
  /** Its scale stays the same over all steps. */
  fix: (text: string) => text === "on",
  /** Brightness and contrast of images, in percent. */
  br: percent,
  ct: percent,
} as const satisfies Record<string, (text: string) => boolean>;

export type KindKey = keyof typeof KIND_KEYS;
