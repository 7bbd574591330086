// Moving a panel by keyboard: what had the focus in it has the focus again at its new place, which comes into view.

import type { PanelShared } from "../experiment/context";
import { stepPanel } from "./edit";

const FRAMES = 6; // within which the page has drawn a panel at its new place

const cellOf = (id: string) =>
  [...document.querySelectorAll<HTMLElement>("[data-cell]")].find((cell) => cell.dataset.cell === id);

export function stepByKey(shared: PanelShared, id: string, by: -1 | 1): void {
  const focused = document.activeElement;
  const name = cellOf(id)?.contains(focused) === true ? focused?.getAttribute("aria-label") : null;
  shared.edit((view) => stepPanel(view, shared.panelOrder.current, id, by));
  // A panel in another row is another element: only then the focus was lost.
  const settle = (left: number) => {
    const cell = cellOf(id);
    if (name != null && document.activeElement === document.body) {
      const controls = [...(cell?.querySelectorAll<HTMLElement>("[aria-label]") ?? [])];
      controls.find((control) => control.getAttribute("aria-label") === name)?.focus({ preventScroll: true });
    }
    cell?.scrollIntoView({ block: "nearest" });
    if (left > 0) requestAnimationFrame(() => settle(left - 1));
  };
  requestAnimationFrame(() => settle(FRAMES));
}
