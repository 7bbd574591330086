// What the command box finds.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue } from "react";
import { get } from "../api/client";
import { findRuns } from "../api/find";
import { tagKey, tagText } from "../api/tags";
import type { Page } from "../api/types";
import { useExperiments, useTags } from "../experiment/data";
import { makeMatcher } from "../state/match";
import { text } from "../text";
import { toggleTheme } from "../theme";
import { type Place, sharedView, tabsOf } from "./places";
import { recents } from "./recent";

export interface Found {
  key: string;
  group: string;
  label: string;
  detail?: string;
  act(): void;
}

interface SavedView {
  id: string;
  name: string;
  state: { query?: string };
}

const MOST = 8; // of each kind

type Go = (to: string, params: Record<string, string>, search?: unknown) => void;

export function useFound(find: string, place: Place | null, openHelp: () => void): Found[] {
  const words = useDeferredValue(find.trim());
  const workspace = place?.workspace ?? "default";
  const navigate = useNavigate();
  const go: Go = (to, params, search = sharedView) =>
    void navigate({ to, params, search: search as never, resetScroll: false } as never);
  const runs = useQuery({
    queryKey: ["find runs", workspace, undefined, words],
    queryFn: ({ signal }) => findRuns({ workspace, name: words, limit: MOST }, signal),
    enabled: words !== "",
    placeholderData: keepPreviousData,
  });
  const experiments = useExperiments(workspace);
  const { matches } = makeMatcher(words);
  const toRun = (id: string) => go("/w/$workspace/r/$run", { workspace, run: id });
  const toExperiment = (id: string) => go("/w/$workspace/e/$experiment", { workspace, experiment: id }, {});
  const pages = useOfExperiment(words, place, go);
  const commands = useCommands(place, openHelp, go).filter((c) => matches(c.label));

  if (words === "") {
    const recent = recents().map(
      (r): Found => ({
        key: `recent ${r.id}`,
        group: text.recent,
        label: r.name,
        detail: text.kindOfPlace[r.kind],
        act: () => (r.kind === "run" ? toRun(r.id) : toExperiment(r.id)),
      }),
    );
    return [...recent, ...pages, ...commands];
  }
  const names = new Map((experiments.data ?? []).map((e) => [e.id, e.name]));
  return [
    ...(runs.data ?? []).map(
      (run): Found => ({
        key: `run ${run.id}`,
        group: text.runs,
        label: run.name,
        detail: names.get(run.experiment)?.slice(0, 60),
        act: () => toRun(run.id),
      }),
    ),
    ...(experiments.data ?? [])
      .filter((e) => matches(e.name))
      .slice(0, MOST)
      .map(
        (e): Found => ({
          key: `experiment ${e.id}`,
          group: text.experiments,
          label: e.name,
          detail: text.runCount(e.run_count),
          act: () => toExperiment(e.id),
        }),
      ),
    ...pages,
    ...commands,
  ];
}

/** Tags and saved views of the experiment that one is in. */
function useOfExperiment(words: string, place: Place | null, go: Go): Found[] {
  const experiment = place?.experiment?.id;
  const tags = useTags(experiment ?? "", experiment !== undefined);
  const views = useQuery({
    queryKey: ["views", experiment],
    queryFn: async ({ signal }) =>
      (await get<Page<SavedView>>(`/api/v1/experiments/${encodeURIComponent(experiment ?? "")}/views`, signal)).items,
    enabled: experiment !== undefined,
    retry: false,
  });
  if (place === null || experiment === undefined || words === "") return [];
  const { matches } = makeMatcher(words);
  const to = "/w/$workspace/e/$experiment";
  const params = { workspace: place.workspace, experiment };
  const shown = (tags.data ?? []).filter((item) => item.kind === "scalar" && matches(tagText(tagKey(item))));
  return [
    ...shown.slice(0, MOST).map(
      (item): Found => ({
        key: `tag ${tagKey(item)}`,
        group: text.tagsGroup,
        label: tagText(tagKey(item)),
        act: () => go(to, params, (old: Record<string, string>) => ({ ...sharedView(old), t: item.tag })),
      }),
    ),
    ...(views.data ?? [])
      .filter((view) => matches(view.name))
      .slice(0, MOST)
      .map(
        (view): Found => ({
          key: `view ${view.id}`,
          group: text.viewsGroup,
          label: view.name,
          act: () => go(to, params, Object.fromEntries(new URLSearchParams(view.state.query ?? ""))),
        }),
      ),
  ];
}

function useCommands(place: Place | null, openHelp: () => void, go: Go): Found[] {
  const group = text.commands;
  const tabs = place === null ? [] : tabsOf(place);
  return [
    ...tabs.map(
      ({ tab, label, to, params }): Found => ({
        key: `tab ${tab}`,
        group,
        label: text.openTab(label),
        act: () => go(to, params, (old: unknown) => old),
      }),
    ),
    { key: "home", group, label: text.toExperiments, act: () => go("/", {}, {}) },
    { key: "theme", group, label: text.toggleTheme, detail: "d", act: toggleTheme },
    { key: "keys", group, label: text.showKeys, detail: "?", act: openHelp },
  ];
}
