// What rows do: every act on a picture ends in `set`, which writes the address. Chosen rows are the page's own: they change no
// picture.

import { useCallback, useMemo, useRef, useState } from "react";
import { useLatest } from "../experiment/acts";
import type { GroupPlan } from "../experiment/group_plan";
import type { Rows } from "../experiment/rows";
import { narrowed, withTest } from "../filter/meaning";
import { type Column, formatColumn, parseColumn, type ShownColumn } from "../state/columns";
import { MAX_SORT } from "../state/runs_view";
import { isGroupDrawn, onlyGroup, setDrawn, setGroupDrawn, setMemberShown } from "../state/selection";
import type { SetView } from "../state/useView";
import type { Selection, View } from "../state/view";
import { metricColumns } from "./ask";
import { groupId } from "./members";
import type { TableHandle } from "./RunTable";
import type { RunActs } from "./table_acts";
import { cellValue, groupKey } from "./values";

interface Input {
  rows: Rows;
  /** null: runs are not grouped. */
  plan: GroupPlan | null;
  view: View;
  shown: readonly ShownColumn[];
  set: SetView;
  table: React.RefObject<TableHandle | null>;
  setCurrent(row: string | null): void;
  setFocus(run: string | null): void;
  setHovered(run: string | null): void;
  onMenu: RunActs["menu"];
  onGroupMenu: RunActs["groupMenu"];
  onColor: RunActs["color"];
  onOpen: RunActs["open"];
}

export interface Checked {
  ids: ReadonlySet<string>;
  /** All that match, loaded or not. */
  all: boolean;
  chooseAll(): void;
  clear(): void;
}

export function useRunActs(input: Input): { acts: RunActs; checked: Checked } {
  const now = useLatest(input);
  const { set } = input;
  const [ids, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const setIds = useCallback((next: React.SetStateAction<ReadonlySet<string>>) => {
    setAll(false);
    setChosen(next);
  }, []);
  const anchor = useRef<string | null>(null);
  const acts = useMemo<RunActs>(
    () => ({
      ...drawing(now, set),
      ...columnActs(now, set),
      focus(run) {
        now.current.setFocus(run);
        if (run !== null) now.current.setCurrent(run);
      },
      hover: (run) => now.current.setHovered(run),
      check(run, how) {
        const from = anchor.current;
        if (how !== "range" || from === null) anchor.current = run;
        setIds((old) => {
          const next = new Set(old);
          if (how === "range" && from !== null)
            for (const id of now.current.table.current?.range(from, run) ?? [run]) next.add(id);
          else if (how === "one" && next.has(run)) next.delete(run);
          else next.add(run);
          return next;
        });
      },
      checkAll: (checked) => setIds(new Set(checked ? now.current.rows.shown.map((run) => run.id) : [])),
      filterBy(run, id) {
        const column = parseColumn(id);
        const value = column === null ? undefined : cellValue(run, column);
        if (column !== null) set((v) => ({ q: withTest(v.q, column, value ?? null) }));
      },
      menu: (run, at) => now.current.onMenu(run, at),
      groupMenu: (group, at) => now.current.onGroupMenu(group, at),
      color: (run, at) => now.current.onColor(run, at),
      open: (run) => now.current.onOpen(run),
      toggleGroup: (key) =>
        set((v) => ({ open: v.open.includes(key) ? v.open.filter((other) => other !== key) : [...v.open, key] })),
      filterGroup: (group) => set((v) => ({ q: narrowed(v.q, group.filter), group: [], open: [] })),
    }),
    [now, set, setIds],
  );
  const checked = useMemo<Checked>(
    () => ({ ids, all, chooseAll: () => setAll(true), clear: () => setIds(new Set()) }),
    [ids, all, setIds],
  );
  return { acts, checked };
}

type Now = { current: Input };

function drawing(now: Now, set: SetView): Pick<RunActs, "draw" | "drawAll" | "drawGroup" | "only" | "onlyGroup"> {
  let beforeOnly: Selection | null = null;
  const placeOf = (id: string) => now.current.rows.places.get(id) ?? Number.POSITIVE_INFINITY;
  const only = (wanted: Selection) => {
    const { sel } = now.current.view;
    const isOnly = JSON.stringify(sel) === JSON.stringify(wanted);
    if (!isOnly) beforeOnly = sel;
    else if (beforeOnly === null) return;
    set({ sel: isOnly ? beforeOnly! : wanted });
    if (isOnly) beforeOnly = null;
  };
  const groupPlace = (key: string) => now.current.plan?.places.get(key) ?? Number.POSITIVE_INFINITY;
  const named = (key: string) => now.current.plan?.named.get(key) ?? [];
  return {
    draw: (run, drawn) =>
      set(({ sel, group }) => {
        if (group.length === 0) return { sel: setDrawn(sel, run.id, placeOf(run.id), drawn) };
        const key = groupKey(run, group);
        const how = isGroupDrawn(sel, key, groupPlace(key), named(key).length > 0);
        return { sel: setMemberShown(sel, run.id, how, drawn) };
      }),
    drawAll: (drawn) => set({ sel: { base: drawn ? "all" : "none", minus: [], plus: [] } }),
    drawGroup: (group, drawn) =>
      set(({ sel }) => {
        const key = groupId(group);
        return { sel: setGroupDrawn(sel, key, groupPlace(key), named(key), drawn) };
      }),
    only: (run) => only({ base: "ids", ids: [run.id] }),
    onlyGroup: (group) => only(onlyGroup(groupId(group))),
  };
}

function columnActs(now: Now, set: SetView): Pick<RunActs, "sort" | "columns" | "metric"> {
  return {
    sort: (column, more) => set((v) => ({ sort: sorted(v.sort, column, more) })),
    columns(change, gesture) {
      const shown = [...now.current.shown];
      const next = change(shown);
      if (next !== shown) set({ cols: next }, gesture);
    },
    // All columns of the one metric become those of the other; a table that is sorted by it stays so.
    metric(tag, from) {
      const { shown } = now.current;
      const is = (column: Column) => column.space === "metric" && column.name === from;
      const at = shown.findIndex((s) => is(s.column));
      const rest = shown.filter((s) => !is(s.column));
      const cols = [...rest.slice(0, Math.max(0, at)), ...metricColumns(tag), ...rest.slice(Math.max(0, at))];
      set((v) => ({
        cols,
        sort: v.sort.map((s) => (is(s.column) ? { ...s, column: { ...s.column, name: tag } as Column } : s)),
      }));
    },
  };
}

/** Once: ascending, numbers that are best when high descending; again: the other way; beside others: a third time leaves. */
export function sorted(sort: View["sort"], column: Column, more: boolean): View["sort"] {
  const id = formatColumn(column);
  const old = sort.find((s) => formatColumn(s.column) === id);
  const firstDown = column.space === "metric" && column.stat === "max";
  if (!more) return [{ column, descending: old === undefined ? firstDown : !old.descending }];
  if (old === undefined) return sort.length >= MAX_SORT ? sort : [...sort, { column, descending: firstDown }];
  if (old.descending === firstDown || sort.length === 1)
    return sort.map((s) => (s === old ? { ...s, descending: !s.descending } : s));
  return sort.filter((s) => s !== old);
}
