// What rows do: every act on a picture ends in `set`, which writes the address. Chosen rows are the page's own: they change no
// picture.

import { useMemo, useRef, useState } from "react";
import { useLatest } from "../experiment/acts";
import type { Rows } from "../experiment/rows";
import { narrowed, withTest } from "../filter/meaning";
import { type Column, formatColumn, parseColumn, type ShownColumn } from "../state/columns";
import { MAX_SORT } from "../state/runs_view";
import { setDrawn } from "../state/selection";
import type { SetView } from "../state/useView";
import type { Selection, View } from "../state/view";
import { metricColumns } from "./ask";
import type { TableHandle } from "./RunTable";
import type { RunActs } from "./table_acts";
import { cellValue } from "./values";

interface Input {
  rows: Rows;
  view: View;
  shown: readonly ShownColumn[];
  set: SetView;
  table: React.RefObject<TableHandle | null>;
  setCurrent(row: string | null): void;
  setFocus(run: string | null): void;
  setHovered(run: string | null): void;
  onMenu: RunActs["menu"];
  onColor: RunActs["color"];
  onOpen: RunActs["open"];
}

export interface Checked {
  ids: ReadonlySet<string>;
  clear(): void;
}

export function useRunActs(input: Input): { acts: RunActs; checked: Checked } {
  const now = useLatest(input);
  const { set } = input;
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
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
      checkAll: (all) => setIds(new Set(all ? now.current.rows.shown.map((run) => run.id) : [])),
      filterBy(run, id) {
        const column = parseColumn(id);
        const value = column === null ? undefined : cellValue(run, column);
        if (column !== null) set((v) => ({ q: withTest(v.q, column, value ?? null) }));
      },
      menu: (run, at) => now.current.onMenu(run, at),
      color: (run, at) => now.current.onColor(run, at),
      open: (run) => now.current.onOpen(run),
      toggleGroup: (key) =>
        set((v) => ({ open: v.open.includes(key) ? v.open.filter((other) => other !== key) : [...v.open, key] })),
      filterGroup: (group) => set((v) => ({ q: narrowed(v.q, group.filter), group: [], open: [] })),
    }),
    [now, set],
  );
  const checked = useMemo<Checked>(() => ({ ids, clear: () => setIds(new Set()) }), [ids]);
  return { acts, checked };
}

type Now = { current: Input };

function drawing(now: Now, set: SetView): Pick<RunActs, "draw" | "drawAll" | "drawGroup" | "only"> {
  let beforeOnly: Selection | null = null;
  const placeOf = (id: string) => now.current.rows.places.get(id) ?? Number.POSITIVE_INFINITY;
  return {
    draw: (run, drawn) => set((v) => ({ sel: setDrawn(v.sel, run.id, placeOf(run.id), drawn) })),
    drawAll: (drawn) => set({ sel: { base: drawn ? "all" : "none", minus: [], plus: [] } }),
    drawGroup: (_group, members, drawn) =>
      set((v) => ({ sel: members.reduce((sel, run) => setDrawn(sel, run.id, placeOf(run.id), drawn), v.sel) })),
    only(run) {
      const { sel } = now.current.view;
      const isOnly = sel.base === "ids" && sel.ids.length === 1 && sel.ids[0] === run.id;
      if (isOnly && beforeOnly !== null) {
        set({ sel: beforeOnly });
        beforeOnly = null;
        return;
      }
      if (!isOnly) beforeOnly = sel;
      set({ sel: { base: "ids", ids: [run.id] } });
    },
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
