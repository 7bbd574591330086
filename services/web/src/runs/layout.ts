// Where the columns of the table stand. One grid template for the head and all rows.

import { tagText } from "../api/tags";
import { type Column, formatColumn, runColumn, type ShownColumn } from "../state/columns";
import { text } from "../text";

export interface LaidColumn {
  column: Column;
  /** Equal columns have equal ids. */
  id: string;
  label: string;
  width: number;
  /** CSS pixels from the left edge where a pinned column sticks; null: it scrolls. */
  sticky: number | null;
  align: "start" | "end";
}

export interface Layout {
  columns: LaidColumn[];
  /** Of the name's column, which takes what is left. */
  nameWidth: number;
  template: string;
  /** The least width of a row; wider ones scroll sideways. */
  width: number;
}

export const CHECK = 32;
export const SWATCH = 26;
const NAME = 150;
const GAP = 8;
const END = 10;

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
  if (column.space === "metric") return column.stat === "course" ? 88 : 64;
  return 84;
}

const NUMBERS = new Set<string>(["duration"]);

export const alignOf = (column: Column): "start" | "end" =>
  (column.space === "metric" && column.stat !== "course") ||
  column.space === "param" ||
  (column.space === "run" && NUMBERS.has(column.name))
    ? "end"
    : "start";

const WITH_SPREAD = 30; // CSS pixels more, for the deviation beside a mean

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
  let left = CHECK + SWATCH + nameWidth + GAP;
  const columns = ordered.map((s): LaidColumn => {
    const width = widthOf(s);
    const sticky = s.pinned ? left : null;
    left += width + GAP;
    const { column } = s;
    return {
      column,
      id: formatColumn(column),
      label: columnLabel(column, course),
      width,
      sticky,
      align: alignOf(column),
    };
  });
  // A pinned column has its place only where the name's has a fixed one.
  const fixed = fixedName !== null || columns.some((c) => c.sticky !== null);
  const nameTrack = fixed ? `${nameWidth}px` : `minmax(${nameWidth}px, 1fr)`;
  const filler = fixed ? " minmax(0, 1fr)" : "";
  return {
    columns,
    nameWidth,
    template: `${CHECK}px ${SWATCH}px ${nameTrack} ${columns.map((c) => `${c.width}px`).join(" ")}${filler}`,
    width: left + END,
  };
}

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
