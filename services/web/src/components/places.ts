// Where pages are, and how one gets from one to another without losing what one looks at.

import { text } from "../text";

/** What a page is about; the bar shows it as a path. */
export interface Place {
  workspace: string;
  experiment?: { id: string; name: string | undefined };
  run?: { id: string; name: string | undefined };
}

export const EXPERIMENT_TABS = ["charts", "compare"] as const;
export const RUN_TABS = ["overview", "charts", "logs", "system", "files", "code", "data"] as const;
export type RunTab = (typeof RUN_TABS)[number];
export type Tab = (typeof EXPERIMENT_TABS)[number] | RunTab;

type Search = Record<string, string>;

// Keys that begin with the name of a page belong to it alone: `r.` to the run page, `cmp.` to Compare.
const OWN = /^(?:r|cmp)\./;

/** For a link from one tab to the next: runs, filter, axis and all else stay, as tabs are lenses on one selection. */
export const sameView = (search: Search): Search => search;

/** For a link to another page: without what only this page understands. */
export const sharedView = (search: Search): Search =>
  Object.fromEntries(Object.entries(search).filter(([key]) => !OWN.test(key)));

export interface TabLink {
  tab: Tab;
  label: string;
  to: string;
  params: Record<string, string>;
}

export function tabsOf(place: Place): TabLink[] {
  const { workspace, experiment, run } = place;
  if (run !== undefined) {
    return RUN_TABS.map((tab): TabLink => {
      const page = { workspace, run: run.id };
      const label = text.tabs[tab];
      if (tab === "overview") return { tab, label, to: "/w/$workspace/r/$run", params: page };
      return { tab, label, to: "/w/$workspace/r/$run/$tab", params: { ...page, tab } };
    });
  }
  if (experiment === undefined) return [];
  return EXPERIMENT_TABS.map(
    (tab): TabLink => ({
      tab,
      label: text.tabs[tab],
      to: tab === "charts" ? "/w/$workspace/e/$experiment" : `/w/$workspace/e/$experiment/${tab}`,
      params: { workspace, experiment: experiment.id },
    }),
  );
}
