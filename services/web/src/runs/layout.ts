// Where the columns of the table stand. One grid template for the head and all rows.

import { tagText } from "../api/tags";
import { type Column, formatColumn, runColumn, type ShownColumn } from "../state/columns";
import { text } from "../text";

export interface LaidColumn {
  column: Column;
  /** Equal columns have equal ids. */
  id: string;
  label: string;
  /** Its number among all columns of the table, from 1: what aria-colindex says. */
  index: number;
  /** CSS pixels from the left edge of a row, when nothing is scrolled. */
  start: number;
  width: number;
  /** CSS pixels from the left edge where a pinned column sticks; null: it scrolls. */
  sticky: number | null;
  align: "start" | "end";
}

export interface Layout {
  /** The pinned ones first. */
  columns: LaidColumn[];
  /** Of the name's column, which takes what is left unless it is fixed. */
  nameWidth: number;
  fixed: boolean;
  /** The least width of a row; wider ones scroll sideways. */
  width: number;
}

// What a finger has to hit has 40 px; RunTable.module.css says the same.
export const COARSE = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
const CHECK = COARSE ? 40 : 32;
const SWATCH = COARSE ? 40 : 26;
const NAME = 190;
const END = 10;
/** Columns before those that are chosen: the box, the swatch, the name. */
export const OWN = 3;

export const NAME_COLUMN = runColumn("name");

const WIDTHS: Partial<Record<string, number>> = {
  status: 84,
  created: 92,
  updated: 92,
  finished: 92,
  duration: 84,
  owner: 96,
  experiment: 140,
  archived: 72,
  note: 200,
  id: 200,
};

export function defaultWidth(column: Column): number {
  if (column.space === "run") return WIDTHS[column.name] ?? 96;
  if (column.space === "metric") return column.stat === "course" ? 88 : 72;
  return 84;
}

const NUMBERS = new Set<string>(["duration"]);

export const alignOf = (column: Column): "start" | "end" =>
  (column.space === "metric" && column.stat !== "course") ||
  column.space === "param" ||
  (column.space === "run" && NUMBERS.has(column.name))
    ? "end"
    : "start";

const WITH_SPREAD = 34; // CSS pixels more, for the deviation beside a mean

/** `resized`: a column whose edge is being dragged. `grouped`: there are rows with means. */
export function layOut(
  shown: readonly ShownColumn[],
  resized: { id: string; width: number } | null,
  grouped: boolean,
): Layout {
  const spread = (column: Column) =>
    grouped && column.space === "metric" && column.stat !== "course" ? WITH_SPREAD : 0;
  const widthOf = ({ column, width }: ShownColumn) =>
    resized?.id === formatColumn(column) ? resized.width : (width ?? defaultWidth(column) + spread(column));
  const course = shown.find(({ column }) => column.space === "metric" && column.stat === "course")?.column.name;
  const name = shown.find((s) => formatColumn(s.column) === "name");
  const rest = shown.filter((s) => s !== name);
  const ordered = [...rest.filter((s) => s.pinned), ...rest.filter((s) => !s.pinned)];
  const fixedName = resized?.id === "name" ? resized.width : (name?.width ?? null);
  const nameWidth = fixedName ?? NAME;
  let left = CHECK + SWATCH + nameWidth;
  const columns = ordered.map((s, i): LaidColumn => {
    const { column } = s;
    const width = widthOf(s);
    const start = left;
    left += width;
    return {
      column,
      id: formatColumn(column),
      label: columnLabel(column, course),
      index: OWN + 1 + i,
      start,
      width,
      sticky: s.pinned ? start : null,
      align: alignOf(column),
    };
  });
  // A pinned column has its place only where the name's has a fixed one.
  const fixed = fixedName !== null || columns.some((c) => c.sticky !== null);
  return { columns, nameWidth, fixed, width: left + END };
}

/** A part of the width of the table, in CSS pixels from its left edge. */
export interface Span {
  from: number;
  to: number;
}

/** A layout of which only the pinned columns and those within the span have cells. */
export interface Shown extends Layout {
  cells: ShownCell[];
  /** The tracks of the grid: one for each cell, and one before and behind for all that have none. */
  template: string;
}

export interface ShownCell extends LaidColumn {
  /** The line of the grid that it begins at; null: behind the cell before it. */
  line: number | null;
}

export function within(layout: Layout, span: Span): Shown {
  const pinned = layout.columns.filter((c) => c.sticky !== null);
  const rest = layout.columns.slice(pinned.length);
  const inSpan = rest.filter((c) => c.start + c.width > span.from && c.start < span.to);
  const [first, last] = [inSpan[0], inSpan.at(-1)];
  const [behind, end] = [stuckWidth(layout), layout.width - END];
  const before = first === undefined ? 0 : first.start - behind;
  const after = end - (last === undefined ? behind : last.start + last.width);
  const name = layout.fixed ? `${layout.nameWidth}px` : `minmax(${layout.nameWidth}px, 1fr)`;
  const tracks = [
    `${CHECK}px ${SWATCH}px ${name}`,
    ...pinned.map((c) => `${c.width}px`),
    `${before}px`,
    ...inSpan.map((c) => `${c.width}px`),
    `${after}px`,
    ...(layout.fixed ? ["minmax(0, 1fr)"] : []),
  ];
  const firstLine = OWN + pinned.length + 2;
  return {
    ...layout,
    cells: [
      ...pinned.map((c) => ({ ...c, line: null })),
      ...inSpan.map((c, i) => ({ ...c, line: i === 0 ? firstLine : null })),
    ],
    template: tracks.join(" "),
  };
}

/** What stands over the columns that scroll: the box, the swatch, the name and the pinned ones. */
export const stuckWidth = ({ columns, nameWidth }: Layout): number =>
  columns.reduce((sum, c) => (c.sticky === null ? sum : sum + c.width), CHECK + SWATCH + nameWidth);

/** Where a cell of the head or of a row stands: its attributes. */
export const placed = ({ index, sticky, line }: ShownCell) => ({
  "aria-colindex": index,
  style: { left: sticky ?? undefined, gridColumnStart: line ?? undefined },
});

/** What the head of a column says. Beside the course of its metric only what of it. */
export function columnLabel(column: Column, course?: string): string {
  if (column.space === "run") return text.runKey[column.name];
  if (column.space !== "metric") return column.name;
  if (column.name === course && column.stat !== "course") return text.stat[column.stat];
  return column.stat === "course" || column.stat === "last" ? tagText(column.name) : columnTitle(column);
}

/** The whole name of a column, for titles, lists and copies. */
export function columnTitle(column: Column): string {
  if (column.space === "run") return text.runKey[column.name];
  if (column.space === "metric") return `${tagText(column.name)} ${text.stat[column.stat]}`;
  return column.name;
}
