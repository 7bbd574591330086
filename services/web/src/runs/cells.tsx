// The content of a cell.

import { CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { Run } from "../api/types";
import { ago, clockTime, duration, shortValue } from "../chart/format";
import controls from "../components/controls.module.css";
import { Name } from "../components/Name";
import { icon } from "../components/Shell";
import type { FilterValue } from "../filter/meaning";
import type { Column } from "../state/columns";
import { text } from "../text";
import css from "./RunTable.module.css";
import type { CellValue } from "./useSeriesCells";
import { cellValue, isShort, silentSince } from "./values";

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
  return column.space === "param" ? <Written value={value} /> : <Value value={value} />;
}

export function Written({ value }: { value: FilterValue }) {
  if (typeof value === "number" && isShort(value)) return <>{String(value)}</>;
  return <Value value={value} />;
}

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

/** What the server was asked for this cell; why it could not be had, if so. */
export function AskedValue({ value }: { value: CellValue | undefined }) {
  if (typeof value !== "object") return <Value value={value} />;
  const why = text.cellRefused(value.detail || value.title);
  return (
    <span className={css.refused} role="img" aria-label={why} title={why}>
      <CircleAlert {...icon} size={12} />
    </span>
  );
}

/** How long a live run has not been heard of; goes on by itself. */
export function Silent({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const word = text.silent(seconds < 120 ? `${seconds} s` : duration(seconds));
  return (
    <span className={`${controls.tagWarn} ${css.state}`} title={text.silentSince(clockTime(since / 1000))}>
      {word}
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
  // Of one that is silent its row tells for how long.
  if (!ORDINARY.has(run.status) && silentSince(run) === null)
    words.push({ kind: BAD.has(run.status) ? "bad" : "warn", word: run.status });
  const summary = metric === null ? undefined : run.summary?.[metric];
  if (summary?.last === "NaN" && summary.last_step !== undefined && summary.last_step !== null)
    words.push({ kind: "bad", word: text.nanAt(summary.last_step) });
  if (run.archived === true) words.push({ kind: "warn", word: text.archivedTag });
  return words;
}
