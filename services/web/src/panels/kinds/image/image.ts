// What a point of an image tag holds, and what is said about its images beside them (libs/python, _values/marks.py).

import { quoteItem, splitList } from "../../../state/list";

export interface LoggedImage {
  blob: string;
  /** In pixels, as logged with the first image of the step; undefined: it was not a number. */
  width: number | undefined;
  height: number | undefined;
}

const sizeOf = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e6 ? value : undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Null: it is not what an image tag promises. */
export function imagesOf(value: unknown): LoggedImage[] | null {
  if (!isObject(value) || !Array.isArray(value.items)) return null;
  const width = sizeOf(value.width);
  const height = sizeOf(value.height);
  const images: LoggedImage[] = [];
  for (const item of value.items as unknown[]) {
    if (!isObject(item) || typeof item.blob !== "string") return null;
    images.push({ blob: item.blob, width, height });
  }
  return images;
}

export interface Box {
  /** x0, y0, x1, y1 in pixels of the image. */
  corners: [number, number, number, number];
  /** "": none. */
  label: string;
  group: string;
}

export interface MaskRef {
  name: string;
  /** Which of the mask's images of this step. */
  index: number;
  /** Names of class numbers. */
  classes: Record<string, string>;
}

/** What is said about one image. */
export interface Said {
  caption: string;
  boxes: Box[];
  masks: MaskRef[];
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
const indexOf = (value: unknown) => (typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : -1);

function boxOf(value: unknown): Box[] {
  if (!isObject(value) || !Array.isArray(value.box) || value.box.length !== 4) return [];
  if (!value.box.every((corner) => typeof corner === "number" && Number.isFinite(corner))) return [];
  const score = typeof value.score === "number" ? value.score.toPrecision(2) : textOf(value.score);
  const label = [textOf(value.label), score].filter(Boolean).join(" ");
  return [{ corners: value.box as Box["corners"], label, group: textOf(value.group) }];
}

function maskOf([name, value]: [string, unknown]): MaskRef[] {
  if (!isObject(value) || indexOf(value.index) < 0) return [];
  const names = isObject(value.classes) ? Object.entries(value.classes) : [];
  const classes = Object.fromEntries(names.map(([number, label]) => [number, textOf(label)]));
  return [{ name, index: indexOf(value.index), classes }];
}

/** By the image's place in its step; of what is not as the format says nothing is taken. */
export function annotationsOf(value: unknown): Map<number, Said> {
  const said = new Map<number, Said>();
  let json: unknown;
  try {
    json = JSON.parse(textOf(Array.isArray(value) ? value[0] : value));
  } catch {
    return said;
  }
  const images = isObject(json) && Array.isArray(json.images) ? (json.images as unknown[]) : [];
  for (const image of images) {
    if (!isObject(image) || indexOf(image.index) < 0) continue;
    said.set(indexOf(image.index), {
      caption: textOf(image.caption),
      boxes: Array.isArray(image.boxes) ? image.boxes.flatMap(boxOf) : [],
      masks: isObject(image.masks) ? Object.entries(image.masks).flatMap(maskOf) : [],
    });
  }
  return said;
}

/** One of a panel's images: which run's, and its place in the step. In the address `01JA9.0`. */
export interface Choice {
  run: string;
  index: number;
}

export const keyOf = ({ run, index }: Choice) => `${run}.${index}`;

export const sameChoice = (a: Choice, b: Choice) => a.run === b.run && a.index === b.index;

export const formatChoices = (choices: readonly Choice[]) =>
  choices.map((choice) => quoteItem(keyOf(choice))).join(",");

export function parseChoices(text: string | undefined): Choice[] {
  return (splitList(text ?? "") ?? []).flatMap(({ item }) => {
    const dot = item.lastIndexOf(".");
    const index = Number(item.slice(dot + 1));
    return dot > 0 && Number.isInteger(index) ? [{ run: item.slice(0, dot), index }] : [];
  });
}

export const BOXES = "boxes";
/** How layers are named in the address: `boxes`, and masks behind a sign, for they can have any name. */
export const maskLayer = (name: string) => `mask ${name}`;
/** The same of a class of a mask that is not shown. */
export const classLayer = (mask: string, number: number) => `class ${number} ${mask}`;

/** A class of a mask that has a name. */
export interface MaskClass {
  mask: string;
  number: number;
  name: string;
}

const MOST_CLASSES = 65_535; // of a mask of 16 bits

/** Those that are said of any of some masks, in the order of their numbers; class 0 is the ground, which is not drawn. */
export function classesOf(masks: Iterable<MaskRef>): MaskClass[] {
  const found = new Map<string, MaskClass>();
  for (const { name: mask, classes } of masks)
    for (const [key, name] of Object.entries(classes)) {
      const number = Number(key);
      if (!Number.isInteger(number) || number < 1 || number > MOST_CLASSES || name === "") continue;
      const layer = classLayer(mask, number);
      if (!found.has(layer)) found.set(layer, { mask, number, name });
    }
  return [...found.values()].sort((a, b) => (a.mask === b.mask ? a.number - b.number : a.mask < b.mask ? -1 : 1));
}
