// What was just done, and how to take it back: a line at the foot for 30 seconds instead of "are you sure".

import { useSyncExternalStore } from "react";
import { text } from "../text";

export interface Done {
  id: number;
  text: string;
  undo: (() => Promise<void>) | null;
  bad: boolean;
}

export const UNDO_MS = 30_000;

let current: Done | null = null;
let count = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function show(next: Done | null): void {
  clearTimeout(timer);
  current = next;
  if (next !== null) timer = setTimeout(() => show(null), UNDO_MS);
  for (const listener of listeners) listener();
}

/** Something happened; `undo` takes it back. */
export function done(text: string, undo: (() => Promise<void>) | null = null): void {
  show({ id: ++count, text, undo, bad: false });
}

/** Something did not happen. */
export function failed(text: string): void {
  show({ id: ++count, text, undo: null, bad: true });
}

export const dismiss = () => show(null);

/** False if there is nothing to take back. */
export function takeBack(): boolean {
  const undo = current?.undo ?? null;
  if (undo === null) return false;
  dismiss();
  undo().then(
    () => {
      done(text.undone);
      for (const listener of back) listener();
    },
    (error: unknown) => failed(text.notUndone(error instanceof Error ? error.message : String(error))),
  );
  return true;
}

const back = new Set<() => void>();

/** `listener` is called whenever something was taken back, which may have been done on another page. */
export function onTakenBack(listener: () => void): () => void {
  back.add(listener);
  return () => back.delete(listener);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useDone = () => useSyncExternalStore(subscribe, () => current);
