// The run table: the legend of all charts. A virtual grid with one row in the tab order (roving); the arrow keys, j and k move.

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import type { Rows } from "../experiment/rows";
import { useSparks } from "../experiment/sparks";
import { useSettled } from "../settled";
import { type Column, isSortable, type ShownColumn } from "../state/columns";
import type { View } from "../state/view";
import { text } from "../text";
import { likelyBest, tableMetric } from "./ask";
import { GroupRow } from "./GroupRow";
import { flatItems, groupItems, type Item, type Items } from "./items";
import { layOut, OWN, type Shown, within } from "./layout";
import type { ListState } from "./list";
import { groupId, NONE_WANTED, type WantedMembers } from "./members";
import { RunRow } from "./RunRow";
import css from "./RunTable.module.css";
import { columnOf, HEAD, TableHead } from "./TableHead";
import type { RunActs } from "./table_acts";
import { pinnedStep, useAtStep } from "./useAtStep";
import { type GridFocus, useGridFocus } from "./useGridFocus";
import { type Groups, OPEN, STRIP } from "./useGroups";
import { useLongPress } from "./useLongPress";
import { useOverRange } from "./useOverRange";
import { useSpan } from "./useSpan";
import { bestOf, isLive, metricValue, sharedPrefix } from "./values";

/** What keys do with the table. */
export interface TableHandle {
  /** To another row, from the current one; the first if there is none. */
  move(by: number): Item | null;
  /** From the current row to its cells, from cell to cell, and back. False: there is no further one. */
  moveCell(by: number): boolean;
  /** The ids of runs from one to another as they stand. */
  range(from: string, to: string): string[];
  current(): Item | null;
}

interface Props {
  handle: RefObject<TableHandle | null>;
  rows: Rows;
  state: ListState<Run>;
  groups: Groups;
  view: View;
  shown: readonly ShownColumn[];
  tags: string[];
  /** The row of the keyboard. */
  current: string | null;
  setCurrent(row: string): void;
  focus: string | null;
  checked: ReadonlySet<string>;
  open: ReadonlySet<string>;
  acts: RunActs;
  rowHeight: number;
  now: number;
  onMenu(column: Column, anchor: Element): void;
  want(count: number): void;
  /** Scrolled away from the top: what comes anew must not move what is read. */
  onAway(away: boolean): void;
}

const OVERSCAN = 8;
const AROUND = 130; // px of the window that are bars and heads, at least
const SIDE = 478; // CSS pixels that the table has beside the charts, for the first guess
const AHEAD = 60;
const REST = 30; // ms that the list has to stand still before members are asked for

export function RunTable(props: Props) {
  const { rows, state, groups, view, shown, current, setCurrent, rowHeight, open, want } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [resizing, setResizing] = useState<{ id: string; width: number } | null>(null);
  const grouped = view.group.length > 0;
  const whole = useMemo(() => layOut(shown, resizing, grouped), [shown, resizing, grouped]);
  const span = useSpan(scroll, view.table.place === "side" ? (view.table.size ?? SIDE) : innerWidth);
  const layout = useMemo(() => within(whole, span), [whole, span]);
  const grid = useGridFocus(scroll, whole);
  const longPress = useLongPress();
  const { members } = groups;
  const items = useMemo(
    () => (grouped ? groupItems(groups.state, open, members) : flatItems(state, rows.places)),
    [grouped, groups.state, open, members, state, rows.places],
  );
  const settled = useSettled();
  const place = current === null ? -1 : items.indexOf(current);
  const virtual = useVirtualizer({
    count: items.count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items.at(index).id,
    // For the first render, when nothing is measured yet.
    initialRect: { width: innerWidth, height: innerHeight - AROUND },
    overscan: settled ? OVERSCAN : 0,
    // The row that has the keyboard's focus stays, wherever one scrolls to.
    rangeExtractor: (range) => {
      const indices = defaultRangeExtractor(range);
      return place < 0 || indices.includes(place) ? indices : [...indices, place].sort((a, b) => a - b);
    },
  });
  const inView = virtual.getVirtualItems();
  const first = virtual.range?.startIndex ?? 0;
  const last = Math.max(first, virtual.range?.endIndex ?? 0);
  const wantRows = grouped ? groups.want : want;
  // A little ahead of what is in view, so that one does not scroll into gaps.
  useEffect(() => wantRows(items.loadedTo(last) + AHEAD), [wantRows, items, last]);
  useWanted(grouped ? groups.state.rows : [], open, inView, items, groups.look);
  useHandle(props, items, grid, virtual.scrollToIndex);
  // Where a row went away, the one that came to its place is as good.
  const lastPlace = useRef(-1);
  if (place >= 0) lastPlace.current = place;
  const near = Math.min(lastPlace.current, items.count - 1);
  const tabbable = place >= 0 ? place : current !== null && near >= first && near <= last ? near : first;
  return (
    <div
      className={css.runs}
      ref={scroll}
      {...longPress}
      role="grid"
      aria-label={text.runs}
      aria-rowcount={items.count + 1}
      aria-colcount={OWN + whole.columns.length}
      aria-multiselectable="true"
      onScroll={(event) => props.onAway(event.currentTarget.scrollTop > rowHeight / 2)}
      onFocus={(event) => {
        const row = event.target.closest<HTMLElement>("[data-row]");
        const own = row === event.target || event.target.role === "gridcell";
        if (row !== null && own && row.dataset.row !== HEAD) setCurrent(row.dataset.row!);
      }}
    >
      <Head {...props} layout={layout} onResize={setResizing} focusHead={(column) => grid.focus(HEAD, column)} />
      <div className={css.rows} style={{ height: virtual.getTotalSize(), minWidth: layout.width }}>
        <Body {...props} layout={layout} items={items} inView={inView} tabbable={tabbable} />
      </div>
    </div>
  );
}

interface InView {
  index: number;
  start: number;
}

/** Which groups' members are asked for: of those in view, and of the open ones, whose rows have to stay. */
function useWanted(
  groups: readonly RunGroup[],
  open: ReadonlySet<string>,
  inView: readonly InView[],
  items: Items,
  look: (wanted: readonly WantedMembers[]) => void,
): void {
  const found = new Map<string, WantedMembers>();
  for (const group of groups) if (open.has(groupId(group))) found.set(groupId(group), { group, count: OPEN });
  for (const { index } of groups.length === 0 ? [] : inView) {
    const item = items.at(index);
    if (item.kind === "group") found.set(groupId(item.group), { group: item.group, count: item.open ? OPEN : STRIP });
  }
  const key = [...found].map(([id, { group, count }]) => `${id} ${group.count} ${group.filter} ${count}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the groups.
  useEffect(() => {
    if (key === "") {
      look(NONE_WANTED);
      return;
    }
    const timer = setTimeout(() => look([...found.values()]), REST);
    return () => clearTimeout(timer);
  }, [key]);
}

function useHandle(
  { handle, current, setCurrent }: Props,
  items: Items,
  grid: GridFocus,
  scrollToIndex: (index: number) => void,
): void {
  const currentItem = () => {
    const at = current === null ? -1 : items.indexOf(current);
    return at < 0 ? null : items.at(at);
  };
  useImperativeHandle(handle, () => ({
    current: currentItem,
    move(by) {
      if (items.count === 0) return null;
      const at = current === null ? -1 : items.indexOf(current);
      const to = Math.min(items.count - 1, Math.max(0, at < 0 ? 0 : at + by));
      const item = items.at(to);
      scrollToIndex(to);
      if (item.kind === "gap") return null;
      setCurrent(item.id);
      grid.focus(item.id, columnOf(document.activeElement));
      return item;
    },
    moveCell(by) {
      const from = columnOf(document.activeElement);
      const to = grid.next(from, by);
      if (current === null || to === from) return false;
      grid.focus(current, to);
      return true;
    },
    range(from, to) {
      const [a, b] = [items.indexOf(from), items.indexOf(to)];
      if (a < 0 || b < 0) return [to];
      const ids: string[] = [];
      for (let i = Math.min(a, b); i <= Math.max(a, b); i++) {
        const item = items.at(i);
        if (item.kind === "run") ids.push(item.run.id);
      }
      return ids;
    },
  }));
}

interface HeadProps extends Props {
  layout: Shown;
  onResize(resized: { id: string; width: number } | null): void;
  focusHead(column: number): void;
}

function Head(props: HeadProps) {
  const { rows, groups, checked } = props;
  const grouped = props.view.group.length > 0;
  const state = (some: number, all: number) => (some === 0 ? false : some >= all ? true : ("some" as const));
  const shownDrawn = rows.shown.reduce((count, run) => count + (rows.drawn.has(run.id) ? 1 : 0), 0);
  const shownChecked = rows.shown.reduce((count, run) => count + (checked.has(run.id) ? 1 : 0), 0);
  return (
    <TableHead
      layout={props.layout}
      sort={props.view.sort}
      tags={props.tags}
      acts={props.acts}
      checked={state(shownChecked, rows.shown.length)}
      drawn={grouped ? state(rows.drawnGroups.size, groups.state.total) : state(shownDrawn, rows.total)}
      onMenu={props.onMenu}
      onResize={props.onResize}
      focusHead={props.focusHead}
    />
  );
}

interface BodyProps extends Props {
  layout: Shown;
  items: Items;
  inView: readonly InView[];
  tabbable: number;
}

function Body(props: BodyProps) {
  const { rows, view, layout, items, inView, tabbable, focus, checked, acts, rowHeight, now } = props;
  const shownItems = inView.map(({ index, start }) => ({ item: items.at(index), index, start }));
  const metric = tableMetric(props.shown);
  const runs = shownItems.flatMap(({ item }) => (item.kind === "run" ? [item.run] : []));
  const sparks = useSparks(
    metric,
    runs.map((run) => ({ id: run.id, live: isLive(run) })),
  );
  const at = useAtStep(
    pinnedStep(view),
    layout.cells,
    runs.map((run) => run.id),
  );
  const over = useOverRange(
    view.brushed,
    layout.cells,
    runs.map((run) => run.id),
  );
  const best = useBest(rows.shown, layout);
  const dimTo = useMemo(() => sharedPrefix(rows.shown.map((run) => run.name)), [rows.shown]);
  const span = spanOf(shownItems, metric);
  return shownItems.map(({ item, index, start }) => {
    const place = { index, top: start, height: rowHeight, layout, tabbable: index === tabbable, acts };
    switch (item.kind) {
      case "run":
        return (
          <RunRow
            key={item.id}
            {...place}
            run={item.run}
            look={rows.looks.get(item.id) ?? null}
            checked={checked.has(item.id)}
            focused={focus === item.id}
            baseline={view.base === item.id}
            member={item.member}
            dimTo={dimTo}
            metric={metric}
            spark={sparks.pathOf(item.id)}
            best={best.get(item.id) ?? ""}
            at={at}
            over={over}
            now={now}
          />
        );
      case "group":
        return (
          <GroupRow
            key={item.id}
            {...place}
            group={item.group}
            by={view.group}
            open={item.open}
            members={item.members}
            drawn={rows.drawnGroups.get(groupId(item.group))?.how ?? "no"}
            slot={rows.groups.find(({ key }) => key === groupId(item.group))?.slot ?? null}
            span={span}
          />
        );
      case "rest":
        return (
          <div
            key={item.id}
            role="row"
            tabIndex={index === tabbable ? 0 : -1}
            data-row={item.id}
            className={css.rest}
            style={{ transform: `translateY(${start}px)`, height: rowHeight }}
          >
            <span role="gridcell">
              <button type="button" tabIndex={-1} onClick={() => acts.filterGroup(item.group)}>
                {text.restOfGroup(item.count)}
              </button>
            </span>
          </div>
        );
      case "gap":
        return (
          <div
            key={item.id}
            role="row"
            aria-busy="true"
            className={css.gap}
            style={{ transform: `translateY(${start}px)`, height: rowHeight }}
          >
            <span role="gridcell" aria-label={text.loadingRuns} />
          </div>
        );
    }
    return null;
  });
}

/** The best run of each metric column, as ids of columns for each run. */
function useBest(runs: readonly Run[], { cells }: Shown): ReadonlyMap<string, string> {
  return useMemo(() => {
    const out = new Map<string, string>();
    for (const { column, id } of cells) {
      if (column.space !== "metric" || !isSortable(column)) continue;
      const higher = (column.stat === "last" ? likelyBest(column.name) : column.stat) === "max";
      const run = bestOf(runs, column, higher);
      if (run !== null) out.set(run, `${out.get(run) ?? ""}${id}\n`);
    }
    return out;
  }, [runs, cells]);
}

/** From the least to the greatest last value of all members in view: their dots are on one scale. */
function spanOf(items: readonly { item: Item }[], metric: string | null): readonly [number, number] | null {
  if (metric === null) return null;
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { item } of items) {
    if (item.kind !== "group") continue;
    for (const run of item.members?.runs ?? []) {
      const value = metricValue(run, metric, "last");
      if (value === undefined || !Number.isFinite(value)) continue;
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
  }
  return lo <= hi ? [lo, hi] : null;
}
