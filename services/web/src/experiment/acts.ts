// What one can do on the page: by the run list, by panels, by keys. Everything ends in `set`, which writes the address.

import { type RefObject, useCallback, useMemo, useRef } from "react";
import type { Run } from "../api/types";
import type { ChartEngine } from "../chart/engine";
import type { Palette } from "../chart/paint";
import type { Frame, PanelHover } from "../chart/protocol";
import { useKeys } from "../keys";
import { toggleFull, toggleSection } from "../panels/edit";
import { usePanelsShared } from "../panels/shared";
import { setDrawn } from "../state/selection";
import type { SetView } from "../state/useView";
import type { Selection, View } from "../state/view";
import { type ChartActs, pressChart, useChartActs } from "./chartActs";
import type { PanelShared } from "./context";
import type { RunActs } from "./RunTable";
import type { Rows } from "./rows";

function useLatest<T>(value: T): RefObject<T> {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

interface ActsInput {
  rows: Rows;
  view: View;
  set: SetView;
  setCurrent(run: string | null): void;
  setFocus(run: string | null): void;
  setHovered(run: string | null): void;
}

export function useActs({ rows, view, set, setCurrent, setFocus, setHovered }: ActsInput): RunActs {
  const now = useLatest({ rows, view });
  const beforeOnly = useRef<Selection | null>(null);
  return useMemo<RunActs>(
    () => ({
      draw(run, drawn) {
        const place = now.current.rows.places.get(run.id) ?? 0;
        set((v) => ({ sel: setDrawn(v.sel, run.id, place, drawn) }));
      },
      drawAll(drawn) {
        const { shown, ordered, places } = now.current.rows;
        if (shown.length === ordered.length) {
          set({ sel: { base: drawn ? "all" : "none", minus: [], plus: [] } });
          return;
        }
        set((v) => ({ sel: shown.reduce((sel, run) => setDrawn(sel, run.id, places.get(run.id) ?? 0, drawn), v.sel) }));
      },
      only(run) {
        const { sel } = now.current.view;
        const isOnly = sel.base === "ids" && sel.ids.length === 1 && sel.ids[0] === run.id;
        if (isOnly && beforeOnly.current !== null) {
          set({ sel: beforeOnly.current });
          beforeOnly.current = null;
          return;
        }
        if (!isOnly) beforeOnly.current = sel;
        set({ sel: { base: "ids", ids: [run.id] } });
      },
      focus(run) {
        setFocus(run);
        if (run !== null) setCurrent(run);
      },
      hover: setHovered,
      sort: (key, descending) => set({ sort: { key, descending } }),
      // A table that is sorted by its metric stays so with another one.
      metric: (col) =>
        set(({ sort }) => ({
          col,
          sort: sort.key.by === "metric" ? { ...sort, key: { by: "metric", metric: col } } : sort,
        })),
    }),
    [now, set, setCurrent, setFocus, setHovered],
  );
}

interface SharedInput {
  engine: ChartEngine;
  palette: Palette;
  rows: Rows;
  byId: Map<string, Run>;
  view: View;
  set: SetView;
  tags: readonly string[];
  focus: string | null;
  openTable(tag: string | null): void;
  report(tag: string, frame: Frame | null): void;
}

export interface Shared {
  value: PanelShared;
  pointed: RefObject<{ tag: string | null; hover: PanelHover | null }>;
  charts: ChartActs;
  toggleSection(name: string): void;
}

export function useShared(input: SharedInput): Shared {
  const { engine, palette, rows, byId, view, set, tags, focus, openTable, report } = input;
  const pointed = useRef<{ tag: string | null; hover: PanelHover | null }>({ tag: null, hover: null });
  const charts = useChartActs(view, set);
  const looks = useMemo(() => new Map(rows.scene.map((run) => [run.id, run])), [rows.scene]);
  const panels = usePanelsShared(view, set, tags);
  const toggle = useCallback((name: string) => set((v) => toggleSection(v, name)), [set]);
  const value = useMemo<PanelShared>(
    () => ({
      engine,
      palette,
      runs: byId,
      looks,
      noneDrawn: rows.drawn.size === 0,
      logScale: view.y === "log",
      focus,
      ...panels,
      ...charts.shared,
      openTable,
      pointed: (tag, hover) => {
        pointed.current = { tag, hover };
      },
      report,
    }),
    [engine, palette, byId, looks, rows.drawn, view.y, focus, panels, charts.shared, openTable, report],
  );
  return { value, pointed, charts, toggleSection: toggle };
}

interface KeysInput {
  rows: Rows;
  view: View;
  set: SetView;
  current: string | null;
  setCurrent(run: string | null): void;
  acts: RunActs;
  shared: Shared;
  runFilter: RefObject<HTMLInputElement | null>;
  tagFilter: RefObject<HTMLInputElement | null>;
  toggleSide(): void;
  clear(): void;
}

export function usePageKeys(input: KeysInput): void {
  const latest = useLatest(input);
  useKeys(useCallback((key, event) => press(latest.current, key, event), [latest]));
}

function press(p: KeysInput, key: string, event: KeyboardEvent): boolean {
  const { rows, view, set, acts, shared } = p;
  const run = rows.shown.find((r) => r.id === p.current);
  // Space and Enter on a control are the control's own.
  const onControl = event.target instanceof HTMLElement && event.target.closest("button, a, input, summary") !== null;
  switch (key) {
    case "/":
      p.runFilter.current?.focus();
      return true;
    case "t":
      p.tagFilter.current?.focus();
      return true;
    case "j":
    case "k":
      return moveRow(p, key === "j" ? 1 : -1);
    case "ArrowDown":
    case "ArrowUp":
      if (!(event.target instanceof HTMLElement) || event.target.closest('[role="grid"]') === null) return false;
      return moveRow(p, key === "ArrowDown" ? 1 : -1);
    case " ":
      if (run === undefined || onControl) return false;
      acts.draw(run, !rows.drawn.has(run.id));
      return true;
    case "o":
      if (run !== undefined) acts.only(run);
      return run !== undefined;
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
    case "T":
      p.toggleSide();
      return true;
    case "Escape":
      if (!pressChart({ view, set, acts: shared.charts, pointed: shared.pointed, runs: shared.value.runs }, key))
        p.clear();
      return true;
    default:
      return pressChart({ view, set, acts: shared.charts, pointed: shared.pointed, runs: shared.value.runs }, key);
  }
}

/** The panel that a key is for: where the focus shows, else the one under the pointer, else where the focus is. */
function panelOf({ shared }: KeysInput): string | null {
  const focus = document.activeElement;
  const focused = focus?.closest<HTMLElement>("[data-cell]")?.dataset.cell ?? null;
  return focused !== null && focus?.matches(":focus-visible") ? focused : (shared.pointed.current.tag ?? focused);
}

function moveRow(p: KeysInput, by: number): boolean {
  const { shown } = p.rows;
  if (shown.length === 0) return true;
  const at = shown.findIndex((run) => run.id === p.current);
  const next = shown[Math.min(shown.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  p.setCurrent(next.id);
  // The row may be drawn only after the list has scrolled to it.
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`[data-run="${CSS.escape(next.id)}"]`)?.focus({ preventScroll: true });
  });
  return true;
}
