// Which runs are drawn: a rule (`top:40`, `all`, `none`) with exceptions, or named runs. A rule counts in the order of the
// table, within its filter; named runs and exceptions hold wherever the runs are.

import type { Selection } from "./view";

/** `place` in the table; Infinity: the run is not in it. */
export function isDrawn(sel: Selection, id: string, place: number): boolean {
  if (sel.base === "ids") return sel.ids.includes(id);
  if (sel.minus.includes(id)) return false;
  if (sel.plus.includes(id)) return true;
  return byRule(sel, place);
}

const byRule = (sel: Exclude<Selection, { base: "ids" }>, place: number) =>
  sel.base === "top" ? place < sel.n : sel.base === "all" && place < Number.POSITIVE_INFINITY;

/** In the order of the table, then those that are not in it. `known`: all runs that there are by their ids. */
export function drawnRuns<R extends { id: string }>(
  sel: Selection,
  table: readonly R[],
  known: ReadonlyMap<string, R>,
  most: number,
): R[] {
  const named = sel.base === "ids" ? sel.ids : sel.plus;
  const wanted = new Set(named);
  const minus = new Set(sel.base === "ids" ? [] : sel.minus);
  const drawn: R[] = [];
  const seen = new Set<string>();
  for (let place = 0; place < table.length; place++) {
    const run = table[place];
    const is = wanted.has(run.id) || (sel.base !== "ids" && place < most && !minus.has(run.id) && byRule(sel, place));
    if (!is) continue;
    drawn.push(run);
    seen.add(run.id);
  }
  for (const id of named) {
    const run = known.get(id);
    if (run !== undefined && !seen.has(id)) drawn.push(run);
  }
  return drawn;
}

export function setDrawn(sel: Selection, id: string, place: number, drawn: boolean): Selection {
  if (isDrawn(sel, id, place) === drawn) return sel;
  if (sel.base === "ids") {
    const ids = drawn ? [...sel.ids, id] : sel.ids.filter((other) => other !== id);
    return ids.length > 0 ? { base: "ids", ids } : { base: "none", minus: [], plus: [] };
  }
  const minus = sel.minus.filter((other) => other !== id);
  const plus = sel.plus.filter((other) => other !== id);
  if (byRule(sel, place) === drawn) return { ...sel, minus, plus };
  return drawn ? { ...sel, minus, plus: [...plus, id] } : { ...sel, minus: [...minus, id], plus };
}
