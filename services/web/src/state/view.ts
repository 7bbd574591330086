// The view of an experiment and its place in the URL. Everything that changes a picture is in here; each key has a default
// that is left out, and the order of keys is fixed, so equal views have equal URLs. It has three parts, one for each side of
// the page: runs, panels, charts.
//
// Reading is total: an unknown key is kept (another version may know it), a bad value falls back to its default and is named
// in `problems`.

import { CHARTS_KEYS, type ChartsView, defaultCharts, formatCharts, readCharts } from "./charts_view";
import {
  defaultPanels,
  formatNamedPanels,
  formatPanels,
  isNamedPanelsKey,
  PANELS_KEYS,
  type PanelsView,
  readNamedPanels,
  readPanels,
} from "./panels_view";
import type { Pair } from "./query";
import { defaultRuns, formatRuns, RUNS_KEYS, type RunsView, readRuns } from "./runs_view";

export type { Selection } from "./runs_view";

export type View = RunsView & PanelsView & ChartsView & { unknown: Pair[] };

export const defaultView = (): View => ({ ...defaultRuns(), ...defaultPanels(), ...defaultCharts(), unknown: [] });

/** In the order of the address. */
export const ADDRESS_KEYS = [...RUNS_KEYS, ...PANELS_KEYS, ...CHARTS_KEYS];
type Key = (typeof ADDRESS_KEYS)[number];

export interface Parsed {
  view: View;
  /** Keys whose value could not be used, with the value. */
  problems: Pair[];
}

const isOf = <K extends string>(keys: readonly K[], key: string): key is K => (keys as readonly string[]).includes(key);

export function parseView(pairs: readonly Pair[]): Parsed {
  const view = defaultView();
  const problems: Pair[] = [];
  const known = new Map<Key, string>();
  for (const [key, value] of pairs) {
    if (isOf(ADDRESS_KEYS, key)) known.set(key, value);
    else if (isNamedPanelsKey(key)) {
      if (!readNamedPanels(view, key, value)) problems.push([key, value]);
    } else view.unknown.push([key, value]);
  }
  for (const key of ADDRESS_KEYS) {
    const value = known.get(key);
    if (value !== undefined && !readKey(view, key, value)) problems.push([key, value]);
  }
  return { view, problems };
}

function readKey(view: View, key: Key, value: string): boolean {
  if (isOf(RUNS_KEYS, key)) return readRuns(view, key, value);
  if (isOf(PANELS_KEYS, key)) return readPanels(view, key, value);
  return readCharts(view, key, value);
}

const written = (view: View): Record<Key, string> => ({
  ...formatRuns(view),
  ...formatPanels(view),
  ...formatCharts(view),
});

const standard = written(defaultView());

export function formatView(view: View): Pair[] {
  const values = written(view);
  const pairs = ADDRESS_KEYS.filter((key) => values[key] !== standard[key]).map((key): Pair => [key, values[key]]);
  return [...pairs, ...formatNamedPanels(view), ...view.unknown];
}
