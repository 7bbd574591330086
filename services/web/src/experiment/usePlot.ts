// The imperative half of a panel: two canvases, the worker's pictures, the pointer. React hears of it only when words change.

import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Problem } from "../api/types";
import { padOf } from "../chart/pad";
import { type Drag, paintBase, paintOverlay } from "../chart/paint";
import type { Frame, LineEnd, Look, PanelHover } from "../chart/protocol";
import type { PanelShared } from "./context";
import { usePointer } from "./usePointer";

export interface Plot {
  frame: Frame | null;
  problem: Problem | null;
  /** Date.now() of the last picture before the failure. */
  asOf: number;
  hover: PanelHover | null;
  owner: boolean;
}

/** What a panel draws. */
export interface Plotted {
  id: string;
  /** Tags, or an expression (api/tags.ts, expressionKey). */
  tags: readonly string[];
  overrides?: Partial<Look>;
  /** With the names of lines, if there is room. */
  named?: boolean;
}

export interface Drawn {
  /** Of the plot in CSS pixels, as it was last laid out: to ask the page while it is being changed costs a layout. */
  size: { width: number; height: number };
  bitmap: ImageBitmap | null;
  frame: Frame | null;
  hover: PanelHover | null;
  owner: boolean;
  drag: Drag | null;
  /** The overlay shows something. */
  overlaid: boolean;
  drawnAt: number;
}

const NAMED_WIDTH = 600; // CSS pixels below which names at the ends of lines would leave too little for the lines

const NOTHING: Drawn = {
  size: { width: 0, height: 0 },
  bitmap: null,
  frame: null,
  hover: null,
  owner: false,
  drag: null,
  overlaid: false,
  drawnAt: 0,
};

export function usePlot(
  shared: PanelShared,
  panel: Plotted,
  order: number,
  host: RefObject<HTMLDivElement | null>,
  base: RefObject<HTMLCanvasElement | null>,
  overlay: RefObject<HTMLCanvasElement | null>,
): Plot {
  const { id } = panel;
  const [plot, setPlot] = useState<Plot>({ frame: null, problem: null, asOf: 0, hover: null, owner: false });
  const state = useRef<Drawn>({ ...NOTHING });
  const latest = useRef(shared);
  latest.current = shared;

  const paint = useRef({ base: () => {}, overlay: () => {} });
  paint.current = {
    base: () => {
      const { bitmap, frame, size } = state.current;
      if (base.current === null || bitmap === null || frame === null) return;
      const { palette } = latest.current;
      paintBase(base.current, size.width, size.height, devicePixelRatio || 1, bitmap, frame, palette);
    },
    overlay: () => {
      if (overlay.current === null) return;
      const { frame, hover, owner, drag, size } = state.current;
      // A canvas that was never drawn on costs nothing: with a screen of panels that is a third of their first paint.
      const empty = hover === null && drag === null && (frame === null || frame.pins.length === 0);
      if (empty && !state.current.overlaid) return;
      state.current.overlaid = !empty;
      const { palette } = latest.current;
      const shown = { hover, owner, drag };
      paintOverlay(overlay.current, size.width, size.height, devicePixelRatio || 1, frame, shown, palette);
    },
  };

  const { engine } = shared;
  const sendSize = useRef(() => {});
  sendSize.current = () => {
    const el = host.current;
    if (el === null) return;
    const size = { width: el.clientWidth, height: el.clientHeight };
    state.current.size = size;
    const { right } = panel.overrides ?? {};
    const named = panel.named === true && size.width >= NAMED_WIDTH;
    const pad = padOf(right != null && panel.tags.includes(right), named);
    const width = size.width - pad.left - pad.right;
    const height = size.height - pad.top - pad.bottom;
    engine.update({ ...panel, named, pad, width, height, dpr: devicePixelRatio || 1, order });
  };
  useLayoutEffect(() => {
    const el = host.current;
    if (el === null) return;
    const unmount = engine.mount(id, {
      drawn(bitmap, frame) {
        const { frame: before, hover, owner } = state.current;
        // Where the axes have grown, what is under the crosshair has another place.
        if (owner && hover?.x !== undefined && hover.y !== undefined && before !== null && !sameAxes(before, frame))
          engine.hover(id, hover.x, hover.y, latest.current.order);
        state.current.bitmap?.close();
        state.current.bitmap = bitmap;
        state.current.frame = frame;
        state.current.drawnAt = Date.now();
        paint.current.base();
        paint.current.overlay();
        latest.current.report(id, frame);
        setPlot((old) => (sameWords(old.frame, frame) ? old : { ...old, frame }));
      },
      hover(hover, owner) {
        if (hover.hair === null && state.current.hover === null) return;
        state.current.hover = hover.hair === null ? null : hover;
        state.current.owner = owner;
        paint.current.overlay();
        if (owner) latest.current.pointed(id, state.current.hover);
        setPlot((old) => ({ ...old, hover: state.current.hover, owner }));
      },
      failed(problem) {
        setPlot((old) =>
          problem === null && old.problem === null ? old : { ...old, problem, asOf: state.current.drawnAt },
        );
      },
    });
    const measure = () => {
      sendSize.current();
      paint.current.base();
    };
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    return () => {
      observer.disconnect();
      unmount();
      latest.current.report(id, null);
      state.current.bitmap?.close();
      state.current.bitmap = null;
    };
  }, [engine, id, host]);

  const content = JSON.stringify([panel.tags, panel.overrides, panel.named]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place in the grid, other tags or another look matter.
  useLayoutEffect(() => sendSize.current(), [order, content]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new palette repaints what is there until the worker follows.
  useEffect(() => {
    paint.current.base();
    paint.current.overlay();
  }, [shared.palette]);

  usePointer(id, host, state, latest, paint);
  return plot;
}

const WORDS = [
  "series",
  "loading",
  "xLog",
  "yMode",
  "c",
  "axis",
  "bucketed",
  "density",
  "rewound",
  "rewoundLeft",
  "smoothingApproximate",
  "nonPositive",
  "nonFinite",
  "unplaced",
  "clipped",
  "truncated",
  "damaged",
  "newSteps",
] as const satisfies readonly (keyof Frame)[];

/** Whether two frames read the same: what React shows of a frame is words, not the picture. */
function sameWords(a: Frame | null, b: Frame): boolean {
  return (
    a !== null &&
    WORDS.every((word) => a[word] === b[word]) &&
    a.x[0] === b.x[0] &&
    (b.yMode !== "symlog" || (a.y[0] === b.y[0] && a.y[1] === b.y[1])) &&
    a.x[1] === b.x[1] &&
    a.yTicks.length === b.yTicks.length &&
    a.right?.tag === b.right?.tag &&
    sameEnds(a, b) &&
    a.lowest?.value === b.lowest?.value &&
    a.highest?.value === b.highest?.value &&
    a.pins.length === b.pins.length &&
    a.pins.every((pin, i) => pin.hair === b.pins[i].hair && pin.rows[0]?.value === b.pins[i].rows[0]?.value)
  );
}

const sameAxes = (a: Frame, b: Frame) =>
  a.x[0] === b.x[0] && a.x[1] === b.x[1] && a.y[0] === b.y[0] && a.y[1] === b.y[1];

function sameEnds({ ends: a, height }: Frame, { ends: b, height: other }: Frame): boolean {
  if (a === null || b === null) return a === b;
  const same = (end: LineEnd, i: number) =>
    end.run === b[i].run && end.tag === b[i].tag && end.py === b[i].py && end.color === b[i].color;
  return height === other && a.length === b.length && a.every(same);
}
