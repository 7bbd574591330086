// From the loaded runs and the view to what the page shows of them: what is drawn, how, and what is outside of the filter.

import type { Run } from "../api/types";
import type { SceneGroup } from "../chart/protocol";
import type { Rgb } from "../chart/raster";
import type { ListState } from "../runs/list";
import { type Look, looks, sceneGroups } from "../runs/looks";
import type { Members } from "../runs/members";
import type { Chosen } from "../runs/useRunList";
import { isLive } from "../runs/values";
import type { RunsView, Selection } from "../state/runs_view";
import { drawnRuns, isMemberShown, namedIds } from "../state/selection";
import type { DrawnGroup, GroupPlan } from "./group_plan";
import { MAX_DRAWN } from "./limits";

export interface Rows {
  /** Those that are loaded, in the order of the server. */
  shown: readonly Run[];
  /** How many match the filter. */
  total: number;
  places: ReadonlyMap<string, number>;
  /** Every run that is known here, also those outside of the list. */
  byId: ReadonlyMap<string, Run>;
  /** What is drawn is known: of groups the first are there with their members. */
  ready: boolean;
  /** Runs with a line of their own. */
  drawn: ReadonlySet<string>;
  /** With the members that are hidden: they count in their groups. */
  scene: Look[];
  /** None while runs are not grouped. */
  groups: SceneGroup[];
  /** The groups that are drawn, by their keys. */
  drawnGroups: ReadonlyMap<string, DrawnGroup>;
  /** What a chart has no room for; null: nothing. */
  over: Over | null;
  looks: ReadonlyMap<string, Look>;
  /** Drawn runs that the filter does not let through. */
  outside: Run[];
  live: number;
}

export interface Over {
  /** Of which not all members are drawn. */
  groups: { key: string; label: string; drawn: number; count: number }[];
  /** Groups that are not drawn at all. */
  left: number;
}

/** How many rows of the list a selection needs. */
export const rowsNeeded = (sel: Selection) =>
  sel.base === "top" ? Math.min(sel.n, MAX_DRAWN) : sel.base === "all" ? MAX_DRAWN : 0;

type Shown = Pick<RunsView, "sel" | "colors" | "group">;
type List = Pick<ListState<Run>, "rows" | "total">;

export function makeRows(state: List, chosen: Chosen, view: Shown, scale: readonly Rgb[]): Rows {
  const byId = knownRuns(state.rows, chosen.runs);
  const drawn = drawnRuns(view.sel, state.rows, byId, MAX_DRAWN);
  const scene = looks(drawn, { colors: view.colors, group: view.group, scale });
  return rowsOf(state, chosen, byId, scene, { groups: [], drawnGroups: new Map(), over: null, ready: true });
}

export interface Grouped {
  /** null: not known yet. */
  plan: GroupPlan | null;
  /** Keys of all groups that are loaded: colours do not change with what is drawn. */
  keys: readonly string[];
  members: ReadonlyMap<string, Members>;
}

/** While runs are grouped: each drawn group with all of its members, hidden ones too. */
export function makeGroupedRows(
  state: List,
  chosen: Chosen,
  view: Shown,
  scale: readonly Rgb[],
  { plan, keys, members }: Grouped,
): Rows {
  const byId = knownRuns(state.rows, chosen.runs);
  const drawn: Run[] = [];
  const groupOf = new Map<string, DrawnGroup>();
  const ready: DrawnGroup[] = [];
  for (const group of plan?.drawn ?? []) {
    const there = members.get(group.key);
    // A mean of a part would be a wrong one.
    if (there === undefined || there.runs.length < Math.min(group.count, there.total)) continue;
    ready.push(group);
    for (const run of there.runs.slice(0, group.count)) {
      if (groupOf.has(run.id)) continue;
      drawn.push(run);
      groupOf.set(run.id, group);
      byId.set(run.id, run);
    }
  }
  // A named run that no group has stands for itself.
  for (const id of namedIds(view.sel)) {
    const run = byId.get(id);
    if (run !== undefined && !groupOf.has(id) && chosen.outside.has(id)) drawn.push(run);
  }
  for (const { runs } of members.values()) for (const run of runs) if (!byId.has(run.id)) byId.set(run.id, run);
  const groups = sceneGroups(
    ready.map(({ group }) => group),
    keys,
  );
  const slots = new Map(groups.map(({ key, slot }) => [key, slot]));
  const scene = looks(drawn, { colors: view.colors, group: view.group, scale }).map((look): Look => {
    const group = groupOf.get(look.id);
    if (group === undefined) return { ...look, group: null };
    const byGroup = view.colors.rule.by === "group" && !Object.hasOwn(view.colors.own, look.id);
    const slot = byGroup ? slots.get(group.key)! : look.slot;
    return { ...look, slot, group: group.key, hidden: !isMemberShown(view.sel, look.id, group.how) };
  });
  const part = ready.flatMap(({ key, group, count }, i) =>
    count < group.count ? [{ key, label: groups[i].label, drawn: count, count: group.count }] : [],
  );
  const drawnGroups = new Map(plan?.drawn.map((group) => [group.key, group]));
  const left = plan?.left ?? 0;
  return rowsOf(state, chosen, byId, scene, {
    groups,
    drawnGroups,
    over: part.length + left > 0 ? { groups: part, left } : null,
    ready: plan !== null && (plan.drawn.length === 0 || ready.length > 0),
  });
}

/** Those of the list are the newest. */
function knownRuns(rows: readonly Run[], chosen: readonly Run[]): Map<string, Run> {
  const byId = new Map(rows.map((run) => [run.id, run]));
  for (const run of chosen) if (!byId.has(run.id)) byId.set(run.id, run);
  return byId;
}

function rowsOf(
  { rows, total }: List,
  chosen: Chosen,
  byId: ReadonlyMap<string, Run>,
  scene: Look[],
  grouped: Pick<Rows, "groups" | "drawnGroups" | "over" | "ready">,
): Rows {
  const own = scene.filter((look) => look.hidden !== true);
  const drawn = new Set(own.map((look) => look.id));
  return {
    shown: rows,
    total,
    places: new Map(rows.map((run, place) => [run.id, place])),
    byId,
    drawn,
    scene,
    ...grouped,
    looks: new Map(own.map((look) => [look.id, look])),
    outside: chosen.runs.filter((run) => chosen.outside.has(run.id) && drawn.has(run.id)),
    live: rows.filter(isLive).length,
  };
}
