// Whether the first picture is there. What it does not need waits until then: acts that show under the pointer, sparklines,
// rows and panels beyond the window, programs that are fetched unasked.

import { useSyncExternalStore } from "react";

const AT_LATEST = 2_000; // ms; a page may have no chart
const AFTER = 200; // ms from the first picture, so that its neighbours come before the rest

let settled = false;
let begun = false;
let latest: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function settle(): void {
  clearTimeout(latest);
  if (settled) return;
  settled = true;
  for (const listener of listeners) listener();
}

/** A picture is there. */
export function pictured(): void {
  if (begun) return;
  begun = true;
  setTimeout(settle, AFTER);
}

/** Calls it once the page is settled; gives what takes that back. */
export function onSettled(listener: () => void): () => void {
  if (!settled) latest ??= setTimeout(settle, AT_LATEST);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSettled = (): boolean => useSyncExternalStore(onSettled, () => settled);
