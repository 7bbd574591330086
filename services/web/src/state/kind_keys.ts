// What only a panel of a kind of tags has for itself, beside its size: keys of its `p.{panel}` in the address,
// each with what it can be.

import { splitList } from "./list";

const percent = (text: string) => /^(?:0|[1-9]\d?|[1-3]\d\d|400)$/.test(text);

function isList(text: string): boolean {
  const items = splitList(text);
  return items !== null && items.length > 0 && items.every(({ prefix }) => prefix === "");
}

export const KIND_KEYS = {
  /** The form that it is shown in, of those that its kind has. */
  as: (text: string) => /^[a-z]{1,16}$/.test(text),
  /** The run, of several, that is shown. */
  run: (text: string) => text !== "",
  /** Bins of equal width instead of those that were logged. */
  bins: (text: string) => text === "equal",
  /** The axis on which histograms that stand behind each other are as far apart as they are shown. */
  by: (text: string) => text === "step" || text === "rel" || text === "wall",
  /** The threshold that PR curves are looked at, from 0 to 1. */
  th: (text: string) => /^(?:0|1|0\.\d{1,6})$/.test(text),
  /** What of it over the steps. */
  of: (text: string) => text === "recall" || text === "f1",
  /** Its scale stays the same over all steps. */
  fix: (text: string) => text === "on",
  /** Brightness and contrast of images, in percent. */
  br: percent,
  ct: percent,
  /** Images a pixel for a pixel. */
  size: (text: string) => text === "actual",
  /** The first that is shown of a step's images, or of a tensor's rows. */
  i: (text: string) => /^[1-9]\d{0,14}$/.test(text),
  /** Where in the dimensions of a tensor before the last two. */
  dims: (text: string) => /^\d{1,15}(?:\.\d{1,15}){0,254}$/.test(text),
  /** Layers that are not shown. */
  off: isList,
  /** In full screen: the image that is shown large, and the one that it is compared with. */
  see: isList,
  /** Of what is shown large: how much larger, and the place in the middle; and how far the first reaches over the second. */
  zoom: (text: string) => /^\d{1,5}(?:\.\d{1,3})?(?:,[01](?:\.\d{1,5})?){2}$/.test(text),
  wipe: (text: string) => /^(?:\d{1,2}|100)$/.test(text),
} as const satisfies Record<string, (text: string) => boolean>;

export type KindKey = keyof typeof KIND_KEYS;
