// Panels by keyboard: one of them is in the order of Tab (roving), the arrow keys go to the others, and only its acts can be
// reached by Tab. What leaves full screen gives the focus back.

import { type RefObject, useEffect, useSyncExternalStore } from "react";

const panels = new Map<string, HTMLElement>();
const listeners = new Set<() => void>();
let current: string | null = null;
let wanted: string | null = null;

/** The first panel of the page, until panels come or go: to look costs a comparison with each. */
let first: string | null | undefined;

const changed = () => {
  first = undefined;
  for (const listener of listeners) listener();
};

/** The panel that Tab goes to: the one that had the focus last, else the first of the page. */
function tabbable(): string | null {
  if (current !== null && panels.has(current)) return current;
  if (first === undefined) first = topmost();
  return first;
}

function topmost(): string | null {
  let top: { id: string; el: HTMLElement } | null = null;
  for (const [id, el] of panels)
    if (top === null || el.compareDocumentPosition(top.el) & Node.DOCUMENT_POSITION_FOLLOWING) top = { id, el };
  return top?.id ?? null;
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the panel is the one in the order of Tab. `id` null: it is none of the page's. */
export function useRoving(id: string | null, card: RefObject<HTMLElement | null>): boolean {
  useEffect(() => {
    const el = card.current;
    if (el === null || id === null) return;
    panels.set(id, el);
    const take = () => {
      wanted = null;
      if (current === id) return;
      current = id;
      changed();
    };
    el.addEventListener("focusin", take);
    if (wanted === id) el.focus();
    else changed();
    return () => {
      el.removeEventListener("focusin", take);
      if (panels.get(id) === el) panels.delete(id);
      changed();
    };
  }, [id, card]);
  const on = useSyncExternalStore(subscribe, () => id !== null && tabbable() === id);
  // The acts are of several components, some of them loaded late.
  useEffect(() => {
    for (const button of card.current?.querySelectorAll<HTMLElement>("header button") ?? [])
      button.tabIndex = on ? 0 : -1;
  });
  return on;
}

/** Whether Tab goes to what stands in this panel. */
export const useTabbable = (id: string): boolean => useSyncExternalStore(subscribe, () => tabbable() === id);

/** The focus goes to this panel, as soon as it is there. */
export function focusPanel(id: string): void {
  wanted = id;
  const el = panels.get(id);
  if (el?.isConnected) el.focus();
}

type Way = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** Moves the focus from the panel that has it to the next one that way. False: none has it, or there is no further one. */
export function movePanelFocus(key: string): boolean {
  const from = document.activeElement;
  if (!(from instanceof HTMLElement) || from.dataset.cell === undefined) return false;
  const all = [...document.querySelectorAll<HTMLElement>("[data-cell]")];
  const next = nextPanel(all, from, key as Way);
  if (next === null) return false;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function nextPanel(all: HTMLElement[], from: HTMLElement, way: Way): HTMLElement | null {
  const at = all.indexOf(from);
  if (way === "ArrowLeft" || way === "ArrowRight") return all[at + (way === "ArrowRight" ? 1 : -1)] ?? null;
  if (way !== "ArrowUp" && way !== "ArrowDown") return null;
  // The nearest row that way, and there the one that stands most over or under it.
  const box = from.getBoundingClientRect();
  const middle = box.left + box.width / 2;
  let best: { el: HTMLElement; far: number } | null = null;
  for (const el of all) {
    const other = el.getBoundingClientRect();
    const down = way === "ArrowDown" ? other.top - box.bottom : box.top - other.bottom;
    if (down < -1) continue;
    const far = down * 1000 + Math.abs(other.left + other.width / 2 - middle);
    if (best === null || far < best.far) best = { el, far };
  }
  return best?.el ?? null;
}
