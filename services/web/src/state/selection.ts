// Which runs are drawn: a rule (`top:40`, `all`, `none`) with exceptions, or named runs.

import type { Selection } from "./view";

/** `ordered`: all runs of the experiment in the order of the table. */
export function isDrawn(sel: Selection, id: string, place: number): boolean {
  if (sel.base === "ids") return sel.ids.includes(id);
  if (sel.minus.includes(id)) return false;
  if (sel.plus.includes(id)) return true;
  if (sel.base === "top") return place < sel.n;
  return sel.base === "all";
}

export function drawnIds(sel: Selection, ordered: readonly string[]): Set<string> {
  if (sel.base === "ids") {
    const wanted = new Set(sel.ids);
    return new Set(ordered.filter((id) => wanted.has(id)));
  }
  const minus = new Set(sel.minus);
  const plus = new Set(sel.plus);
  const rule = (place: number) => (sel.base === "top" ? place < sel.n : sel.base === "all");
  return new Set(ordered.filter((id, place) => !minus.has(id) && (plus.has(id) || rule(place))));
}

export function setDrawn(sel: Selection, id: string, place: number, drawn: boolean): Selection {
  if (isDrawn(sel, id, place) === drawn) return sel;
  if (sel.base === "ids") {
    const ids = drawn ? [...sel.ids, id] : sel.ids.filter((other) => other !== id);
    return ids.length > 0 ? { base: "ids", ids } : { base: "none", minus: [], plus: [] };
  }
  const minus = sel.minus.filter((other) => other !== id);
  const plus = sel.plus.filter((other) => other !== id);
  const byRule = sel.base === "top" ? place < sel.n : sel.base === "all";
  if (byRule === drawn) return { ...sel, minus, plus };
  return drawn ? { ...sel, minus, plus: [...plus, id] } : { ...sel, minus: [...minus, id], plus };
}
