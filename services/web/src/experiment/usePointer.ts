// The pointer over a plot: the crosshair, pins, zooms, pans and brushes, by mouse and by touch.

import { type RefObject, useEffect } from "react";
import { PAD, type Pad } from "../chart/pad";
import { type Drag, xAt, yAt } from "../chart/paint";
import type { Frame, XRange } from "../chart/protocol";
import type { PanelShared } from "./context";
import type { Drawn } from "./usePlot";

const DRAG = 4; // CSS pixels before a press is more than a click
const WHEEL = 0.0016;
const ONE_TURN = 400; // ms between two steps of one turn of the wheel
const LONG_PRESS = 350; // ms until a finger has the crosshair

type Live<T> = { current: T };

/** A range of x as the axis has it: whole steps inward, seconds as they are. */
export function rangeOf(frame: Frame, a: number, b: number): XRange | null {
  const [lo, hi] = a < b ? [a, b] : [b, a];
  if (frame.axis !== "step") return hi > lo ? { axis: frame.axis, from: lo, to: hi } : null;
  const from = frame.base + BigInt(Math.ceil(lo));
  const to = frame.base + BigInt(Math.floor(hi));
  return { axis: "step", from, to: to > from ? to : from + 1n };
}

interface Press {
  x: number;
  y: number;
  kind: Drag["kind"] | "pan";
  /** The picture that was pressed on: a pan counts from it. */
  frame: Frame;
  moved: boolean;
}

// Space is held while a drag pans; one listener for all panels.
const held = new Set<string>();
if (typeof window !== "undefined") {
  window.addEventListener("keydown", (event) => held.add(event.key));
  window.addEventListener("keyup", (event) => held.delete(event.key));
  window.addEventListener("blur", () => held.clear());
}

export function usePointer(
  id: string,
  host: RefObject<HTMLDivElement | null>,
  state: Live<Drawn>,
  latest: Live<PanelShared>,
  paint: Live<{ overlay: () => void }>,
): void {
  useEffect(() => {
    const el = host.current;
    if (el === null) return;
    const mouse = new PlotPointer(id, el, state, latest, () => paint.current.overlay());
    return mouse.listen();
  }, [id, host, state, latest, paint]);
}

/** What stands on the plot and has the pointer for itself. */
const isOwn = ({ target }: Event) => target instanceof Element && target.closest("[data-own]") !== null;

class PlotPointer {
  private press: Press | null = null;
  private fingers = new Map<number, number>();
  private pinch: { a: number; b: number; frame: Frame; moved: boolean } | null = null;
  private turnedAt = Number.NEGATIVE_INFINITY;
  private longPress: ReturnType<typeof setTimeout> | undefined;
  private touching = false;

  constructor(
    private readonly id: string,
    private readonly el: HTMLElement,
    private readonly state: Live<Drawn>,
    private readonly latest: Live<PanelShared>,
    private readonly repaint: () => void,
  ) {}

  listen(): () => void {
    const handlers: [string, (event: never) => void, AddEventListenerOptions?][] = [
      ["pointermove", (event: PointerEvent) => this.move(event)],
      ["pointerleave", (event: PointerEvent) => event.pointerType !== "touch" && this.leave()],
      ["pointerdown", (event: PointerEvent) => this.down(event)],
      ["pointerup", (event: PointerEvent) => this.up(event)],
      ["pointercancel", (event: PointerEvent) => this.cancel(event)],
      ["wheel", (event: WheelEvent) => this.wheel(event), { passive: false }],
      ["touchmove", (event: TouchEvent) => this.touchMove(event), { passive: false }],
      ["dblclick", () => this.latest.current.zoom(null)],
    ];
    for (const [name, handler, options] of handlers) this.el.addEventListener(name, handler as EventListener, options);
    return () => {
      clearTimeout(this.longPress);
      for (const [name, handler] of handlers) this.el.removeEventListener(name, handler as EventListener);
    };
  }

  private get pad(): Pad {
    return this.state.current.frame?.pad ?? PAD;
  }
  private get width(): number {
    return this.el.clientWidth - this.pad.left - this.pad.right;
  }
  private get height(): number {
    return this.el.clientHeight - this.pad.top - this.pad.bottom;
  }

  /** Where the pointer is in the plot, kept within it. */
  private at(event: MouseEvent): { x: number; y: number } {
    const box = this.el.getBoundingClientRect();
    const inside = (value: number, most: number) => Math.min(Math.max(value, 0), most);
    return {
      x: inside(event.clientX - box.left - this.pad.left, this.width),
      y: inside(event.clientY - box.top - this.pad.top, this.height),
    };
  }

  private hover(event: MouseEvent): void {
    const { frame } = this.state.current;
    if (frame === null || this.width <= 0) return;
    const { x, y } = this.at(event);
    const shared = this.latest.current;
    shared.engine.hover(this.id, xAt(frame, this.width, x), y, shared.order);
  }

  private move(event: PointerEvent): void {
    if (event.pointerType === "touch") {
      this.finger(event);
      return;
    }
    const { press } = this;
    if (press !== null) this.dragTo(press, this.at(event));
    this.hover(event);
  }

  private dragTo(press: Press, { x, y }: { x: number; y: number }): void {
    const far = Math.abs(x - press.x) >= DRAG || (press.kind !== "zoom" && Math.abs(y - press.y) >= DRAG);
    if (press.kind === "pan") {
      if (far || press.moved) this.pan(press, x - press.x);
      return;
    }
    if (this.state.current.drag === null && !far) return;
    this.state.current.drag = { kind: press.kind, x: [press.x, x], y: [press.y, y] };
    this.repaint();
  }

  /** The picture follows the pointer: what was under it stays under it. */
  private pan(press: Press, by: number): void {
    const { frame } = press;
    const range = rangeOf(frame, xAt(frame, this.width, -by), xAt(frame, this.width, this.width - by));
    this.latest.current.zoom(range, press.moved);
    press.moved = true;
  }

  private leave(): void {
    const { engine, pointed, order } = this.latest.current;
    engine.hover(this.id, null, 0, order);
    pointed(null, null);
  }

  private down(event: PointerEvent): void {
    const { frame } = this.state.current;
    if (event.button !== 0 || frame === null || isOwn(event)) return;
    if (event.pointerType === "touch") {
      this.fingerDown(event, frame);
      return;
    }
    const kind = held.has(" ") ? "pan" : this.latest.current.brushing ? "brush" : event.shiftKey ? "box" : "zoom";
    this.press = { ...this.at(event), kind, frame, moved: false };
    this.el.setPointerCapture(event.pointerId);
  }

  private up(event: PointerEvent): void {
    if (event.pointerType === "touch") {
      this.fingerUp(event);
      return;
    }
    this.release(event);
  }

  private release(event: PointerEvent): void {
    const { drag, frame } = this.state.current;
    const { press } = this;
    this.press = null;
    this.state.current.drag = null;
    if (press === null || frame === null) return;
    if (drag !== null) this.finish(drag, frame);
    else if (press.kind === "zoom") this.pin(event, frame);
    this.repaint();
  }

  private finish(drag: Drag, frame: Frame): void {
    const shared = this.latest.current;
    const x = drag.x.map((pixel) => xAt(frame, this.width, pixel)).sort((a, b) => a - b) as [number, number];
    const y = drag.y.map((pixel) => yAt(frame, this.height, pixel)).sort((a, b) => a - b) as [number, number];
    if (drag.kind === "brush") {
      shared.brushed({ panel: this.id, x, y, frame, client: this.corner(drag) });
      return;
    }
    shared.zoom(rangeOf(frame, x[0], x[1]));
    if (drag.kind === "box") shared.zoomY(this.id, y);
  }

  private corner(drag: Drag): { x: number; y: number } {
    const box = this.el.getBoundingClientRect();
    return { x: box.left + this.pad.left + Math.max(...drag.x), y: box.top + this.pad.top + Math.min(...drag.y) };
  }

  /** Pins stand at the logged point under the hair, if its answer has come by now; their pictures snap to it in any case. */
  private pin(event: MouseEvent, frame: Frame): void {
    const pointer = xAt(frame, this.width, this.at(event).x);
    const { hover } = this.state.current;
    const fresh = hover !== null && hover.hair !== null && hover.x === pointer;
    const near = fresh ? hover.rows.find((row) => Math.abs(row.px - (hover.hair ?? 0)) < 0.5) : undefined;
    if (frame.axis === "step") this.latest.current.pin(near?.step ?? frame.base + BigInt(Math.round(pointer)));
    else this.latest.current.pin(fresh ? xAt(frame, this.width, hover.hair ?? 0) : pointer);
  }

  private wheel(event: WheelEvent): void {
    const { frame } = this.state.current;
    if (!(event.altKey || event.ctrlKey) || frame === null) return;
    event.preventDefault();
    const { x } = this.at(event);
    const factor = Math.exp(event.deltaY * WHEEL);
    // In pixels, so that a log axis zooms in decades.
    const from = xAt(frame, this.width, x - x * factor);
    const to = xAt(frame, this.width, x + (this.width - x) * factor);
    this.latest.current.zoom(rangeOf(frame, from, to), event.timeStamp - this.turnedAt < ONE_TURN);
    this.turnedAt = event.timeStamp;
  }

  private cancel(event: PointerEvent): void {
    this.press = null;
    this.fingers.delete(event.pointerId);
    this.pinch = null;
    this.touching = false;
    clearTimeout(this.longPress);
    this.state.current.drag = null;
    this.repaint();
    this.leave();
  }

  // One finger scrolls the page, until it has rested: then it has the crosshair; while a box is to be brushed it draws that. Two
  // fingers zoom and pan.
  private fingerDown(event: PointerEvent, frame: Frame): void {
    this.fingers.set(event.pointerId, this.at(event).x);
    clearTimeout(this.longPress);
    if (this.fingers.size === 2) {
      const [a, b] = [...this.fingers.values()];
      this.pinch = { a, b, frame, moved: false };
      this.press = null;
      this.state.current.drag = null;
      this.repaint();
      return;
    }
    if (this.latest.current.brushing) {
      this.press = { ...this.at(event), kind: "brush", frame, moved: false };
      return;
    }
    this.longPress = setTimeout(() => {
      this.touching = true;
      this.hover(event);
    }, LONG_PRESS);
  }

  private finger(event: PointerEvent): void {
    if (!this.fingers.has(event.pointerId)) return;
    const before = this.fingers.get(event.pointerId)!;
    const { x, y } = this.at(event);
    this.fingers.set(event.pointerId, x);
    if (this.press !== null) this.dragTo(this.press, { x, y });
    else if (this.pinch !== null && this.fingers.size === 2)
      this.pinchTo([...this.fingers.values()] as [number, number]);
    else if (this.touching) this.hover(event);
    else if (Math.abs(x - before) > DRAG) clearTimeout(this.longPress);
  }

  /** What was under each finger stays under it. */
  private pinchTo([a, b]: [number, number]): void {
    const { pinch, width } = this;
    if (pinch === null || Math.abs(a - b) < DRAG) return;
    const scale = (pinch.a - pinch.b) / (a - b);
    const at = (pixel: number) => xAt(pinch.frame, width, pinch.a + (pixel - a) * scale);
    if (!(scale > 0)) return;
    this.latest.current.zoom(rangeOf(pinch.frame, at(0), at(width)), pinch.moved);
    pinch.moved = true;
  }

  private fingerUp(event: PointerEvent): void {
    const { drag } = this.state.current;
    const resting = !this.touching && this.fingers.size === 1 && this.pinch === null && drag === null;
    this.fingers.delete(event.pointerId);
    clearTimeout(this.longPress);
    if (this.fingers.size === 0) this.pinch = null;
    this.release(event);
    // A tap shows the values; they stay until the next tap elsewhere.
    if (resting) this.hover(event);
    this.touching = false;
  }

  private touchMove(event: TouchEvent): void {
    if (event.cancelable && (this.touching || this.pinch !== null || this.press !== null)) event.preventDefault();
  }
}
