// What charts draw of the groups: those that the selection names, in the order of the table, with all of their members, as many
// as a chart can hold.

import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import { groupId, type WantedMembers } from "../runs/members";
import { groupKey } from "../runs/values";
import type { Column } from "../state/columns";
import type { Selection } from "../state/runs_view";
import { type GroupDrawn, isGroupDrawn } from "../state/selection";
import { MAX_DRAWN } from "./limits";

export interface DrawnGroup extends WantedMembers {
  key: string;
  how: Exclude<GroupDrawn, "no">;
}

export interface GroupPlan {
  drawn: DrawnGroup[];
  /** Ids of named runs by the group that they are in. */
  named: ReadonlyMap<string, string[]>;
  /** Places in the table. */
  places: ReadonlyMap<string, number>;
  /** Rows of the table that it takes. */
  rows: number;
  /** A group is named that is not among the loaded rows. */
  lacks: boolean;
  /** Groups that would be drawn, had the chart room for their members. */
  left: number;
}

/** `inside`: the named runs that the filter lets through; a run outside of it is no group's. */
export function planGroups(
  sel: Selection,
  rows: readonly RunGroup[],
  inside: readonly Run[],
  by: readonly Column[],
): GroupPlan {
  const named = new Map<string, string[]>();
  for (const run of inside) {
    const key = groupKey(run, by);
    named.set(key, [...(named.get(key) ?? []), run.id]);
  }
  const places = new Map<string, number>();
  const drawn: DrawnGroup[] = [];
  let room = MAX_DRAWN;
  let left = 0;
  rows.forEach((group, place) => {
    const key = groupId(group);
    places.set(key, place);
    const how = isGroupDrawn(sel, key, place, named.has(key));
    if (how === "no") return;
    if (room === 0) left++;
    else drawn.push({ group, key, how, count: Math.min(group.count, room) });
    room -= Math.min(group.count, room);
  });
  const plus = sel.base === "ids" ? [] : (sel.groups?.plus ?? []);
  return {
    drawn,
    named,
    places,
    rows: room === 0 || sel.base === "ids" || sel.base === "none" ? 0 : sel.base === "top" ? sel.n : MAX_DRAWN,
    lacks: [...plus, ...named.keys()].some((key) => !places.has(key)),
    left,
  };
}
