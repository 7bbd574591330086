// How one axis of parallel coordinates stands, as the address has it: words joined by commas.
//
//   a1:log,0.0001..0.001,0.01..0.03   logarithmic, with two brushes
//   a2:flip,=adam,"=a, b"             upside down; brushed are these two values

import { quoteItem, splitList } from "./list";

export const AXIS_SCALES = ["lin", "log", "cat"] as const;
export type AxisScale = (typeof AXIS_SCALES)[number];

/** From and to, both included; or one value of a category, as text. */
export type Brush = readonly [from: number, to: number] | string;

export interface AxisView {
  /** Null: categories where a value is text, else linear. */
  scale: AxisScale | null;
  flip: boolean;
  brushes: Brush[];
}

export const plainAxis = (): AxisView => ({ scale: null, flip: false, brushes: [] });

const brushText = (brush: Brush) => (typeof brush === "string" ? `=${brush}` : `${brush[0]}..${brush[1]}`);

/** "": nothing differs from a plain axis. */
export function formatAxis({ scale, flip, brushes }: AxisView): string {
  const words = [...(scale === null ? [] : [scale]), ...(flip ? ["flip"] : []), ...brushes.map(brushText)];
  return words.map((word) => quoteItem(word)).join(",");
}

export function parseAxis(text: string): AxisView | null {
  const items = splitList(text);
  if (items === null || items.length === 0) return null;
  const axis = plainAxis();
  for (const { prefix, item } of items) {
    const word = prefix + item;
    if ((AXIS_SCALES as readonly string[]).includes(word)) axis.scale = word as AxisScale;
    else if (word === "flip") axis.flip = true;
    else {
      const brush = word.startsWith("=") ? word.slice(1) : rangeOf(word);
      if (brush === null) return null;
      axis.brushes.push(brush);
    }
  }
  return axis;
}

function rangeOf(word: string): Brush | null {
  const sides = word.split("..");
  if (sides.length !== 2 || sides.some((side) => side === "")) return null;
  const [from, to] = sides.map(Number);
  return Number.isFinite(from) && Number.isFinite(to) && from <= to ? [from, to] : null;
}
