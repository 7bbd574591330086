// From runs and view to table rows: order, filter, what is drawn, and each drawn run's look.

import { toValue } from "../api/json64";
import type { Run } from "../api/types";
import type { SceneRun } from "../chart/protocol";
import { makeMatcher } from "../state/match";
import { drawnIds } from "../state/selection";
import type { Metric, SortKey, View } from "../state/view";

export interface Rows {
  /** All runs in the order of the table; `place` of the selection counts in it. */
  ordered: Run[];
  places: Map<string, number>;
  /** Those that the filter lets through. */
  shown: Run[];
  drawn: Set<string>;
  scene: SceneRun[];
  outside: number;
  filterProblem: string | null;
  live: number;
}

export const isLive = (run: Run) => run.status === "running";

/** 32-bit FNV-1a of the id, for runs without a stored slot. */
export function slotOf(run: Pick<Run, "id" | "color_slot">): number {
  if (typeof run.color_slot === "number") return ((run.color_slot % 12) + 12) % 12;
  let hash = 0x811c9dc5;
  for (let i = 0; i < run.id.length; i++) hash = Math.imul(hash ^ run.id.charCodeAt(i), 0x01000193) >>> 0;
  return hash % 12;
}

export function metricValue(run: Run, metric: Metric): number | null {
  const value = run.summary?.[metric.tag]?.[metric.stat];
  return value === undefined || value === null ? null : toValue(value);
}

function compare(a: Run, b: Run, key: SortKey): number {
  switch (key.by) {
    case "name":
      return a.name.localeCompare(b.name, "en", { numeric: true });
    case "status":
      return a.status.localeCompare(b.status);
    case "created":
      return a.created < b.created ? -1 : a.created > b.created ? 1 : 0;
    case "metric": {
      const x = metricValue(a, key.metric);
      const y = metricValue(b, key.metric);
      return (x ?? 0) - (y ?? 0);
    }
  }
}

export function sortRuns(runs: readonly Run[], sort: View["sort"]): Run[] {
  const sign = sort.descending ? -1 : 1;
  // Runs without the metric, or with NaN, come last in either direction.
  const missing = (run: Run) => {
    if (sort.key.by !== "metric") return 0;
    const value = metricValue(run, sort.key.metric);
    return value === null ? 2 : Number.isNaN(value) ? 1 : 0;
  };
  return [...runs].sort((a, b) => {
    const last = missing(a) - missing(b);
    if (last !== 0) return last;
    const order = missing(a) === 0 ? sign * compare(a, b, sort.key) : 0;
    return order !== 0 ? order : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  });
}

/** Where drawn runs share a colour, the later ones (by age) get dashes. */
export function looks(drawn: readonly Run[]): SceneRun[] {
  const byAge = [...drawn].sort((a, b) =>
    a.created < b.created ? -1 : a.created > b.created ? 1 : a.id < b.id ? -1 : 1,
  );
  const used = new Array<number>(12).fill(0);
  const dash = new Map<string, number>();
  for (const run of byAge) dash.set(run.id, used[slotOf(run)]++ % 4);
  return drawn.map((run) => ({ id: run.id, slot: slotOf(run), dash: dash.get(run.id) ?? 0, live: isLive(run) }));
}

/** The order of rows while the pointer is in the table: live values must not move a row from under it. */
export interface Frozen {
  sort: View["sort"];
  ids: string[];
}

function inOrder(runs: readonly Run[], sort: View["sort"], frozen: Frozen | null): Run[] {
  const sorted = sortRuns(runs, sort);
  if (frozen === null || frozen.sort !== sort) return sorted;
  const place = new Map(frozen.ids.map((id, i) => [id, i]));
  // New runs stand at the end until the pointer leaves; sorting is stable.
  const placeOf = (run: Run) => place.get(run.id) ?? frozen.ids.length;
  return sorted.sort((a, b) => placeOf(a) - placeOf(b));
}

export function makeRows(
  runs: readonly Run[],
  view: Pick<View, "q" | "sel" | "sort">,
  frozen: Frozen | null = null,
): Rows {
  const ordered = inOrder(runs, view.sort, frozen);
  const { matches, problem } = makeMatcher(view.q);
  const drawn = drawnIds(
    view.sel,
    ordered.map((run) => run.id),
  );
  const shown = ordered.filter((run) => matches(run.name));
  const shownDrawn = shown.filter((run) => drawn.has(run.id)).length;
  return {
    ordered,
    places: new Map(ordered.map((run, place) => [run.id, place])),
    shown,
    drawn,
    scene: looks(ordered.filter((run) => drawn.has(run.id))),
    outside: drawn.size - shownDrawn,
    filterProblem: problem,
    live: ordered.filter(isLive).length,
  };
}
