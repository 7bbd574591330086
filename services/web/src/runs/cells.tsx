// The content of a cell.

import type { Run } from "../api/types";
import { ago, duration, shortValue } from "../chart/format";
import { Name } from "../components/Name";
import type { FilterValue } from "../filter/meaning";
import type { Column } from "../state/columns";
import { text } from "../text";
import css from "./RunTable.module.css";
import { cellValue } from "./values";

const TIMES = new Set<string>(["created", "updated", "finished"]);

/** `now`: Date.now(), a minute old at most. */
export function Cell({ run, column, now }: { run: Run; column: Column; now: number }) {
  const value = cellValue(run, column);
  if (value === undefined) return null;
  if (column.space === "run") {
    if (TIMES.has(column.name)) return <span title={String(value)}>{ago(String(value), now)}</span>;
    if (column.name === "duration" && typeof value === "number") return <>{duration(value)}</>;
    if (column.name === "archived") return <>{value === true ? text.yes : ""}</>;
  }
  // A parameter is what somebody wrote: 0.001 is not 0.001000.
  const written = column.space === "param" && typeof value === "number" && String(value).length <= WRITTEN;
  return written ? String(value) : <Value value={value} />;
}

const WRITTEN = 9; // characters

export function Value({ value }: { value: FilterValue | undefined }) {
  if (value === undefined) return null;
  if (value === null) return <span className={css.missing}>{text.none}</span>;
  if (typeof value === "string") return <Name name={value} />;
  if (typeof value === "boolean") return <>{String(value)}</>;
  return (
    <span className={Number.isFinite(value) ? undefined : css.bad} title={String(value)}>
      {shortValue(value)}
    </span>
  );
}

const ORDINARY = new Set(["running", "finished", "completed", "done", "unknown", ""]);
const BAD = new Set(["failed", "crashed"]);

export interface StateWord {
  kind: "bad" | "warn" | "base";
  word: string;
}

/** What is not ordinary about a run, in words. `metric`: the tag whose NaN is told with its step. */
export function stateWords(run: Run, metric: string | null, baseline: boolean): StateWord[] {
  const words: StateWord[] = [];
  if (baseline) words.push({ kind: "base", word: text.baseline });
  if (!ORDINARY.has(run.status)) words.push({ kind: BAD.has(run.status) ? "bad" : "warn", word: run.status });
  const summary = metric === null ? undefined : run.summary?.[metric];
  if (summary?.last === "NaN" && summary.last_step !== undefined && summary.last_step !== null)
    words.push({ kind: "bad", word: text.nanAt(summary.last_step) });
  if (run.archived === true) words.push({ kind: "warn", word: text.archivedTag });
  return words;
}
