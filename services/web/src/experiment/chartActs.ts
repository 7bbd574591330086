// What one can do with charts, by the pointer and by keys. Everything ends in `set`, which writes the address.

import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Run } from "../api/types";
import { exactValue } from "../chart/format";
import type { Frame, PanelHover, RowOrder, SceneGroup, Smoothing, XAxis, XRange } from "../chart/protocol";
import { MAX_AMOUNT } from "../chart/smooth";
import { setOverride } from "../panels/edit";
import { DEFAULT_SMOOTHING, NO_SMOOTHING, type TipOrder } from "../state/charts_view";
import type { Override } from "../state/panels_view";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";

export const AXES: readonly XAxis[] = ["step", "rel", "relproc", "wall"];

export interface Brushed {
  panel: string;
  x: [number, number];
  y: [number, number];
  frame: Frame;
  /** Where to offer what can be done with it. */
  client: { x: number; y: number };
}

/** The charts' part of what panels share. */
export interface ChartShared {
  tip: TipOrder;
  order: RowOrder;
  /** A drag chooses a box instead of zooming. */
  brushing: boolean;
  brush(on: boolean): void;
  /** `goesOn`: of the same gesture as the zoom before, so "back" leads to before both. */
  zoom(range: XRange | null, goesOn?: boolean): void;
  zoomY(panel: string, y: [number, number] | null): void;
  pin(x: bigint | number): void;
  brushed(box: Brushed | null): void;
  /** What was brushed and not yet used. */
  box: Brushed | null;
  pins: readonly (bigint | number)[];
  /** Whether the x axis is zoomed. */
  zoomed: boolean;
  baseline: string | null;
  /** Those that are drawn, in the order of the table; none while runs are not grouped. */
  groups: ReadonlyMap<string, SceneGroup>;
  groupLabel(key: string): string;
}

export interface ChartActs {
  shared: ChartShared;
  zoomBack(): void;
}

export function useChartActs(view: View, set: SetView, groups: readonly SceneGroup[]): ChartActs {
  const zooms = useRef<(XRange | null)[]>([]);
  const current = useRef(view);
  current.current = view;
  const [brushing, setBrushing] = useState(false);
  const [box, setBox] = useState<Brushed | null>(null);
  // What was brushed is a place of one picture.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these change the picture.
  useEffect(() => setBox(null), [view.x, view.xr, view.y, brushing]);

  const zoom = useCallback(
    (range: XRange | null, goesOn = false) => {
      const { xr } = current.current;
      if (range === null && xr === null) {
        set((v) => withoutYRanges(v));
        return;
      }
      if (!goesOn) zooms.current.push(xr);
      set((v) => ({ xr: range, ...(range === null ? withoutYRanges(v) : {}) }), true);
    },
    [set],
  );
  const zoomBack = useCallback(() => {
    if (zooms.current.length > 0) set({ xr: zooms.current.pop() ?? null }, true);
  }, [set]);
  const { tip, at: pins } = view;
  const zoomed = view.xr !== null;
  const byKey = useMemo(() => new Map(groups.map((group) => [group.key, group])), [groups]);
  const shared = useMemo<ChartShared>(
    () => ({
      tip,
      order: tip === "name" ? "pixel" : tip,
      brushing,
      brush: setBrushing,
      zoom,
      zoomY: (panel, y) => set((v) => zoomedY(v, panel, y), true),
      // The third pin begins anew.
      pin: (x) => set(({ at }) => ({ at: at.length === 1 && at[0] !== x ? [...at, x] : [x] })),
      brushed: setBox,
      box,
      pins,
      zoomed,
      baseline: view.base,
      groups: byKey,
      groupLabel: (key) => byKey.get(key)?.label ?? key,
    }),
    [tip, brushing, box, pins, zoomed, view.base, byKey, zoom, set],
  );
  return { shared, zoomBack };
}

/** A range of y is one panel's; that of all is the address' own. */
const zoomedY = ({ panels }: View, panel: string, y: [number, number] | null): Partial<View> => ({
  panels: setOverride(panels, panel, "yr", y === null ? null : y.join("..")),
});

function withoutYRanges(view: View): Partial<View> {
  const own = view.panels.filter(({ set }) => set.some(([key]) => key === "yr"));
  const panels = own.reduce((list, { of }) => setOverride(list, of, "yr", null), view.panels as Override[]);
  return own.length === 0 && view.yr === null ? {} : { panels, yr: null };
}

interface ChartKeys {
  view: View;
  set: SetView;
  acts: ChartActs;
  pointed: RefObject<{ tag: string | null; hover: PanelHover | null }>;
  runs: ReadonlyMap<string, Run>;
}

const Y_MODES = ["lin", "log", "symlog"] as const;

/** Whether the key is one of the charts'. */
export function pressChart({ view, set, acts, pointed, runs }: ChartKeys, key: string): boolean {
  switch (key) {
    case "[":
    case "]":
      set({ sm: stepped(view.sm, key === "]" ? 1 : -1) }, true);
      return true;
    case "l":
      set({ y: Y_MODES[(Y_MODES.indexOf(view.y) + 1) % Y_MODES.length], yr: null });
      return true;
    case "L":
      set({ xl: !view.xl });
      return true;
    case "x":
      set({ x: AXES[(AXES.indexOf(view.x) + 1) % AXES.length], xTag: null, xr: null, at: [] });
      return true;
    case "m":
      set({ outliers: !view.outliers });
      return true;
    case "=":
      set({ against: view.against === null ? "difference" : view.against === "difference" ? "ratio" : null });
      return true;
    case "R":
      set({ rewound: !view.rewound });
      return true;
    case "v":
      acts.shared.brush(!acts.shared.brushing);
      return true;
    case "0":
      acts.shared.zoom(null);
      return true;
    case "z":
      acts.zoomBack();
      return true;
    case "c":
      return copy(pointed.current.hover, runs);
    case "Escape":
      return free(view, set, acts);
    default:
      return false;
  }
}

/** Escape ends the brush, then frees the pins. */
function free(view: View, set: SetView, acts: ChartActs): boolean {
  if (acts.shared.box !== null || acts.shared.brushing) {
    acts.shared.brushed(null);
    acts.shared.brush(false);
    return true;
  }
  if (view.at.length === 0) return false;
  set({ at: [] });
  return true;
}

const STEPS: Record<Exclude<Smoothing["kind"], "none">, number> = { ema: 0.05, twema: 0.05, gauss: 0.5, mean: 2 };

/** One notch more or less of the same kind; less than none is none, and more of none is a little of the usual kind. */
export function stepped(sm: Smoothing, by: 1 | -1): Smoothing {
  if (sm.kind === "none") return by > 0 ? { ...DEFAULT_SMOOTHING, amount: STEPS.twema } : sm;
  const amount = Math.round((sm.amount + by * STEPS[sm.kind]) * 1000) / 1000;
  if (amount <= (sm.kind === "mean" ? 1 : 0)) return NO_SMOOTHING;
  return { ...sm, amount: Math.min(MAX_AMOUNT[sm.kind], amount) };
}

/** One line a run: name, step, wall time, value, and min and max of the column where there is one. */
function copy(hover: PanelHover | null, runs: ReadonlyMap<string, Run>): boolean {
  if (hover === null || hover.rows.length === 0) return false;
  const lines = hover.rows.map((row) =>
    [
      (runs.get(row.run)?.name ?? row.run).replace(/[\t\r\n]/g, " "),
      row.step.toString(),
      String(row.wall),
      exactValue(row.value),
      ...(row.bucketed ? [exactValue(row.min), exactValue(row.max)] : []),
    ].join("\t"),
  );
  void navigator.clipboard?.writeText(lines.join("\n"));
  return true;
}
