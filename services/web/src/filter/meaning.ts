// What the text in the filter means. A text in the filter language is sent as it is; anything else is a search in names: words
// that all have to occur, `/regex/`, or a glob, all without regard to case.

import { type Column, filterKey, quoted, RUN_KEYS } from "../state/columns";
import { lex } from "./lex";

export interface Meaning {
  /** In the filter language; "": all runs. */
  filter: string;
  kind: "all" | "language" | "words" | "regex" | "glob";
}

const RUN = new Set<string>(RUN_KEYS);

/** Does it begin like a condition: a key, and then an operator or nothing more? */
function isLanguage(text: string): boolean {
  const tokens = lex(text);
  let i = 0;
  while (i < tokens.length && (tokens[i].text === "not" || tokens[i].text === "(")) i++;
  const key = tokens[i];
  if (key === undefined || key.kind !== "key") return i > 0 && i < tokens.length;
  const next = tokens[i + 1];
  if (/^(?:params|labels|metrics|m)\./.test(key.text)) return true;
  if (next === undefined) return false;
  // A word before an operator is meant as a key, known or not: the server then says which there are.
  return next.kind === "op" && (RUN.has(key.text) || !/^(?:in|contains)$/.test(next.text));
}

const escapeRegex = (text: string) => text.replace(/[.+^${}()|[\]\\*?]/g, "\\$&");

export const nameMatches = (regex: string) => `name ~ ${quoted(`(?i)${regex}`)}`;

export function meaningOf(text: string): Meaning {
  const trimmed = text.trim();
  if (trimmed === "") return { filter: "", kind: "all" };
  const regex = /^\/(.+)\/$/s.exec(trimmed);
  if (regex !== null) return { filter: nameMatches(regex[1]), kind: "regex" };
  if (isLanguage(trimmed)) return { filter: longKeys(trimmed), kind: "language" };
  if (/[*?]/.test(trimmed)) {
    const body = escapeRegex(trimmed).replace(/\\\*/g, ".*").replace(/\\\?/g, ".");
    return { filter: nameMatches(`^${body}$`), kind: "glob" };
  }
  const words = trimmed.split(/\s+/).map((word) => nameMatches(escapeRegex(word)));
  return { filter: words.join(" and "), kind: "words" };
}

/** `m.` is short for `metrics.`, as it is in addresses. */
function longKeys(text: string): string {
  let out = "";
  let at = 0;
  for (const token of shortKeys(text)) {
    out += `${text.slice(at, token.from)}${LONG}`;
    at = token.from + SHORT.length;
  }
  return out + text.slice(at);
}

const SHORT = "m.";
const LONG = "metrics.";
const shortKeys = (text: string) => lex(text).filter((t) => t.kind === "key" && t.text.startsWith(SHORT));

export interface Part {
  /** In UTF-16 units of the text that was typed. */
  from: number;
  to: number;
}

/** What is wrong with the filter that was sent (bytes, from 1) in the text that was typed: all of it if it was typed otherwise. */
export function wrongPart(text: string, position: number, length: number): Part {
  if (meaningOf(text).kind !== "language") return { from: 0, to: text.length };
  const from = placeOf(text, position);
  const to = Math.max(from + 1, placeOf(text, position + length));
  // Half of a letter or of an emoji cannot be underlined.
  const characters = new Intl.Segmenter().segment(text);
  const last = characters.containing(Math.min(to, text.length) - 1);
  return {
    from: characters.containing(from)?.index ?? from,
    to: last === undefined ? to : Math.max(to, last.index + last.segment.length),
  };
}

/** Where a byte (from 1) of the filter that was sent stands in the text that was typed, in UTF-16 units from 0. */
export function placeOf(text: string, position: number): number {
  const trimmed = text.trim();
  const sent = new TextEncoder().encode(longKeys(trimmed)).slice(0, Math.max(0, position - 1));
  let place = new TextDecoder().decode(sent).length;
  const longer = LONG.length - SHORT.length;
  // What stands behind a short key was sent so much further right.
  for (const token of shortKeys(trimmed)) if (place > token.from) place = Math.max(token.from, place - longer);
  return text.length - text.trimStart().length + place;
}

/** Both conditions, each in parentheses where it has to be. */
export function both(a: string, b: string): string {
  if (a === "" || b === "") return a + b;
  return `${wrap(a)} and ${wrap(b)}`;
}

// Only "or" binds looser than "and".
const wrap = (filter: string) =>
  lex(filter).some((t) => t.text === "or" && t.kind === "word") ? `(${filter})` : filter;

export type FilterValue = string | number | boolean | null;

export function literal(value: FilterValue): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }
  return String(value);
}

/** The text of a filter and another condition that has to hold too. */
export function narrowed(text: string, filter: string): string {
  const own = meaningOf(text);
  return both(own.kind === "language" ? text.trim() : own.filter, filter);
}

/** What Alt and a click on a cell add to the filter's text. */
export const withTest = (text: string, column: Column, value: FilterValue): string =>
  narrowed(text, `${filterKey(column)} = ${literal(value)}`);

export const idsFilter = (ids: readonly string[]) => `id in (${ids.map(quoted).join(", ")})`;
