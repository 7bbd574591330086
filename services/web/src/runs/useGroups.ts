// Groups of runs, page by page, and the members of those in view and in the charts.

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { fetchGroupPage, fetchRunPage, type RunAsk, type RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import { type GroupPlan, planGroups } from "../experiment/group_plan";
import { filterKey } from "../state/columns";
import type { RunsView } from "../state/runs_view";
import { askKey, groupOrder } from "./ask";
import { FIRST_PAGE, type ListState, PagedList } from "./list";
import { groupId, MemberLists, type Members, NONE_WANTED, type WantedMembers } from "./members";

export interface Groups {
  list: PagedList<RunGroup>;
  state: ListState<RunGroup>;
  members: ReadonlyMap<string, Members>;
  /** What the charts draw of them; null: runs are not grouped. */
  plan: GroupPlan | null;
  /** The table shows members of these. */
  look(wanted: readonly WantedMembers[]): void;
  /** So many rows are in view. */
  want(count: number): void;
  /** `all`: members may have changed though their groups have as many as before. */
  refresh(own: boolean, all: boolean): void;
  patch: MemberLists["patch"];
}

/** Members for the strip of dots, and all that an open group shows. */
export const STRIP = 100;
export const OPEN = 1000;

const NO_MEMBERS: ReadonlyMap<string, Members> = new Map();

/** Nothing is asked while the view has no groups. `inside`: the named runs that the filter lets through. */
export function useGroups(
  ask: RunAsk | null,
  view: Pick<RunsView, "group" | "sort" | "sel">,
  inside: readonly Run[],
): Groups {
  const kept = useRef<{ list: PagedList<RunGroup>; lists: MemberLists } | null>(null);
  kept.current ??= { list: new PagedList<RunGroup>(groupId), lists: new MemberLists() };
  const { list, lists } = kept.current;
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  const members = useSyncExternalStore(lists.subscribe, lists.snapshot);
  const [looked, look] = useState(NONE_WANTED);
  const [inView, setInView] = useState(FIRST_PAGE);
  const want = useCallback((count: number) => setInView(Math.ceil(count / FIRST_PAGE) * FIRST_PAGE), []);
  const by = view.group.map(filterKey);
  const grouped = by.length > 0;
  const order = groupOrder(view);
  const key = ask === null || !grouped ? null : `${askKey({ ...ask, order })} ${by.join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is asked.
  useEffect(() => {
    if (key === null) return;
    list.show((cursor, limit, signal) => fetchGroupPage({ ...ask!, order }, by, limit, cursor, signal));
    lists.show((filter, cursor, limit, signal) => fetchRunPage({ ...ask!, filter }, limit, cursor, signal));
    return () => {
      list.stop();
      lists.stop();
    };
  }, [list, lists, key]);
  const { sel, group } = view;
  const plan = useMemo(
    () => (group.length > 0 && state.loaded ? planGroups(sel, state.rows, inside, group) : null),
    [sel, group, state.loaded, state.rows, inside],
  );
  // A group that is named may be anywhere in the list.
  const need = plan?.lacks === true ? Number.MAX_SAFE_INTEGER : Math.max(inView, plan?.rows ?? 0);
  useEffect(() => list.want(need), [list, need]);
  useEffect(() => lists.want(grouped ? together(looked, plan) : NONE_WANTED), [lists, grouped, looked, plan]);
  const refresh = useCallback(
    (own: boolean, all: boolean) => {
      void list.refresh(own);
      if (all) lists.refresh();
    },
    [list, lists],
  );
  return { list, state, members: grouped ? members : NO_MEMBERS, plan, look, want, refresh, patch: lists.patch };
}

/** What the table and the charts want: of each group as many as either. */
function together(looked: readonly WantedMembers[], plan: GroupPlan | null): WantedMembers[] {
  const out = new Map<string, WantedMembers>();
  for (const wanted of [...(plan?.drawn ?? []), ...looked]) {
    const id = groupId(wanted.group);
    const count = Math.max(wanted.count, out.get(id)?.count ?? 0);
    out.set(id, { group: wanted.group, count });
  }
  return [...out.values()];
}
