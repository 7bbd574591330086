// What one can do on the page: by the run list, by panels, by keys. Everything ends in `set`, which writes the address.

import { type RefObject, useCallback, useMemo, useRef } from "react";
import type { ChartEngine } from "../chart/engine";
import type { Palette } from "../chart/paint";
import type { Frame, PanelHover } from "../chart/protocol";
import { useKeys } from "../keys";
import { toggleFull, toggleSection } from "../panels/edit";
import { usePanelsShared } from "../panels/shared";
import { stepByKey } from "../panels/step";
import type { TableHandle } from "../runs/RunTable";
import type { RunActs } from "../runs/table_acts";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { type ChartActs, pressChart, useChartActs } from "./chartActs";
import type { PanelShared } from "./context";
import { pressPanel } from "./panelKeys";
import type { Rows } from "./rows";
import { pressTable } from "./tableKeys";

export function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

interface SharedInput {
  engine: ChartEngine;
  palette: Palette;
  rows: Rows;
  view: View;
  set: SetView;
  tags: readonly string[];
  focus: string | null;
  acts: Pick<RunActs, "focus" | "hover">;
  openTable(tag: string | null): void;
  report(tag: string, frame: Frame | null): void;
}

export interface Shared {
  value: PanelShared;
  pointed: RefObject<{ tag: string | null; hover: PanelHover | null }>;
  charts: ChartActs;
  /** A panel's picture, as long as it is in view. */
  frameOf(panel: string | null): Frame | null;
  toggleSection(name: string): void;
}

export function useShared(input: SharedInput): Shared {
  const { engine, palette, rows, view, set, tags, focus, acts, openTable, report } = input;
  const pointed = useRef<{ tag: string | null; hover: PanelHover | null }>({ tag: null, hover: null });
  const charts = useChartActs(view, set, rows.groups);
  const frames = useRef(new Map<string, Frame>());
  const frameOf = (panel: string | null) => frames.current.get(panel ?? "") ?? null;
  const panels = usePanelsShared(view, set, tags);
  const toggle = useCallback((name: string) => set((v) => toggleSection(v, name)), [set]);
  const value = useMemo<PanelShared>(
    () => ({
      engine,
      palette,
      runs: rows.byId,
      looks: rows.looks,
      noneDrawn: rows.ready && rows.scene.length === 0,
      logScale: view.y === "log",
      focus,
      focusRun: acts.focus,
      hoverRun: acts.hover,
      ...panels,
      ...charts.shared,
      openTable,
      pointed: (tag, hover) => {
        pointed.current = { tag, hover };
      },
      report(tag, frame) {
        if (frame === null) frames.current.delete(tag);
        else frames.current.set(tag, frame);
        report(tag, frame);
      },
    }),
    [
      engine,
      palette,
      rows.byId,
      rows.looks,
      rows.ready,
      rows.scene,
      view.y,
      focus,
      acts,
      panels,
      charts.shared,
      openTable,
      report,
    ],
  );
  return { value, pointed, charts, frameOf, toggleSection: toggle };
}

export interface KeysInput {
  rows: Rows;
  view: View;
  set: SetView;
  table: RefObject<TableHandle | null>;
  acts: RunActs;
  shared: Shared;
  runFilter: RefObject<{ focus(): void } | null>;
  tagFilter: RefObject<HTMLInputElement | null>;
  toggleSide(): void;
  groupBy(): void;
  clear(): void;
}

export function usePageKeys(input: KeysInput): void {
  const latest = useLatest(input);
  useKeys(
    useCallback((key, event) => pressTable(latest.current, key, event) || press(latest.current, key, event), [latest]),
  );
}

/** Keys of the charts. */
function press(p: KeysInput, key: string, event: KeyboardEvent): boolean {
  const { view, set, shared } = p;
  const { engine, runs } = shared.value;
  if (pressPanel(p, engine, view.full ?? panelOf(p), key, event.shiftKey)) return true;
  const pointed = {
    tag: shared.pointed.current.tag,
    hover: shared.pointed.current.hover ?? shared.frameOf(panelOf(p))?.pins.at(-1) ?? null,
  };
  const chart = { view, set, acts: shared.charts, pointed: { current: pointed }, runs };
  switch (key) {
    case "t":
      p.tagFilter.current?.focus();
      return true;
    case "p": {
      const id = view.full ?? panelOf(p);
      if (id !== null) shared.value.togglePin(id);
      return true;
    }
    case "f": {
      const id = view.full ?? panelOf(p);
      if (id !== null) set((v) => toggleFull(v, id));
      return id !== null;
    }
    case "<":
    case ">": {
      const id = view.full === null ? panelOf(p) : null;
      if (id === null) return false;
      stepByKey(shared.value, id, key === "<" ? -1 : 1);
      return true;
    }
    case "Escape":
      if (view.full !== null) set({ full: null });
      else if (!pressChart(chart, key)) p.clear();
      return true;
    default:
      return pressChart(chart, key);
  }
}

/** The panel that a key is for: where the focus shows, else the one under the pointer, else where the focus is. */
function panelOf({ shared }: KeysInput): string | null {
  const focus = document.activeElement;
  const focused = focus?.closest<HTMLElement>("[data-cell]")?.dataset.cell ?? null;
  return focused !== null && focus?.matches(":focus-visible") ? focused : (shared.pointed.current.tag ?? focused);
}
