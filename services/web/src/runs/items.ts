// The rows of the table from top to bottom: runs, or groups with the members of open ones.

import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import type { ListState } from "./list";
import { groupId, type Members } from "./members";

export type Item =
  | { kind: "run"; id: string; run: Run; member: boolean }
  | { kind: "group"; id: string; group: RunGroup; open: boolean; members: Members | undefined }
  /** Not loaded yet. */
  | { kind: "gap"; id: string }
  /** Members of an open group beyond those that are listed. */
  | { kind: "rest"; id: string; group: RunGroup; count: number };

/** The item at a place; nothing is made for the ninety-nine thousand that are not in view. */
export interface Items {
  count: number;
  at(index: number): Item;
  indexOf(id: string): number;
  /** Loaded rows before this index, of the list that is paged. */
  loadedTo(index: number): number;
}

export function flatItems(state: ListState<Run>, places: ReadonlyMap<string, number>): Items {
  return {
    count: state.total,
    at: (index) => {
      const run = state.rows[index];
      return run === undefined ? { kind: "gap", id: `gap ${index}` } : { kind: "run", id: run.id, run, member: false };
    },
    indexOf: (id) => places.get(id) ?? -1,
    loadedTo: (index) => index + 1,
  };
}

export const groupItemId = (key: string) => `group ${key}`;

export function groupItems(
  state: ListState<RunGroup>,
  open: ReadonlySet<string>,
  membersOf: ReadonlyMap<string, Members>,
): Items {
  const items: Item[] = [];
  const groupAt: number[] = [];
  state.rows.forEach((group, place) => {
    const key = groupId(group);
    const members = membersOf.get(key);
    const isOpen = open.has(key);
    items.push({ kind: "group", id: groupItemId(key), group, open: isOpen, members });
    if (isOpen) {
      if (members === undefined) items.push({ kind: "gap", id: `gap ${key}` });
      for (const run of members?.runs ?? []) items.push({ kind: "run", id: run.id, run, member: true });
      const rest = group.count - (members?.runs.length ?? group.count);
      if (members !== undefined && rest > 0) items.push({ kind: "rest", id: `rest ${key}`, group, count: rest });
    }
    while (groupAt.length < items.length) groupAt.push(place);
  });
  const indices = new Map(items.map((item, index) => [item.id, index]));
  const gaps = Math.max(0, state.total - state.rows.length);
  return {
    count: items.length + gaps,
    at: (index) => items[index] ?? { kind: "gap", id: `gap ${index}` },
    indexOf: (id) => indices.get(id) ?? -1,
    loadedTo: (index) => (groupAt[index] ?? state.rows.length + index - items.length) + 1,
  };
}
