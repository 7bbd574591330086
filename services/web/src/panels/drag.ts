// Dragging with pointer events: of a panel by its head (before, behind or onto another one), and of a panel's corner. A press
// becomes a drag after some pixels; Escape, or a lost pointer, leaves everything as it was.

import type { PointerEvent as ReactPointerEvent } from "react";

const THRESHOLD = 5; // CSS pixels
const EDGE = 48; // CSS pixels from the scrolled region's edge where it scrolls by itself
const SCROLL = 12; // CSS pixels a frame there

export interface Drop {
  id: string;
  where: "before" | "after" | "onto";
}

/** The middle 40 % of a panel takes another one onto it. */
export function dropAt(box: Pick<DOMRect, "left" | "width">, x: number): Drop["where"] {
  const part = (x - box.left) / Math.max(1, box.width);
  return part < 0.3 ? "before" : part > 0.7 ? "after" : "onto";
}

function cellAt(x: number, y: number): HTMLElement | null {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-cell]") ?? null;
}

interface DragPanel {
  id: string;
  label: string;
  /** Whether the middle of the panel with this id takes the dragged one. */
  takes(target: string): boolean;
  drop(drop: Drop): void;
}

/** Starts on a press on a panel's head. */
export function startPanelDrag(event: ReactPointerEvent<HTMLElement>, panel: DragPanel): void {
  if (event.button !== 0 || event.pointerType === "touch") return;
  if (event.target instanceof Element && event.target.closest("button, a, input") !== null) return;
  const scroll = event.currentTarget.closest<HTMLElement>("[data-scroll]");
  let ghost: HTMLElement | null = null;
  let drop: Drop | null = null;
  let marked: HTMLElement | null = null;
  let speed = 0;
  let frame = 0;
  const mark = (cell: HTMLElement | null, where: Drop["where"] | null) => {
    if (marked !== cell) marked?.removeAttribute("data-drop");
    marked = cell;
    if (cell !== null && where !== null) cell.dataset.drop = where;
  };
  const roll = () => {
    if (speed !== 0) scroll?.scrollBy(0, speed);
    frame = requestAnimationFrame(roll);
  };
  watch(event, {
    begin() {
      ghost = document.createElement("div");
      ghost.className = "dragGhost";
      ghost.textContent = panel.label;
      document.body.append(ghost);
      frame = requestAnimationFrame(roll);
    },
    move(x, y) {
      ghost!.style.transform = `translate(${x + 10}px, ${y + 10}px)`;
      const view = scroll?.getBoundingClientRect();
      speed = view === undefined ? 0 : y < view.top + EDGE ? -SCROLL : y > view.bottom - EDGE ? SCROLL : 0;
      const cell = cellAt(x, y);
      const id = cell?.dataset.cell;
      if (cell === null || id === undefined || id === panel.id) {
        drop = null;
        mark(null, null);
        return;
      }
      const box = cell.getBoundingClientRect();
      let where = dropAt(box, x);
      if (where === "onto" && !panel.takes(id)) where = x < box.left + box.width / 2 ? "before" : "after";
      drop = { id, where };
      mark(cell, where);
    },
    end(done) {
      cancelAnimationFrame(frame);
      ghost?.remove();
      mark(null, null);
      if (done && drop !== null) panel.drop(drop);
    },
  });
}

/** Starts on a press on a panel's corner; `size` sees the pixels that were dragged, the last time with `done`. */
export function startResize(
  event: ReactPointerEvent<HTMLElement>,
  size: (dx: number, dy: number, done: boolean) => void,
) {
  if (event.button !== 0) return;
  event.preventDefault();
  event.stopPropagation();
  const { clientX, clientY } = event;
  let last: [number, number] = [0, 0];
  watch(event, {
    begin() {},
    move(x, y) {
      last = [x - clientX, y - clientY];
      size(last[0], last[1], false);
    },
    end: (done) => (done ? size(last[0], last[1], true) : size(0, 0, true)),
  });
}

interface Watch {
  begin(): void;
  move(x: number, y: number): void;
  /** `done`: let go; false: given up. */
  end(done: boolean): void;
}

function watch(event: ReactPointerEvent<HTMLElement>, { begin, move, end }: Watch): void {
  const { clientX, clientY, pointerId } = event;
  const ending = new AbortController();
  const { signal } = ending;
  let dragging = false;
  const finish = (done: boolean) => {
    ending.abort();
    document.documentElement.removeAttribute("data-dragging");
    if (dragging) end(done);
  };
  window.addEventListener(
    "pointermove",
    (e) => {
      if (e.pointerId !== pointerId) return;
      if (!dragging && Math.hypot(e.clientX - clientX, e.clientY - clientY) < THRESHOLD) return;
      if (!dragging) {
        dragging = true;
        document.documentElement.dataset.dragging = "";
        begin();
      }
      e.preventDefault();
      move(e.clientX, e.clientY);
    },
    { signal },
  );
  window.addEventListener("pointerup", (e) => e.pointerId === pointerId && finish(true), { signal });
  window.addEventListener("pointercancel", (e) => e.pointerId === pointerId && finish(false), { signal });
  window.addEventListener(
    "keydown",
    (e) => {
      if (e.key !== "Escape" || !dragging) return;
      e.preventDefault();
      e.stopPropagation();
      finish(false);
    },
    { signal, capture: true },
  );
}
