// Panels that were added by hand, as the address has them: the kind, then fields joined by `;`.
//
//   lines;y:train/loss,val/loss;x:epoch           tags, over another tag
//   lines;y:"=m.\"a\" - m.\"b\""                  an expression begins with =
//   lines;match:val/*                             every tag that matches
//   scatter;x:params.lr;y:m.val/acc.max           columns, as run lists have them
//   bar;y:m.val/acc.max · cards;… · table;…
//   parallel;y:params.lr,m.val/acc.max;a1:log     a1: what differs in the first axis (axes.ts)
//   text;md:# What this is about

import { type AxisView, formatAxis, parseAxis, plainAxis } from "./axes";
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
  /** Parallel coordinates: columns whose axes differ from plain ones, in the order of `y`. */
  axes: [column: string, axis: AxisView][];
}

export const emptyHand = (id: string, kind: HandKind): HandPanel => ({
  id,
  kind,
  title: "",
  y: [],
  x: "",
  match: "",
  md: "",
  axes: [],
});

export const axisOf = (panel: HandPanel, column: string): AxisView =>
  panel.axes.find(([of]) => of === column)?.[1] ?? plainAxis();

/** Of columns that the panel has no more, or that are plain, nothing is kept. */
export function withAxis(panel: HandPanel, column: string, axis: AxisView): HandPanel {
  const all = new Map([...panel.axes, [column, axis] as const]);
  const axes = panel.y.flatMap((of): HandPanel["axes"] => {
    const one = all.get(of);
    return one === undefined || formatAxis(one) === "" ? [] : [[of, one]];
  });
  return { ...panel, axes };
}

export function formatHand(panel: HandPanel): string {
  const fields: Pair[] = (
    [
      ["title", panel.title],
      ["match", panel.match],
      ["y", formatList(panel.y)],
      ["x", panel.x],
      ["md", panel.md],
      ...(panel.kind === "parallel" ? panel.y : []).map(
        (column, i): Pair => [`a${i + 1}`, formatAxis(axisOf(panel, column))],
      ),
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
  const axes = new Map<number, AxisView>();
  for (const [key, value] of fields) {
    if (value === "") return null;
    const axis = /^a([1-9]\d{0,2})$/.exec(key);
    if (key === "title" || key === "match" || key === "x" || key === "md") panel[key] = value;
    else if (key === "y") {
      const list = parseList(value);
      if (list === null) return null;
      panel.y = list;
    } else if (axis !== null && kind === "parallel") {
      const parsed = parseAxis(value);
      if (parsed === null) return null;
      axes.set(Number(axis[1]) - 1, parsed);
    } else return null;
  }
  panel.axes = panel.y.flatMap((column, i): HandPanel["axes"] => {
    const axis = axes.get(i);
    return axis === undefined ? [] : [[column, axis]];
  });
  return axes.size === panel.axes.length ? panel : null;
}

const formatList = (items: readonly string[]) => items.map((item) => quoteItem(item)).join(",");

function parseList(text: string): string[] | null {
  const items = splitList(text);
  if (items === null || items.some((item) => item.prefix !== "")) return null;
  return [...new Set(items.map((item) => item.item))];
}
