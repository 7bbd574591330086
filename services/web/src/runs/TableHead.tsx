// The head of the table: sorting, widths, the order of columns, and a menu for each.

import { ArrowDown, ArrowUp } from "lucide-react";
import { type DragEvent, type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { icon } from "../components/Shell";
import { MetricPicker } from "../experiment/MetricPicker";
import { type Column, clampWidth, formatColumn, isSortable, type ShownColumn, type Sort } from "../state/columns";
import { text } from "../text";
import { columnTitle, NAME_COLUMN, OWN, placed, type Shown, type ShownCell } from "./layout";
import css from "./RunTable.module.css";
import type { RunActs } from "./table_acts";

export interface HeadProps {
  layout: Shown;
  sort: readonly Sort[];
  tags: string[];
  acts: RunActs;
  /** All rows, or some, or none are chosen. */
  checked: boolean | "some";
  drawn: boolean | "some";
  onMenu(column: Column, anchor: Element): void;
  /** While an edge is dragged: the width that the column has now. */
  onResize(resized: { id: string; width: number } | null): void;
  /** Puts the keyboard's focus on the head of the column of this number. */
  focusHead(column: number): void;
}

export function TableHead(props: HeadProps) {
  const { layout, acts, checked, drawn } = props;
  const host = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(OWN);
  const tabbable = at <= OWN || layout.cells.some((cell) => cell.index === at) ? at : OWN;
  // One head is in the order of Tab, the arrow keys go to the others. What stands in a head may be another's component.
  useEffect(() => {
    for (const head of host.current?.children ?? []) {
      const control = head.querySelector<HTMLElement>("button, input");
      if (control !== null) control.tabIndex = columnOf(head) === tabbable ? 0 : -1;
    }
  });
  const movedColumn = useRef<string | null>(null);
  const onMoved = (id: string) => {
    movedColumn.current = id;
  };
  // A head that was moved has lost the focus on its way.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the columns stand for the move.
  useEffect(() => {
    const at = layout.columns.find((c) => c.id === movedColumn.current);
    movedColumn.current = null;
    if (at !== undefined) props.focusHead(at.index);
  }, [layout.columns]);
  return (
    <div
      ref={host}
      className={css.head}
      role="row"
      tabIndex={-1}
      aria-rowindex={1}
      data-row={HEAD}
      onFocus={(event) => {
        const column = columnOf(event.target.closest('[role="columnheader"]'));
        if (column !== null) setAt(column);
      }}
      onKeyDown={(event) => {
        const to = nextHead(event, columnOf((event.target as Element).closest('[role="columnheader"]')), layout);
        if (to === null) return;
        event.preventDefault();
        props.focusHead(to);
      }}
      style={{ gridTemplateColumns: layout.template, minWidth: layout.width }}
    >
      <span role="columnheader" aria-colindex={1} className={css.check}>
        <Mixed state={checked} label={text.selectAll} onChange={acts.checkAll} />
      </span>
      <span role="columnheader" aria-colindex={2} className={css.swatchCell}>
        <button
          type="button"
          className={css.toggle}
          aria-pressed={drawn === true}
          aria-label={text.drawAll}
          title={text.drawAll}
          onClick={() => acts.drawAll(drawn !== true)}
        >
          <i className={`${css.swatch} ${drawn === false ? css.off : css.several}`} />
        </button>
      </span>
      <HeadCell {...props} column={NAME_COLUMN} laid={null} onMoved={onMoved} />
      {layout.cells.map((laid) => (
        <HeadCell key={laid.id} {...props} column={laid.column} laid={laid} onMoved={onMoved} />
      ))}
    </div>
  );
}

function Mixed({ state, label, onChange }: { state: boolean | "some"; label: string; onChange(on: boolean): void }) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      title={label}
      checked={state === true}
      ref={(el) => {
        if (el !== null) el.indeterminate = state === "some";
      }}
      onChange={() => onChange(state !== true)}
    />
  );
}

/** The row of heads, where rows are named. */
export const HEAD = "head";

/** The column of a cell or of a head; null: it is neither. */
export function columnOf(cell: Element | null): number | null {
  const index = cell?.getAttribute("aria-colindex");
  return index === null || index === undefined ? null : Number(index);
}

/** Which head an arrow key goes to; null: it is no such key. */
function nextHead(event: KeyboardEvent, from: number | null, { columns }: Shown): number | null {
  if (from === null || event.altKey || event.ctrlKey || event.metaKey) return null;
  const last = OWN + columns.length;
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 1, End: last }[event.key];
  return to === undefined ? null : Math.min(last, Math.max(1, to));
}

export const WIDER = 24; // CSS pixels that one key makes a column wider

const MOVED = "application/x-stepwell-column";

interface CellProps extends HeadProps {
  column: Column;
  /** null: the column of the name. */
  laid: ShownCell | null;
  /** A key has moved it. */
  onMoved(id: string): void;
}

function HeadCell(props: CellProps) {
  const { column, laid, sort, acts, onMenu } = props;
  const place = sort.findIndex((s) => formatColumn(s.column) === formatColumn(column));
  const on = place >= 0 ? sort[place] : null;
  const isCourse = column.space === "metric" && column.stat === "course";
  const id = formatColumn(column);
  return (
    <span
      role="columnheader"
      className={`${laid === null ? css.nameHead : css.headCell} ${laid?.align === "end" ? css.number : ""} ${laid?.sticky == null ? "" : css.sticky}`}
      {...(laid === null ? { "aria-colindex": OWN } : placed(laid))}
      aria-sort={on === null ? undefined : on.descending ? "descending" : "ascending"}
      draggable={laid !== null}
      onDragStart={(event) => event.dataTransfer.setData(MOVED, id)}
      onDragOver={(event) => {
        if (laid !== null && event.dataTransfer.types.includes(MOVED)) event.preventDefault();
      }}
      onDrop={(event) => drop(event, id, acts)}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(column, event.currentTarget);
      }}
      onKeyDown={(event) => {
        const by = event.altKey ? { ArrowRight: 1 as const, ArrowLeft: -1 as const }[event.key] : undefined;
        if (event.key === "ArrowDown") onMenu(column, event.currentTarget);
        else if (by !== undefined && event.shiftKey)
          acts.columns((shown) => resized(shown, column, clampWidth(event.currentTarget.clientWidth + by * WIDER)));
        else if (by !== undefined && laid !== null) {
          acts.columns((shown) => moved(shown, id, by));
          props.onMoved(id);
        } else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {isCourse ? (
        <MetricPicker tags={props.tags} metric={column.name} onChoose={(tag) => acts.metric(tag, column.name)} />
      ) : (
        <button
          type="button"
          title={isSortable(column) ? text.sortBy(columnTitle(column)) : columnTitle(column)}
          onClick={(event) => isSortable(column) && acts.sort(column, event.shiftKey)}
        >
          <span className={css.headLabel}>{laid?.label ?? columnTitle(column)}</span>
          {on !== null && <SortMark sort={on} place={sort.length > 1 ? place + 1 : null} />}
        </button>
      )}
      <Edge {...props} />
    </span>
  );
}

function SortMark({ sort, place }: { sort: Sort; place: number | null }) {
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return (
    <>
      <Arrow {...icon} size={12} />
      {place !== null && <span className={css.sortPlace}>{place}</span>}
    </>
  );
}

/** The edge that makes a column wider. Its keyboard's way is the column's menu. */
function Edge({ column, laid, layout, acts, onResize }: HeadProps & { column: Column; laid: ShownCell | null }) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const id = formatColumn(column);
  const widthAt = (event: PointerEvent) => clampWidth(from.current!.width + event.clientX - from.current!.x);
  const end = (event: PointerEvent, keep: boolean) => {
    if (from.current === null) return;
    const width = widthAt(event);
    from.current = null;
    onResize(null);
    if (keep) acts.columns((shown) => resized(shown, column, width));
  };
  return (
    <i
      className={css.edge}
      aria-hidden="true"
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        const width = laid?.width ?? event.currentTarget.parentElement?.clientWidth ?? layout.nameWidth;
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (from.current !== null) onResize({ id, width: widthAt(event) });
      }}
      onPointerUp={(event) => end(event, true)}
      onPointerCancel={(event) => end(event, false)}
      onDoubleClick={() => acts.columns((shown) => resized(shown, column, null))}
    />
  );
}

function drop(event: DragEvent, before: string, acts: RunActs): void {
  const id = event.dataTransfer.getData(MOVED);
  if (id === "" || id === before) return;
  event.preventDefault();
  acts.columns((shown) => {
    const from = shown.find((s) => formatColumn(s.column) === id);
    const target = shown.find((s) => formatColumn(s.column) === before);
    if (from === undefined || target === undefined) return shown;
    const rest = shown.filter((s) => s !== from);
    const right = shown.indexOf(from) < shown.indexOf(target);
    const at = rest.indexOf(target) + (right ? 1 : 0);
    return [...rest.slice(0, at), { ...from, pinned: target.pinned }, ...rest.slice(at)];
  });
}

/** One place to the right, or to the left. */
export function moved(shown: ShownColumn[], id: string, by: 1 | -1): ShownColumn[] {
  const at = shown.findIndex((s) => formatColumn(s.column) === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= shown.length) return shown;
  const next = [...shown];
  [next[at], next[to]] = [next[to], next[at]];
  return next;
}

/** `width` null: as wide as its kind is. The name's own column is listed only when it has a width. */
export function resized(shown: ShownColumn[], column: Column, width: number | null): ShownColumn[] {
  const id = formatColumn(column);
  if (id === "name") {
    const rest = shown.filter((s) => formatColumn(s.column) !== id);
    return width === null ? rest : [{ column, pinned: true, width }, ...rest];
  }
  return shown.map((s) => (formatColumn(s.column) === id ? { ...s, width } : s));
}
