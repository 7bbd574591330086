// Groups of runs, page by page, and the members of those in view.

import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { fetchGroupPage, fetchRunPage, type RunAsk, type RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import { both } from "../filter/meaning";
import { filterKey } from "../state/columns";
import type { RunsView } from "../state/runs_view";
import { askKey, groupOrder } from "./ask";
import { type ListState, PagedList } from "./list";
import { keyText } from "./values";

export interface Groups {
  list: PagedList<RunGroup>;
  state: ListState<RunGroup>;
}

export const groupId = (group: RunGroup) => keyText(group.key);

/** Nothing is asked while the view has no groups. */
export function useGroups(ask: RunAsk | null, view: Pick<RunsView, "group" | "sort">): Groups {
  const kept = useRef<PagedList<RunGroup> | null>(null);
  kept.current ??= new PagedList<RunGroup>(groupId);
  const list = kept.current;
  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  const by = view.group.map(filterKey);
  const order = groupOrder(view);
  const key = ask === null || by.length === 0 ? null : `${askKey({ ...ask, order })} ${by.join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is asked.
  useEffect(() => {
    if (key === null) return;
    list.show((cursor, limit, signal) => fetchGroupPage({ ...ask!, order }, by, limit, cursor, signal));
    return () => list.stop();
  }, [list, key]);
  return { list, state };
}

/** Members for the strip of dots, and all that an open group shows. */
export const STRIP = 100;
export const OPEN = 1000;

export interface Members {
  runs: readonly Run[];
  total: number;
}

export const membersKey = (experiment: string) => ["group members", experiment];

/** `wanted`: the groups in view, with those that are open. */
export function useMembers(
  ask: RunAsk | null,
  wanted: readonly { group: RunGroup; open: boolean }[],
): ReadonlyMap<string, Members> {
  const answers = useQueries({
    queries: wanted.map(({ group, open }) => {
      const limit = open ? OPEN : STRIP;
      return {
        queryKey: [...membersKey(ask?.experiment ?? ""), ask === null ? "" : askKey(ask), group.filter, limit],
        enabled: ask !== null,
        placeholderData: keepPreviousData,
        queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Members> => {
          const page = await fetchRunPage({ ...ask!, filter: both(ask!.filter, group.filter) }, limit, null, signal);
          return { runs: page.items, total: page.total ?? page.items.length };
        },
      };
    }),
  });
  // One map while the answers are the same: rows depend on it.
  const key = wanted.map(({ group }, i) => `${groupId(group)} ${answers[i]?.dataUpdatedAt}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the answers.
  return useMemo(() => {
    const out = new Map<string, Members>();
    wanted.forEach(({ group }, i) => {
      const members = answers[i]?.data;
      if (members !== undefined) out.set(groupId(group), members);
    });
    return out;
  }, [key]);
}
