// From the loaded runs and the view to what the page shows of them: what is drawn, how, and what is outside of the filter.

import type { Run } from "../api/types";
import type { SceneGroup } from "../chart/protocol";
import type { Rgb } from "../chart/raster";
import type { ListState } from "../runs/list";
import { groupsOf, type Look, looks } from "../runs/looks";
import type { Chosen } from "../runs/useRunList";
import { isLive } from "../runs/values";
import type { RunsView, Selection } from "../state/runs_view";
import { drawnRuns } from "../state/selection";

export interface Rows {
  /** Those that are loaded, in the order of the server. */
  shown: readonly Run[];
  /** How many match the filter. */
  total: number;
  places: ReadonlyMap<string, number>;
  /** Every run that is known here, also those outside of the list. */
  byId: ReadonlyMap<string, Run>;
  drawn: ReadonlySet<string>;
  scene: Look[];
  /** Of the drawn runs; none while runs are not grouped. */
  groups: SceneGroup[];
  looks: ReadonlyMap<string, Look>;
  /** Drawn runs that the filter does not let through. */
  outside: Run[];
  live: number;
}

/** More lines than a chart can tell apart: a rule draws so many at most. */
export const MAX_DRAWN = 5000;

/** How many rows of the list a selection needs. */
export const rowsNeeded = (sel: Selection) =>
  sel.base === "top" ? Math.min(sel.n, MAX_DRAWN) : sel.base === "all" ? MAX_DRAWN : 0;

export function makeRows(
  state: Pick<ListState<Run>, "rows" | "total">,
  chosen: Chosen,
  view: Pick<RunsView, "sel" | "colors" | "group">,
  scale: readonly Rgb[],
): Rows {
  const { rows } = state;
  const byId = new Map(rows.map((run) => [run.id, run]));
  for (const run of chosen.runs) if (!byId.has(run.id)) byId.set(run.id, run);
  const drawn = drawnRuns(view.sel, rows, byId, MAX_DRAWN);
  const scene = looks(drawn, { colors: view.colors, group: view.group, scale });
  const ids = new Set(drawn.map((run) => run.id));
  return {
    shown: rows,
    total: state.total,
    places: new Map(rows.map((run, place) => [run.id, place])),
    byId,
    drawn: ids,
    scene,
    groups: groupsOf(drawn, view.group),
    looks: new Map(scene.map((look) => [look.id, look])),
    outside: chosen.runs.filter((run) => chosen.outside.has(run.id) && ids.has(run.id)),
    live: rows.filter(isLive).length,
  };
}
