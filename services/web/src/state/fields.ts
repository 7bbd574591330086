// Several values in one query parameter: `key:value` joined by `;`. A value with a `;`, or one that begins with a quote, is
// written in double quotes, with \" and \\ for those two. A bare value may have any other character.

import type { Pair } from "./query";

const KEY = /^[a-z][a-z0-9]*$/;

export function formatFields(fields: readonly Pair[]): string {
  return fields.map(([key, value]) => `${key}:${quoteValue(value)}`).join(";");
}

const quoteValue = (value: string) =>
  value.includes(";") || value.startsWith('"') ? `"${value.replace(/[\\"]/g, "\\$&")}"` : value;

/** null: a key is missing or stands twice, a quote does not end, or text stands behind one. */
export function parseFields(text: string): Pair[] | null {
  const out: Pair[] = [];
  const seen = new Set<string>();
  let at = 0;
  while (at < text.length) {
    const colon = text.indexOf(":", at);
    const key = colon < 0 ? "" : text.slice(at, colon);
    if (!KEY.test(key) || seen.has(key)) return null;
    seen.add(key);
    const part = valueAt(text, colon + 1);
    if (part === null) return null;
    out.push([key, part.value]);
    at = part.end + 1;
    if (at === text.length) return null; // a `;` with nothing behind it
  }
  return out;
}

function valueAt(text: string, start: number): { value: string; end: number } | null {
  if (text[start] !== '"') {
    const semicolon = text.indexOf(";", start);
    const end = semicolon < 0 ? text.length : semicolon;
    return { value: text.slice(start, end), end };
  }
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') {
      if (i + 1 < text.length && text[i + 1] !== ";") return null;
      return { value: text.slice(start + 1, i).replace(/\\(.)/gs, "$1"), end: i + 1 };
    }
  }
  return null;
}
