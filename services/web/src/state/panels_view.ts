// The panels' part of the view: which, in which order, and how they lie.

import { quoteItem, splitList } from "./list";
import { assign, type Pairs, parsePlainList, unique } from "./part";

export interface PanelsView {
  /** Which tags: words, a glob or `/regex/` (state/match.ts). */
  t: string;
  /** Sections that are closed. */
  closed: string[];
  pin: string[];
}

export const defaultPanels = (): PanelsView => ({ t: "", closed: [], pin: [] });

export const PANELS_KEYS = ["t", "sec", "pin"] as const;

export function readPanels(view: PanelsView, key: (typeof PANELS_KEYS)[number], value: string): boolean {
  switch (key) {
    case "t":
      view.t = value;
      return true;
    case "sec":
      return assign(parseClosed(value), (closed) => {
        view.closed = closed;
      });
    case "pin":
      return assign(parsePlainList(value), (pin) => {
        view.pin = pin;
      });
  }
}

export function formatPanels(view: PanelsView): Pairs<(typeof PANELS_KEYS)[number]> {
  return {
    t: view.t,
    sec: view.closed.map((name) => `-${quoteItem(name)}`).join(","),
    pin: view.pin.map((tag) => quoteItem(tag)).join(","),
  };
}

function parseClosed(text: string): string[] | null {
  const items = splitList(text);
  if (items === null || items.length === 0 || items.some((i) => i.prefix !== "-")) return null;
  return unique(items.map((i) => i.item));
}
