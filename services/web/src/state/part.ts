// What the parts of the view share: each has its keys, their defaults, a reader and a writer (view.ts puts them together).

import { splitList } from "./list";

/** A part as it stands in the address: each of its keys; a value that equals the default's is left out. */
export type Pairs<K extends string> = Record<K, string>;

/** False if there is no value, else sets it. */
export function assign<T>(value: T | null, set: (value: T) => void): boolean {
  if (value === null) return false;
  set(value);
  return true;
}

export const unique = <T>(items: T[]) => [...new Set(items)];

export function parsePlainList(text: string): string[] | null {
  const items = splitList(text);
  if (items === null || items.length === 0 || items.some((i) => i.prefix !== "")) return null;
  return unique(items.map((i) => i.item));
}
