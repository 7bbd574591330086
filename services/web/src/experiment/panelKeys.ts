// Keys of panels: the focus goes from one to the next, and the crosshair from one logged point to the next.

import type { ChartEngine } from "../chart/engine";
import { movePanelFocus } from "../panels/roving";
import { text } from "../text";
import { say } from "./Announcer";
import type { KeysInput } from "./acts";

const CONTROLS = 'button, a, input, select, summary, [role="separator"], [role="grid"], [role="menu"]';

/** Whether the key is one of the panels'. `panel`: the one that it is for. */
export function pressPanel(p: KeysInput, engine: ChartEngine, panel: string | null, key: string): boolean {
  const focus = document.activeElement;
  if (focus instanceof HTMLElement && focus.matches(CONTROLS)) return false;
  const onPanel = focus instanceof HTMLElement && focus.dataset.cell !== undefined;
  switch (key) {
    case "Enter":
      if (onPanel && panel !== null) void movePin(p, engine, panel, null);
      return onPanel;
    case "ArrowLeft":
    case "ArrowRight":
      if (panel === null || p.view.at.length === 0) return onPanel && movePanelFocus(key);
      void movePin(p, engine, panel, key === "ArrowRight" ? 1 : -1);
      return true;
    case "ArrowUp":
    case "ArrowDown":
      return onPanel && movePanelFocus(key);
    default:
      return false;
  }
}

/** The last pin goes to the next logged point; `by` null: a pin at the last one in view. */
async function movePin({ view, set }: KeysInput, engine: ChartEngine, panel: string, by: 1 | -1 | null): Promise<void> {
  const pin = view.at.at(-1);
  const answer = await engine.ask(panel, { what: "neighbour", from: by === null ? null : (pin ?? null), by: by ?? -1 });
  const at = answer?.at ?? null;
  if (at === null) return;
  const rest = by === null ? view.at.slice(0, 1) : view.at.slice(0, -1);
  set({ at: [...rest.filter((other) => other !== at), at] }, by !== null);
  say(text.atPin(String(at)));
}
