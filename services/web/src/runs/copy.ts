// The table as text for elsewhere: CSV with every digit, or a Markdown table.

import type { Run } from "../api/types";
import { exactValue } from "../chart/format";
import { type Column, filterKey, isSortable } from "../state/columns";
import { columnTitle } from "./layout";
import { cellValue } from "./values";

const written = (run: Run, column: Column): string => {
  const value = cellValue(run, column);
  if (value === undefined || value === null) return "";
  return typeof value === "number" ? exactValue(value) : String(value);
};

const NAME: Column = { space: "run", name: "name" };
const real = (columns: readonly Column[]) => columns.filter(isSortable);

/** RFC 4180; a text that a spreadsheet would take for a formula begins with an apostrophe. */
const csvField = (value: string, text: boolean) => {
  const safe = text && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

/** Fields that say themselves whether they are numbers. */
export const csvLine = (fields: readonly string[]) =>
  fields.map((field) => csvField(field, field === "" || Number.isNaN(Number(field)))).join(",");

export const markdownRow = (fields: readonly string[]) =>
  `| ${fields.map((field) => field.replace(/[\\|<>`*_[\]]/g, "\\$&").replace(/\s+/g, " ")).join(" | ")} |`;

export function asCsv(runs: readonly Run[], columns: readonly Column[]): string {
  const shown = [NAME, ...real(columns)];
  const lines = [shown.map((c) => csvField(c === NAME ? "name" : filterKey(c), true)).join(",")];
  for (const run of runs)
    lines.push(shown.map((c) => csvField(written(run, c), typeof cellValue(run, c) === "string")).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

export function asMarkdown(runs: readonly Run[], columns: readonly Column[]): string {
  const shown = [NAME, ...real(columns)];
  const right = (c: Column) => c.space === "metric" || runs.some((run) => typeof cellValue(run, c) === "number");
  return [
    markdownRow(shown.map(columnTitle)),
    `| ${shown.map((c) => (right(c) ? "---:" : "---")).join(" | ")} |`,
    ...runs.map((run) => markdownRow(shown.map((c) => written(run, c)))),
    "",
  ].join("\n");
}
