// How a panel shows its images: what its part of the address says, read and changed.

import type { PanelShared } from "../../../experiment/context";
import { quoteItem, splitList } from "../../../state/list";
import { setOverride } from "../../edit";
import { setKind } from "../own";
import { type Choice, formatChoices, parseChoices } from "./image";

export const COMPARE = ["side", "flicker", "wipe", "diff"] as const;
export type Compare = (typeof COMPARE)[number];

export interface ImageLook {
  /** Percent. */
  brightness: number;
  contrast: number;
  /** A pixel of the image is a pixel of the page. */
  actual: boolean;
  /** Of a step's images, the first that is shown. */
  first: number;
  off: ReadonlySet<string>;
  see: Choice[];
  compare: Compare;
  /** What the address says; null: nothing. */
  zoom: string | null;
  wipe: string | null;
}

export function lookOf(shared: Pick<PanelShared, "panelSet">, id: string): ImageLook {
  const set = new Map(shared.panelSet(id));
  const as = set.get("as");
  return {
    brightness: Number(set.get("br") ?? 100),
    contrast: Number(set.get("ct") ?? 100),
    actual: set.get("size") === "actual",
    first: Number(set.get("i") ?? 0),
    off: new Set((splitList(set.get("off") ?? "") ?? []).map(({ item }) => item)),
    see: parseChoices(set.get("see")).slice(0, 2),
    compare: COMPARE.find((way) => way === as) ?? "side",
    zoom: set.get("zoom") ?? null,
    wipe: set.get("wipe") ?? null,
  };
}

/** As CSS has it; undefined: as they are. */
export const filterOf = ({ brightness, contrast }: ImageLook): string | undefined =>
  brightness === 100 && contrast === 100 ? undefined : `brightness(${brightness}%) contrast(${contrast}%)`;

export function toggleLayer(shared: PanelShared, id: string, look: ImageLook, layer: string): void {
  const off = new Set(look.off);
  if (!off.delete(layer)) off.add(layer);
  setKind(shared, id, "off", off.size === 0 ? null : [...off].map((name) => quoteItem(name)).join(","));
}

/** Shows one image large, or two beside each other; the panel fills the page for that. */
export function see(shared: PanelShared, id: string, choices: readonly Choice[]): void {
  shared.edit((view) => {
    const panels = setOverride(view.panels, id, "see", choices.length === 0 ? null : formatChoices(choices));
    if (choices.length > 0) return { full: id, panels };
    return { panels: setOverride(setOverride(panels, id, "zoom", null), id, "wipe", null) };
  });
}
