// The imperative half of a panel: two canvases, the worker's pictures, the pointer. React hears of it only when words change.

import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Problem } from "../api/types";
import { PAD, paintBase, paintOverlay } from "../chart/paint";
import type { Frame, PanelHover, XRange } from "../chart/protocol";
import type { PanelShared } from "./context";

export interface Plot {
  frame: Frame | null;
  problem: Problem | null;
  /** Date.now() of the last picture before the failure. */
  asOf: number;
  hover: PanelHover | null;
  owner: boolean;
}

interface Drawn {
  bitmap: ImageBitmap | null;
  frame: Frame | null;
  hover: PanelHover | null;
  owner: boolean;
  drag: [number, number] | null;
  /** The overlay shows something. */
  overlaid: boolean;
  drawnAt: number;
}

const DRAG = 4; // CSS pixels before a press is a zoom
const WHEEL = 0.0016;

/** A range of x as the axis has it: whole steps inward, seconds as they are. */
export function rangeOf(frame: Frame, a: number, b: number): XRange | null {
  const [lo, hi] = a < b ? [a, b] : [b, a];
  if (frame.axis !== "step") return hi > lo ? { axis: frame.axis, from: lo, to: hi } : null;
  const from = frame.base + BigInt(Math.ceil(lo));
  const to = frame.base + BigInt(Math.floor(hi));
  return { axis: "step", from, to: to > from ? to : from + 1n };
}

export function usePlot(
  shared: PanelShared,
  tag: string,
  order: number,
  host: RefObject<HTMLDivElement | null>,
  base: RefObject<HTMLCanvasElement | null>,
  overlay: RefObject<HTMLCanvasElement | null>,
): Plot {
  const [plot, setPlot] = useState<Plot>({ frame: null, problem: null, asOf: 0, hover: null, owner: false });
  const state = useRef<Drawn>({
    bitmap: null,
    frame: null,
    hover: null,
    owner: false,
    drag: null,
    overlaid: false,
    drawnAt: 0,
  });
  const latest = useRef(shared);
  latest.current = shared;

  const paint = useRef({ base: () => {}, overlay: () => {} });
  paint.current = {
    base: () => {
      const { bitmap, frame } = state.current;
      const el = host.current;
      if (el === null || base.current === null || bitmap === null || frame === null) return;
      paintBase(
        base.current,
        el.clientWidth,
        el.clientHeight,
        devicePixelRatio || 1,
        bitmap,
        frame,
        latest.current.palette,
      );
    },
    overlay: () => {
      const el = host.current;
      if (el === null || overlay.current === null) return;
      const { frame, hover, owner, drag } = state.current;
      // A canvas that was never drawn on costs nothing: with a screen of panels that is a third of their first paint.
      const empty = hover === null && drag === null;
      if (empty && !state.current.overlaid) return;
      state.current.overlaid = !empty;
      const { palette, looks } = latest.current;
      const colorOf = (run: string) => palette.runs[looks.get(run)?.slot ?? 0];
      paintOverlay(
        overlay.current,
        el.clientWidth,
        el.clientHeight,
        devicePixelRatio || 1,
        frame,
        { hover, owner, drag, colorOf },
        palette,
      );
    },
  };

  const { engine } = shared;
  const sendSize = useRef(() => {});
  sendSize.current = () => {
    const el = host.current;
    if (el === null) return;
    const width = el.clientWidth - PAD.left - PAD.right;
    const height = el.clientHeight - PAD.top - PAD.bottom;
    engine.update({ id: tag, tag, width, height, dpr: devicePixelRatio || 1, order, y: null });
  };
  useLayoutEffect(() => {
    const el = host.current;
    if (el === null) return;
    const unmount = engine.mount(tag, {
      drawn(bitmap, frame) {
        state.current.bitmap?.close();
        state.current.bitmap = bitmap;
        state.current.frame = frame;
        state.current.drawnAt = Date.now();
        paint.current.base();
        paint.current.overlay();
        latest.current.report(tag, frame);
        setPlot((old) => (sameWords(old.frame, frame) ? old : { ...old, frame }));
      },
      hover(hover, owner) {
        if (hover.hair === null && state.current.hover === null) return;
        state.current.hover = hover.hair === null ? null : hover;
        state.current.owner = owner;
        paint.current.overlay();
        if (owner) latest.current.pointed(tag, state.current.hover);
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
      latest.current.report(tag, null);
      state.current.bitmap?.close();
      state.current.bitmap = null;
    };
  }, [engine, tag, host]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new place in the grid matters.
  useLayoutEffect(() => sendSize.current(), [order]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new palette repaints what is there until the worker follows.
  useEffect(() => {
    paint.current.base();
    paint.current.overlay();
  }, [shared.palette]);

  usePointer(tag, host, state, latest, paint);
  return plot;
}

type Live<T> = { current: T };

function usePointer(
  tag: string,
  host: RefObject<HTMLDivElement | null>,
  state: Live<Drawn>,
  latest: Live<PanelShared>,
  paint: Live<{ overlay: () => void }>,
): void {
  useEffect(() => {
    const el = host.current;
    if (el === null) return;
    let pressed: number | null = null;
    const plotX = (event: MouseEvent) => {
      const box = el.getBoundingClientRect();
      return Math.min(Math.max(event.clientX - box.left - PAD.left, 0), box.width - PAD.left - PAD.right);
    };
    const toX = (pixel: number) => {
      const { frame } = state.current;
      const width = el.clientWidth - PAD.left - PAD.right;
      return frame === null || width <= 0 ? null : frame.x[0] + (pixel / width) * (frame.x[1] - frame.x[0]);
    };
    const hover = (event: PointerEvent) => {
      const x = toX(plotX(event));
      if (x === null) return;
      latest.current.engine.hover(tag, x, event.clientY - el.getBoundingClientRect().top - PAD.top);
    };
    const move = (event: PointerEvent) => {
      if (pressed !== null) {
        const at = plotX(event);
        if (state.current.drag !== null || Math.abs(at - pressed) >= DRAG) state.current.drag = [pressed, at];
        paint.current.overlay();
      }
      hover(event);
    };
    const leave = () => {
      latest.current.engine.hover(tag, null, 0);
      latest.current.pointed(null, null);
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      // A finger moves the crosshair; zooming by touch would fight with scrolling.
      if (event.pointerType === "touch") hover(event);
      else {
        pressed = plotX(event);
        el.setPointerCapture(event.pointerId);
      }
    };
    const up = () => {
      const { drag, frame } = state.current;
      pressed = null;
      state.current.drag = null;
      if (drag !== null && frame !== null) {
        const a = toX(drag[0]);
        const b = toX(drag[1]);
        if (a !== null && b !== null) latest.current.zoom(rangeOf(frame, a, b));
      }
      paint.current.overlay();
    };
    const cancel = () => {
      pressed = null;
      state.current.drag = null;
      leave();
    };
    const wheel = (event: WheelEvent) => {
      const { frame } = state.current;
      if (!(event.altKey || event.ctrlKey) || frame === null) return;
      event.preventDefault();
      const at = toX(plotX(event));
      if (at === null) return;
      const factor = Math.exp(event.deltaY * WHEEL);
      latest.current.zoom(rangeOf(frame, at + (frame.x[0] - at) * factor, at + (frame.x[1] - at) * factor));
    };
    const reset = () => latest.current.zoom(null);
    el.addEventListener("pointermove", move);
    el.addEventListener("pointerleave", leave);
    el.addEventListener("pointerdown", down);
    el.addEventListener("pointerup", up);
    el.addEventListener("pointercancel", cancel);
    el.addEventListener("wheel", wheel, { passive: false });
    el.addEventListener("dblclick", reset);
    return () => {
      el.removeEventListener("pointermove", move);
      el.removeEventListener("pointerleave", leave);
      el.removeEventListener("pointerdown", down);
      el.removeEventListener("pointerup", up);
      el.removeEventListener("pointercancel", cancel);
      el.removeEventListener("wheel", wheel);
      el.removeEventListener("dblclick", reset);
    };
  }, [tag, host, state, latest, paint]);
}

/** Whether two frames read the same: what React shows of a frame is words, not the picture. */
function sameWords(a: Frame | null, b: Frame): boolean {
  return (
    a !== null &&
    a.series === b.series &&
    a.loading === b.loading &&
    a.log === b.log &&
    a.axis === b.axis &&
    a.x[0] === b.x[0] &&
    a.x[1] === b.x[1] &&
    a.bucketed === b.bucketed &&
    a.smoothingApproximate === b.smoothingApproximate &&
    a.nonPositive === b.nonPositive &&
    a.nonFinite === b.nonFinite &&
    a.unplaced === b.unplaced &&
    a.clipped === b.clipped &&
    a.truncated === b.truncated &&
    a.damaged === b.damaged &&
    a.newSteps === b.newSteps &&
    a.yTicks.length === b.yTicks.length &&
    a.lowest?.value === b.lowest?.value &&
    a.highest?.value === b.highest?.value
  );
}
