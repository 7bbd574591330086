// What a run has in a column.

import { toValue } from "../api/json64";
import type { Run } from "../api/types";
import type { FilterValue } from "../filter/meaning";
import type { Column, RunKey } from "../state/columns";

export const isLive = (run: Run) => run.status === "running";

const LATE = 60_000; // ms: lists follow in less than a second, and clocks differ

/** Whether what it logged last may not yet be in all lists. */
export const isLate = (run: Run, now: number) => isLive(run) || now - Date.parse(run.updated ?? run.created) < LATE;

/**
 * When a run that is running was last heard of (ms as Date.now() has them), where that is so long ago that it counts as
 * disconnected; else null. Its duration ends there (docs/adr/0009-disconnected-is-computed.md).
 */
export function silentSince(run: Pick<Run, "status" | "created" | "duration">): number | null {
  if (run.status !== "disconnected" || typeof run.duration !== "number") return null;
  return Date.parse(run.created) + run.duration * 1000;
}

/** undefined: the run has none. Objects and arrays of parameters are their JSON. */
export function cellValue(run: Run, column: Column): FilterValue | undefined {
  switch (column.space) {
    case "run":
      return ownValue(run, column.name);
    case "label":
      return own(run.labels, column.name);
    case "param":
      return plain(own(run.params, column.name));
    case "metric":
      // What stands at the crosshair, and in a range, is not known of the run alone.
      if (column.stat === "at" || column.stat === "range") return undefined;
      return metricValue(run, column.name, column.stat === "min" || column.stat === "max" ? column.stat : "last");
  }
}

export function metricValue(run: Run, tag: string, stat: "last" | "min" | "max"): number | undefined {
  const value = own(run.summary, tag)?.[stat];
  return value === undefined || value === null ? undefined : toValue(value);
}

function ownValue(run: Run, name: RunKey): FilterValue | undefined {
  const value = name === "forked_from" ? run.forked_from?.run : run[name];
  return value === null || value === "" ? undefined : value;
}

/** A member that the object itself has: names of columns come from addresses. */
const own = <T>(object: Record<string, T> | undefined, name: string): T | undefined =>
  object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;

function plain(value: unknown): FilterValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  return JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? item.toString() : item));
}

/** Do the runs differ in this column? A run without a value differs from one with. */
export function differs(runs: readonly Run[], column: Column): boolean {
  if (runs.length < 2) return true;
  const first = cellValue(runs[0], column);
  return runs.some((run) => !Object.is(cellValue(run, column), first));
}

const WRITTEN = 9; // characters

/** A parameter is what somebody wrote, if that is short: 0.001 is not 0.001000. */
export const isShort = (value: number): boolean => String(value).length <= WRITTEN;

/** The group that a run is in, for each key its value; null: it has none. Equal keys have equal text. */
export const groupKey = (run: Run, by: readonly Column[]): string =>
  keyText(by.map((column) => cellValue(run, column) ?? null));

export const keyText = (values: readonly (FilterValue | undefined)[]): string => JSON.stringify(values);

/** Where the shared beginning of all names ends, at a separator. */
export function sharedPrefix(names: readonly string[]): number {
  if (names.length < 2) return 0;
  let length = names[0].length;
  for (const name of names) {
    let i = 0;
    while (i < length && name[i] === names[0][i]) i++;
    length = i;
  }
  const cut = /^.*[/_.:-]/s.exec(names[0].slice(0, length));
  return cut === null ? 0 : cut[0].length;
}

/** Ids of the runs that are best in a metric column; none where all are equal or fewer than two have it. */
export function bestOf(runs: readonly Run[], column: Column, higher: boolean): string | null {
  let best: Run | null = null;
  let value = Number.NaN;
  let distinct = false;
  for (const run of runs) {
    const next = cellValue(run, column);
    if (typeof next !== "number" || !Number.isFinite(next)) continue;
    if (best !== null && next !== value) distinct = true;
    if (best === null || (higher ? next > value : next < value)) {
      best = run;
      value = next;
    }
  }
  return distinct && best !== null ? best.id : null;
}
