// The runs of the page: the list that the view asks for, the runs chosen beside it, and what live events do to both.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RunAsk } from "../api/runs";
import type { Run } from "../api/types";
import type { Rgb } from "../chart/raster";
import { onTakenBack } from "../components/undo";
import { changedRun, type LiveRuns } from "../experiment/live";
import { makeGroupedRows, makeRows, type Rows, rowsNeeded } from "../experiment/rows";
import { metricOf, type ShownColumn } from "../state/columns";
import type { RunsView } from "../state/runs_view";
import { namedIds } from "../state/selection";
import { askKey, askOf, dependsOnMetrics, dependsOnState, wantedColumns } from "./ask";
import { FIRST_PAGE, type ListState } from "./list";
import { groupId } from "./members";
import { type Groups, useGroups } from "./useGroups";
import { type Chosen, chosenKey, namedRuns, useChosen, useRunList } from "./useRunList";
import { isLate, isLive } from "./values";

export interface Runs {
  ask: RunAsk | null;
  rows: Rows;
  state: ListState<Run>;
  groups: Groups;
  live: LiveRuns;
  /** The pointer is in the table, or it is scrolled: rows keep their places. */
  hold(held: boolean): void;
  /** Shows the fresh order that waits. */
  apply(): void;
  /** So many rows are in view. */
  want(count: number): void;
  refetch(): void;
  /** One has changed runs oneself: that shows at once. */
  changed(): void;
}

interface Input {
  experiment: string;
  view: RunsView;
  shown: readonly ShownColumn[];
  /** The tags are known, and so is what to ask. */
  ready: boolean;
  scale: readonly Rgb[];
}

export function useRuns({ experiment, view, shown, ready, scale }: Input): Runs {
  const client = useQueryClient();
  const asked = useMemo(() => (ready ? askOf(experiment, view, shown) : null), [experiment, view, shown, ready]);
  const key = asked === null ? null : askKey(asked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is asked.
  const ask = useMemo(() => asked, [key]);
  // By whole pages: what scrolling needs of the page is nothing until it needs another one.
  const [inView, setInView] = useState(FIRST_PAGE);
  const want = useCallback((count: number) => setInView(Math.ceil(count / FIRST_PAGE) * FIRST_PAGE), []);
  // The rule of a grouped table is about groups, whose members come by themselves.
  const need = view.group.length > 0 ? 0 : rowsNeeded(view.sel);
  const { list, state } = useRunList(ask, Math.max(need, inView));
  const namedText = JSON.stringify(namedRuns(view.sel, view.base));
  const named = useMemo(() => JSON.parse(namedText) as string[], [namedText]);
  const chosen = useChosen(ask, state, named);
  const { sel, colors, group } = view;
  const inside = useMemo(() => {
    const wanted = new Set(namedIds(sel));
    const runs = [...state.rows, ...chosen.runs.filter((run) => !chosen.outside.has(run.id))];
    return runs.filter((run) => wanted.has(run.id));
  }, [sel, state.rows, chosen]);
  const groups = useGroups(ask, view, inside);
  const { plan, members } = groups;
  const keys = useMemo(() => groups.state.rows.map(groupId), [groups.state.rows]);
  const rows = useMemo(() => {
    const shown = { sel, colors, group };
    if (group.length === 0) return makeRows(state, chosen, shown, scale);
    return makeGroupedRows(state, chosen, shown, scale, { plan, keys, members });
  }, [state, chosen, sel, colors, group, scale, plan, keys, members]);
  const grouped = group.length > 0;
  const filter = ask?.filter ?? "";
  const { refresh: refreshGroups, patch: patchMembers } = groups;
  const again = useCallback(
    (own: boolean, all = true) => {
      void list.refresh(own);
      void client.invalidateQueries({ queryKey: chosenKey(experiment) });
      if (grouped) refreshGroups(own, all);
    },
    [client, experiment, list, grouped, refreshGroups],
  );
  const refetch = useCallback(() => again(false), [again]);
  const changed = useCallback(() => again(true), [again]);
  useEffect(() => onTakenBack(changed), [changed]);
  const follow = useCallback(() => again(false, filter !== ""), [again, filter]);
  const later = useLater(follow);
  // No event says that a run is not heard of any more: the list does.
  const writing = rows.live > 0;
  useEffect(() => {
    if (!writing) return;
    const timer = setInterval(follow, SILENCE);
    return () => clearInterval(timer);
  }, [writing, follow]);
  const heard = useRef(new Set<string>());
  const now = useRef({ ask, rows, grouped });
  now.current = { ask, rows, grouped };
  const live = useMemo<LiveRuns>(
    () => ({
      shows: (tag) => now.current.ask?.columns.includes(wantedColumns([metricOf(tag, "last")])[0]) ?? false,
      live: () => [...now.current.rows.byId.values()].filter(isLive).map((run) => run.id),
      late: () => {
        const runs = [...now.current.rows.byId.values()];
        return runs.length === 0 || runs.some((run) => isLate(run, Date.now()));
      },
      refetch,
      write(runs, points) {
        const { ask: current, rows: known, grouped: inGroups } = now.current;
        const change = (run: Run) => leaves(changedRun(run, runs, points), current);
        list.patch(change);
        patchMembers(change);
        client.setQueriesData<Chosen>({ queryKey: chosenKey(experiment) }, (old) =>
          old === undefined ? old : { ...old, runs: old.runs.flatMap((run) => changedRun(run, runs, points) ?? []) },
        );
        if (current === null) return;
        // A run that is not in the list is looked for once: it may be elsewhere in the order, or outside of the filter.
        const unknown = [...runs.values()].some(
          (r) => r.deleted !== true && !list.has(r.id) && !known.byId.has(r.id) && !heard.current.has(r.id),
        );
        // A group's row sums up what its members have.
        const depends =
          (runs.size > 0 && (inGroups || dependsOnState(current))) ||
          (points.size > 0 && (inGroups || dependsOnMetrics(current)));
        for (const id of runs.keys()) heard.current.add(id);
        if (unknown || depends) later(unknown ? SOON : PACE);
      },
    }),
    [client, experiment, list, later, refetch, patchMembers],
  );
  const hold = useCallback((held: boolean) => list.hold(held), [list]);
  return { ask, rows, state, groups, live, hold, apply: list.apply, want, refetch, changed };
}

/** A run that was archived, or taken out of the archive, leaves the list. */
function leaves(run: Run | null, ask: RunAsk | null): Run | null {
  if (run === null || ask === null || ask.archived === "any" || run.archived === undefined) return run;
  return run.archived === (ask.archived === "true") ? run : null;
}

const SILENCE = 15_000; // ms between two looks for runs that have fallen silent
const SOON = 150; // ms after a run that is not in the list was heard of
const PACE = 2_000; // ms between two looks at an order that follows live values

/** Calls it once after a while, however often it is asked to. */
function useLater(act: () => void): (milliseconds: number) => void {
  const timer = useRef<{ id: ReturnType<typeof setTimeout>; at: number } | null>(null);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current.id);
      timer.current = null;
    },
    [],
  );
  return useCallback(
    (milliseconds: number) => {
      const at = performance.now() + milliseconds;
      if (timer.current !== null && timer.current.at <= at) return;
      if (timer.current !== null) clearTimeout(timer.current.id);
      const id = setTimeout(() => {
        timer.current = null;
        act();
      }, milliseconds);
      timer.current = { id, at };
    },
    [act],
  );
}
