// Panels that were added by hand, as the address has them: the kind, then fields joined by `;`.
//
//   lines;y:train/loss,val/loss;x:epoch           tags, over another tag
//   lines;y:"=m.\"a\" - m.\"b\""                  an expression begins with =
//   lines;match:val/*                             every tag that matches
//   scatter;x:params.lr;y:m.val/acc.max           columns, as run lists have them
//   bar;y:m.val/acc.max · cards;… · table;… · parallel;y:params.lr,params.wd,m.val/acc.max
//   text;md:# What this is about

import { formatFields, parseFields } from "./fields";
import { quoteItem, splitList } from "./list";
import type { Pair } from "./query";

export const HAND_KINDS = ["lines", "bar", "scatter", "cards", "parallel", "table", "text"] as const;
export type HandKind = (typeof HAND_KINDS)[number];

export interface HandPanel {
  /** From panel_ids.ts. */
  id: string;
  kind: HandKind;
  /** "": what it shows says it. */
  title: string;
  /** Tags or "=expression" of lines, columns of the other kinds. */
  y: string[];
  /** Lines: a tag as x. Scatter: a column. */
  x: string;
  /** Lines: also every tag that matches. */
  match: string;
  /** Text: Markdown. */
  md: string;
}

export const emptyHand = (id: string, kind: HandKind): HandPanel => ({
  id,
  kind,
  title: "",
  y: [],
  x: "",
  match: "",
  md: "",
});

export function formatHand(panel: HandPanel): string {
  const fields: Pair[] = (
    [
      ["title", panel.title],
      ["match", panel.match],
      ["y", formatList(panel.y)],
      ["x", panel.x],
      ["md", panel.md],
    ] satisfies Pair[]
  ).filter(([, value]) => value !== "");
  return fields.length === 0 ? panel.kind : `${panel.kind};${formatFields(fields)}`;
}

export function parseHand(id: string, text: string): HandPanel | null {
  const semicolon = text.indexOf(";");
  const kind = semicolon < 0 ? text : text.slice(0, semicolon);
  if (!(HAND_KINDS as readonly string[]).includes(kind)) return null;
  const fields = semicolon < 0 ? [] : parseFields(text.slice(semicolon + 1));
  if (fields === null) return null;
  const panel = emptyHand(id, kind as HandKind);
  for (const [key, value] of fields) {
    if (value === "") return null;
    if (key === "title" || key === "match" || key === "x" || key === "md") panel[key] = value;
    else if (key === "y") {
      const list = parseList(value);
      if (list === null) return null;
      panel.y = list;
    } else return null;
  }
  return panel;
}

const formatList = (items: readonly string[]) => items.map((item) => quoteItem(item)).join(",");

function parseList(text: string): string[] | null {
  const items = splitList(text);
  if (items === null || items.some((item) => item.prefix !== "")) return null;
  return [...new Set(items.map((item) => item.item))];
}
