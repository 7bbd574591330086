// Which runs are drawn: a rule (`top:40`, `all`, `none`) with exceptions, or named runs. A rule counts in the order of the
// table, within its filter; named runs and exceptions hold wherever the runs are.
//
// While runs are grouped the rows of the table are groups, and the rule is about them. A group that is drawn is drawn whole, or,
// where it is drawn only because runs of it are named, with the lines of those alone; all of its members count either way.

import type { Exceptions } from "./runs_view";
import type { Selection } from "./view";

/** `place` in the table; Infinity: the run is not in it. */
export const isDrawn = (sel: Selection, id: string, place: number): boolean => isShown(sel, id, byRule(sel, place));

/** `rule`: what holds for a run that is not named. */
function isShown(sel: Selection, id: string, rule: boolean): boolean {
  if (sel.base === "ids") return sel.ids.includes(id);
  if (sel.minus.includes(id)) return false;
  return rule || sel.plus.includes(id);
}

const byRule = (sel: Selection, place: number): boolean =>
  sel.base === "top" ? place < sel.n : sel.base === "all" && place < Number.POSITIVE_INFINITY;

/** In the order of the table, then those that are not in it. `known`: all runs that there are by their ids. */
export function drawnRuns<R extends { id: string }>(
  sel: Selection,
  table: readonly R[],
  known: ReadonlyMap<string, R>,
  most: number,
): R[] {
  const named = namedIds(sel);
  const wanted = new Set(named);
  const minus = new Set(sel.base === "ids" ? [] : sel.minus);
  const drawn: R[] = [];
  const seen = new Set<string>();
  for (let place = 0; place < table.length; place++) {
    const run = table[place];
    const is = wanted.has(run.id) || (place < most && !minus.has(run.id) && byRule(sel, place));
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

export const namedIds = (sel: Selection): readonly string[] => (sel.base === "ids" ? sel.ids : sel.plus);

export const setDrawn = (sel: Selection, id: string, place: number, drawn: boolean): Selection =>
  setShown(sel, id, byRule(sel, place), drawn);

function setShown(sel: Selection, id: string, rule: boolean, shown: boolean): Selection {
  if (isShown(sel, id, rule) === shown) return sel;
  if (sel.base === "ids") {
    const ids = shown ? [...sel.ids, id] : sel.ids.filter((other) => other !== id);
    return ids.length > 0 ? { base: "ids", ids } : NOTHING;
  }
  return { ...sel, ...excepted(sel, id, rule, shown) };
}

/** Exceptions of which this one is gone, or added where the rule says otherwise. */
function excepted({ minus, plus }: Pick<Exceptions, "minus" | "plus">, item: string, rule: boolean, wanted: boolean) {
  const [less, more] = [minus, plus].map((list) => list.filter((other) => other !== item));
  if (rule === wanted) return { minus: less, plus: more };
  return wanted ? { minus: less, plus: [...more, item] } : { minus: [...less, item], plus: more };
}

export type GroupDrawn = "whole" | "named" | "no";

/** `named`: a run of the group is named. */
export function isGroupDrawn(sel: Selection, key: string, place: number, named: boolean): GroupDrawn {
  const { minus, plus } = groupsOf(sel);
  const whole = plus.includes(key) || (byRule(sel, place) && !minus.includes(key));
  return whole ? "whole" : named ? "named" : "no";
}

const groupsOf = (sel: Selection) => (sel.base === "ids" ? undefined : sel.groups) ?? { minus: [], plus: [] };

/** Draws it whole, or not at all. `named`: its runs that are named. */
export function setGroupDrawn(
  sel: Selection,
  key: string,
  place: number,
  named: readonly string[],
  drawn: boolean,
): Selection {
  const ids = drawn ? namedIds(sel) : namedIds(sel).filter((id) => !named.includes(id));
  if (sel.base === "ids" && !drawn) return ids.length > 0 ? { base: "ids", ids: [...ids] } : NOTHING;
  // Named runs are `none` with exceptions, and a group can be one of those.
  const { groups: _old, ...rule } = sel.base === "ids" ? NOTHING : sel;
  const groups = excepted(groupsOf(sel), key, byRule(sel, place), drawn);
  const bare = { ...rule, plus: [...ids] };
  return groups.minus.length + groups.plus.length === 0 ? bare : { ...bare, groups };
}

const NOTHING: { base: "none" } & Exceptions = { base: "none", minus: [], plus: [] };

export const onlyGroup = (key: string): Selection => ({
  ...NOTHING,
  groups: { minus: [], plus: [key] },
});

/** Whether a member has a line of its own. */
export const isMemberShown = (sel: Selection, id: string, group: GroupDrawn): boolean =>
  group !== "no" && isShown(sel, id, group === "whole");

/** A member of a group that is not drawn brings the group along. */
export const setMemberShown = (sel: Selection, id: string, group: GroupDrawn, shown: boolean): Selection =>
  setShown(sel, id, group === "whole", shown);
