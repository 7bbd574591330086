// What panels need of the view, and how they change it.

import { type RefObject, useMemo, useRef } from "react";
import { expressionKey, tagText } from "../api/tags";
import type { Look } from "../chart/protocol";
import { prefixOf } from "../experiment/sections";
import { type ChartsView, defaultCharts, formatCharts, readCharts } from "../state/charts_view";
import type { HandPanel } from "../state/hand_panels";
import { makeMatcher } from "../state/match";
import { isHand, isKind, OWN_SECTION, tagOf } from "../state/panel_ids";
import { OVERRIDE_KEYS, type OverrideKey, type PanelsView, parseRight } from "../state/panels_view";
import type { Pair } from "../state/query";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { overrideOf, putHand, togglePin } from "./edit";

export interface PanelsShared {
  /** Scalar tags, in logged order. */
  tags: readonly string[];
  pinned: ReadonlySet<string>;
  hand: ReadonlyMap<string, HandPanel>;
  full: string | null;
  /** Changes the view; a gesture (a drag, a slider) shows at once and is one entry of the history. */
  edit(change: (view: View) => Partial<View>, gesture?: boolean): void;
  togglePin(id: string): void;
  /** Puts a panel by hand in place of what it was. */
  changeHand(panel: HandPanel): void;
  /** What the chart has otherwise than the view, for the chart engine. */
  lookOf(id: string, hand: HandPanel | undefined): Partial<Look>;
  /** What a panel of lines that was added by hand draws, for the chart engine. */
  tagsOf(panel: HandPanel): string[];
  /** What the panel has for itself or by its section. */
  overridesOf(id: string): Partial<Record<OverrideKey, string>>;
  /** What a section has for itself. */
  sectionSet(name: string): readonly Pair[];
  panelSet(id: string): readonly Pair[];
  viewCharts: ChartsView;
  /** Ids of the panels that are shown, section by section. */
  panelOrder: RefObject<string[][]>;
}

export const sectionOf = (id: string) => (isHand(id) ? OWN_SECTION : prefixOf(tagOf(id)));

/** Whether the panel draws lines: that of a scalar tag, or such one by hand. */
export const isLines = (id: string, hand: HandPanel | undefined): boolean =>
  hand === undefined ? !isKind(id) : hand.kind === "lines";

export function applyPairs(charts: ChartsView, pairs: readonly Pair[]): ChartsView {
  const next = { ...charts };
  for (const [key, value] of pairs)
    if ((OVERRIDE_KEYS as readonly string[]).includes(key)) readCharts(next, key as OverrideKey, value);
  return next;
}

/** `pairs` as the chart engine takes them. */
function lookOf(pairs: readonly Pair[]): Partial<Look> {
  const charts = applyPairs(defaultCharts(), pairs);
  const has = (key: OverrideKey) => pairs.some(([k]) => k === key);
  const right = parseRight(pairs.find(([key]) => key === "y2")?.[1] ?? "");
  return {
    ...(has("x") && { x: charts.x, xTag: charts.xTag }),
    ...(has("xl") && { xLog: charts.xl }),
    ...(has("sm") && { smoothing: charts.sm }),
    ...(has("y") && { y: charts.y, c: charts.c, outliers: charts.outliers }),
    ...(has("yr") && { yRange: charts.yr }),
    ...(right != null && { right: seriesOf(right) }),
  };
}

/** As a panel by hand names it: a tag, or an expression behind "=". */
export const seriesOf = (y: string) => (y.startsWith("=") ? expressionKey(y.slice(1)) : y);

/** As many as one chart can show in colours that differ. */
const MOST_MATCHED = 50;

function tagsOf(panel: HandPanel, tags: readonly string[]): string[] {
  const chosen = panel.y.map(seriesOf);
  if (panel.match === "") return chosen;
  const { matches } = makeMatcher(panel.match);
  return [...new Set([...chosen, ...tags.filter((tag) => matches(tagText(tag))).slice(0, MOST_MATCHED)])];
}

export function usePanelsShared(view: View, set: SetView, tags: readonly string[]): PanelsShared {
  const { pin, hand, full, sections, panels } = view;
  // Parsing makes new lists with every change of the address; what panels share changes only with what is in them.
  const lists: Pick<PanelsView, "pin" | "hand" | "sections" | "panels"> = { pin, hand, sections, panels };
  const text = JSON.stringify(lists);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the lists.
  const parts = useMemo(() => {
    const pairsOf = (id: string) => [...overrideOf(sections, sectionOf(id)), ...overrideOf(panels, id)];
    return {
      pinned: new Set(pin),
      hand: new Map(hand.map((panel) => [panel.id, panel])),
      pairsOf,
      sectionSet: (name: string) => overrideOf(sections, name),
      panelSet: (id: string) => overrideOf(panels, id),
      overridesOf: (id: string) =>
        Object.fromEntries(pairsOf(id).filter(([key]) => (OVERRIDE_KEYS as readonly string[]).includes(key))),
    };
  }, [text]);
  const panelOrder = useRef<string[][]>([]);
  const charts = JSON.stringify(formatCharts(view));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the charts' part of the view.
  return useMemo(
    () => ({
      tags,
      pinned: parts.pinned,
      hand: parts.hand,
      full,
      edit: set,
      togglePin: (id: string) => set((v) => togglePin(v, id)),
      changeHand: (panel: HandPanel) => set((v) => putHand(v, panel)),
      lookOf: (id: string, hand: HandPanel | undefined) => {
        const look = lookOf(parts.pairsOf(id));
        return hand === undefined || hand.x === "" ? look : { ...look, x: "metric", xTag: hand.x };
      },
      tagsOf: (panel: HandPanel) => tagsOf(panel, tags),
      overridesOf: parts.overridesOf,
      sectionSet: parts.sectionSet,
      panelSet: parts.panelSet,
      viewCharts: view,
      panelOrder,
    }),
    [parts, full, set, charts, tags],
  );
}
