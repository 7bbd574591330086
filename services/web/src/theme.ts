// Light or dark: the system's preference until the person chooses, then the choice (this browser only). public/theme.js
// sets it before the first paint; keep the two in step.

import { useSyncExternalStore } from "react";

export type ThemeName = "light" | "dark";
const KEY = "stepwell.theme";
const listeners = new Set<() => void>();

const read = (): ThemeName => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function apply(name: ThemeName): void {
  document.documentElement.dataset.theme = name;
  for (const listener of listeners) listener();
}

export function toggleTheme(): void {
  const next = read() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  apply(next);
}

export function followSystemTheme(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    if (stored() === null) apply(event.matches ? "dark" : "light");
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useTheme = () => useSyncExternalStore(subscribe, read);
