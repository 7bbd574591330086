// The keyboard's focus in the grid: a row, a cell of it, or a head. What is focused may be there only after the table has
// scrolled to it and has been drawn anew.

import { type RefObject, useEffect, useMemo, useRef } from "react";
import { type Layout, OWN, stuckWidth } from "./layout";

export interface GridFocus {
  /** `column` null: the row itself. */
  focus(row: string, column: number | null): void;
  /** The column `by` places from this one, null being the row before its first cell. */
  next(from: number | null, by: number): number | null;
}

export function useGridFocus(scroll: RefObject<HTMLElement | null>, layout: Layout): GridFocus {
  const wanted = useRef<{ row: string; column: number | null } | null>(null);
  const laid = useRef(layout);
  laid.current = layout;
  const settle = useRef(() => {});
  settle.current = () => {
    if (wanted.current === null) return;
    const { row, column } = wanted.current;
    const line = scroll.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row)}"]`);
    const target = column === null ? line : line?.querySelector<HTMLElement>(`:scope > [aria-colindex="${column}"]`);
    if (!target) return;
    wanted.current = null;
    take(target);
  };
  useEffect(() => settle.current());
  return useMemo(
    () => ({
      focus(row, column) {
        wanted.current = { row, column };
        if (column !== null && scroll.current !== null) reveal(scroll.current, laid.current, column);
        settle.current();
      },
      next(from, by) {
        const to = (from ?? 0) + by;
        return to <= 0 ? null : Math.min(OWN + laid.current.columns.length, to);
      },
    }),
    [scroll],
  );
}

/** A head has a control, which takes the focus; a cell takes it for as long as it has it. */
function take(target: HTMLElement): void {
  const control = target.role === "columnheader" ? target.querySelector<HTMLElement>("button, input") : null;
  if (target.role === "gridcell") {
    target.tabIndex = -1;
    target.addEventListener("blur", () => target.removeAttribute("tabindex"), { once: true });
  }
  (control ?? target).focus({ preventScroll: true });
}

/** Scrolls sideways until the column stands beside those that stick. */
function reveal(el: HTMLElement, layout: Layout, column: number): void {
  const at = layout.columns[column - OWN - 1];
  if (at === undefined || at.sticky !== null) return;
  const most = at.start - stuckWidth(layout);
  const least = at.start + at.width - el.clientWidth;
  el.scrollLeft = Math.min(most, Math.max(least, el.scrollLeft));
}
