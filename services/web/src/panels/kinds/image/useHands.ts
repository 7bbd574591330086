// Zoom and pan of pictures in a frame, by wheel, pinch, drag and keys.

import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { say } from "../../../experiment/Announcer";
import { text } from "../../../text";
import { canPan, type Laid, type Place, panBy, WHOLE, type Zoom, zoomBy } from "./zoom";

const KEY_ZOOM = 1.5;
const KEY_PAN = 0.1; // of the frame
const WHEEL = 0.002; // how much a pixel of the wheel adds to the logarithm of the zoom
const PINCH = 0.01; // the same of a pinch on a touch pad, which comes as a wheel with Ctrl
const LINE = 16; // pixels, of wheels that count in lines

/** What is seen of pictures that are shown together, and the place that is pointed at. */
export interface Seen {
  zoom: Zoom;
  /** Gives what it made. */
  onZoom(change: (zoom: Zoom) => Zoom): Zoom;
  mark: Place | null;
  onMark(mark: Place | null): void;
}

type ZoomKey = "+" | "-" | "0";

const ZOOM_KEYS: Partial<Record<string, ZoomKey>> = { "+": "+", "=": "+", "-": "-", _: "-", "0": "0" };

/** Where the picture goes, which is against the arrow. */
const ARROWS: Partial<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

interface Point {
  clientX: number;
  clientY: number;
}

const placeIn = (box: DOMRect, { clientX, clientY }: Point): Place => ({
  u: (clientX - box.left) / box.width,
  v: (clientY - box.top) / box.height,
});

/** Of the frame's first picture; the others go with it. Null: there is none yet. */
function layOut(frame: HTMLElement | null, { times }: Zoom): { laid: Laid; box: DOMRect } | null {
  const picture = frame?.querySelector<HTMLElement>("[data-picture]");
  if (frame == null || picture == null) return null;
  const box = picture.getBoundingClientRect();
  const pixels = Number(picture.dataset.picture);
  if (box.width === 0 || box.height === 0 || !(pixels > 0)) return null;
  const base = { width: box.width / times, height: box.height / times };
  return {
    box,
    laid: { frame: { width: frame.clientWidth, height: frame.clientHeight }, base, scale: base.width / pixels },
  };
}

export function useHands(frame: RefObject<HTMLElement | null>, { zoom, onZoom, onMark }: Seen) {
  const lay = () => layOut(frame.current, zoom);
  const zoomAt = (by: number, point: Point) => {
    const now = lay();
    if (now !== null) onZoom((old) => zoomBy(old, by, placeIn(now.box, point), now.laid));
  };
  useWheel(frame, zoomAt);
  const zoomKey = (key: ZoomKey): Zoom | null => {
    const now = lay();
    if (now === null) return null;
    const by = key === "-" ? 1 / KEY_ZOOM : KEY_ZOOM;
    const next = onZoom((old) => (key === "0" ? WHOLE : zoomBy(old, by, old, now.laid)));
    say(text.kinds.percent(Math.round(100 * now.laid.scale * next.times)));
    return next;
  };
  const panKey = (key: string): Zoom | null => {
    const now = lay();
    const way = ARROWS[key];
    if (now === null || way === undefined || !canPan(zoom, now.laid)) return null;
    const [x, y] = [way[0] * now.laid.frame.width * KEY_PAN, way[1] * now.laid.frame.height * KEY_PAN];
    return onZoom((old) => panBy(old, x, y, now.laid));
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = ZOOM_KEYS[event.key];
    const next = key === undefined ? panKey(event.key) : zoomKey(key);
    if (next === null) return;
    onMark(next);
    event.preventDefault();
    event.stopPropagation();
  };
  const fingers = useFingers(
    (x, y) => {
      const now = lay();
      if (now !== null) onZoom((old) => panBy(old, x, y, now.laid));
    },
    zoomAt,
    (point) => {
      const now = lay();
      onMark(now === null ? null : placeIn(now.box, point));
    },
  );
  return { zoomKey, press, ...fingers };
}

/** One finger (or the mouse) pans, two zoom about what is between them. */
function useFingers(
  pan: (x: number, y: number) => void,
  zoomAt: (by: number, point: Point) => void,
  pointAt: (point: Point) => void,
) {
  const fingers = useRef(new Map<number, Point>());
  return {
    down: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, pointOf(event));
    },
    move: (event: PointerEvent) => {
      pointAt(event);
      const before = fingers.current.get(event.pointerId);
      if (before === undefined) return;
      const other = [...fingers.current].find(([finger]) => finger !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, pointOf(event));
      const part = other === undefined ? 1 : 0.5; // what is between two fingers goes half as far as one of them
      pan((event.clientX - before.clientX) * part, (event.clientY - before.clientY) * part);
      if (other !== undefined) zoomAt(apart(event, other) / Math.max(1, apart(before, other)), middleOf(event, other));
    },
    up: (event: PointerEvent) => void fingers.current.delete(event.pointerId),
  };
}

const pointOf = ({ clientX, clientY }: Point): Point => ({ clientX, clientY });

const apart = (a: Point, b: Point) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

const middleOf = (a: Point, b: Point): Point => ({
  clientX: (a.clientX + b.clientX) / 2,
  clientY: (a.clientY + b.clientY) / 2,
});

/** React listens to wheels passively, so that the page would move with them. */
function useWheel(frame: RefObject<HTMLElement | null>, zoomAt: (by: number, point: Point) => void): void {
  const now = useRef(zoomAt);
  now.current = zoomAt;
  useEffect(() => {
    const el = frame.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      now.current(Math.exp(-pixels * (event.ctrlKey ? PINCH : WHEEL)), event);
    };
    el?.addEventListener("wheel", turn, { passive: false });
    return () => el?.removeEventListener("wheel", turn);
  }, [frame]);
}
