// The colours of runs in the address: `c=01JA=#cc460b,01JB=3,by:params.arch`. Runs that a person gave a colour, or one of the
// twelve slots, and then the rule for the others, which goes to the end of the value.

import { type Column, formatColumn, parseColumn } from "./columns";
import { quoteItem } from "./list";

/** A slot, 0 to 11, or "#rrggbb". */
export type OwnColor = number | string;

export type ColorRule =
  | { by: "run" }
  | { by: "group" }
  | { by: "experiment" }
  | { by: "key"; column: Column }
  /** What the first group of the regular expression catches of the name, or the whole of what it finds. */
  | { by: "match"; regex: string };

export interface RunColors {
  own: Record<string, OwnColor>;
  rule: ColorRule;
}

export const defaultColors = (): RunColors => ({ own: {}, rule: { by: "run" } });

const ITEM = /^(?:"((?:[^"\\]|\\.)*)"|([^\s",~+\\=:-][^\s",~\\=:]*))=(?:(\d|1[01])|(#[0-9a-f]{6}))(?:,|$)/s;

export function parseColors(text: string): RunColors | null {
  const own = new Map<string, OwnColor>();
  let rest = text;
  while (rest !== "" && !rest.startsWith("by:")) {
    const match = ITEM.exec(rest);
    if (match === null) return null;
    const id = match[1] === undefined ? match[2] : match[1].replace(/\\(.)/gs, "$1");
    if (id === "__proto__") return null;
    own.set(id, match[3] === undefined ? match[4] : Number(match[3]));
    rest = rest.slice(match[0].length);
  }
  const rule = rest === "" ? ({ by: "run" } as const) : parseRule(rest.slice(3));
  return rule === null || (own.size === 0 && rest === "") ? null : { own: Object.fromEntries(own), rule };
}

function parseRule(text: string): ColorRule | null {
  if (text === "run" || text === "group" || text === "experiment") return { by: text };
  const regex = /^\/(.+)\/$/s.exec(text);
  if (regex !== null) return isRegex(regex[1]) ? { by: "match", regex: regex[1] } : null;
  const column = parseColumn(text);
  return column === null ? null : { by: "key", column };
}

export function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

export function formatRule(rule: ColorRule): string {
  if (rule.by === "match") return `/${rule.regex}/`;
  return rule.by === "key" ? formatColumn(rule.column) : rule.by;
}

export function formatColors({ own, rule }: RunColors): string {
  const items = Object.entries(own).map(([id, color]) => `${quoteItem(id, /[=:]/.test(id))}=${color}`);
  return [...items, ...(rule.by === "run" ? [] : [`by:${formatRule(rule)}`])].join(",");
}
