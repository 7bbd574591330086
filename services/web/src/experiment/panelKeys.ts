// Keys of panels: the focus goes from one to the next, the crosshair from one logged point to the next, and what a drag does
// (zoom, move, brush) is done at the pins.

import type { ChartEngine } from "../chart/engine";
import { scaleXOf, xAt } from "../chart/paint";
import type { Frame } from "../chart/protocol";
import { moveRail } from "../panels/rails";
import { movePanelFocus } from "../panels/roving";
import { isKind } from "../state/panel_ids";
import type { View } from "../state/view";
import { text } from "../text";
import { say } from "./Announcer";
import type { KeysInput } from "./acts";
import { rangeOf } from "./usePointer";

const CONTROLS = 'button, a, input, select, summary, [role="separator"], [role="grid"], [role="menu"]';

/** Whether the key is one of the panels'. `panel`: the one that it is for. */
export function pressPanel(
  p: KeysInput,
  engine: ChartEngine,
  panel: string | null,
  key: string,
  shift: boolean,
): boolean {
  const focus = document.activeElement;
  if (focus instanceof HTMLElement && focus.matches(CONTROLS)) return false;
  const onPanel = focus instanceof HTMLElement && focus.dataset.cell !== undefined;
  switch (key) {
    case "Enter":
      if (onPanel && panel !== null) movePin(p, engine, panel, null);
      return onPanel;
    case "ArrowLeft":
    case "ArrowRight":
      if (shift && panel !== null) return reframe(p, panel, key === "ArrowRight" ? PAN : -PAN, 1);
      if (panel === null || p.view.at.length === 0) return onPanel && movePanelFocus(key);
      movePin(p, engine, panel, key === "ArrowRight" ? 1 : -1);
      return true;
    case "ArrowUp":
    case "ArrowDown":
      return onPanel && movePanelFocus(key);
    case "+":
    case "-":
      return panel !== null && (key === "+" && p.view.at.length === 2 ? between(p, panel) : zoom(p, panel, key));
    case "v":
      return onPanel && panel !== null && brushPins(p, panel, focus.getBoundingClientRect());
    default:
      return false;
  }
}

type Pins = View["at"];

// Keys come faster than answers and pages: a press goes on from what the one before made of the pins that the page still shows.
let shown: Pins | null = null;
let moved: Promise<Pins> = Promise.resolve([]);

/** The last pin goes to the next logged point; `by` null: a pin at the last one in view. */
function movePin({ view, set }: KeysInput, engine: ChartEngine, panel: string, by: 1 | -1 | null): void {
  if (isKind(panel)) {
    moveRail(panel, by ?? "last");
    return;
  }
  const before = view.at === shown ? moved : Promise.resolve(view.at);
  shown = view.at;
  moved = before.then(async (pins) => {
    const from = by === null ? null : (pins.at(-1) ?? null);
    const at = (await engine.ask(panel, { what: "neighbour", from, by: by ?? -1 }))?.at ?? null;
    if (at === null) return pins;
    const rest = by === null ? pins.slice(0, 1) : pins.slice(0, -1);
    const next = [...rest.filter((other) => other !== at), at];
    set({ at: next }, by !== null);
    say(text.atPin(String(at)));
    return next;
  });
}

const WIDE = 1000; // of a plot, whatever it is: parts of it are meant
const PAN = 1 / 8;

/** What is in view goes by a part of it, and becomes so many times as wide about a place of it, which stays where it is. */
function reframe({ shared }: KeysInput, panel: string, by: number, times: number, about = 0.5): boolean {
  const frame = shared.frameOf(panel);
  if (frame === null) return false;
  const at = (part: number) => xAt(frame, WIDE, WIDE * (about + by + (part - about) * times));
  shared.charts.shared.zoom(rangeOf(frame, at(0), at(1)));
  return true;
}

/** About the pin, where there is one in view. */
function zoom(p: KeysInput, panel: string, key: "+" | "-"): boolean {
  const frame = p.shared.frameOf(panel);
  const [pin] = frame === null ? [] : pinsOf(frame, p.view.at);
  const part = frame === null || pin === undefined ? 0.5 : scaleXOf(frame, 1)(pin);
  return reframe(p, panel, 0, key === "+" ? 0.5 : 2, part >= 0 && part <= 1 ? part : 0.5);
}

const pinsOf = (frame: Frame, pins: readonly (bigint | number)[]): number[] =>
  pins.map((pin) => (typeof pin === "bigint" ? Number(pin - frame.base) : pin)).sort((a, b) => a - b);

function between({ view, shared }: KeysInput, panel: string): boolean {
  const frame = shared.frameOf(panel);
  if (frame === null) return false;
  const [from, to] = pinsOf(frame, view.at);
  shared.charts.shared.zoom(rangeOf(frame, from, to));
  return true;
}

/** The box between two pins, as high as the plot. */
function brushPins({ view, shared }: KeysInput, panel: string, place: DOMRect): boolean {
  const frame = shared.frameOf(panel);
  if (frame === null || view.at.length !== 2) return false;
  const [from, to] = pinsOf(frame, view.at);
  const client = { x: place.left + place.width / 2, y: place.top + frame.pad.top };
  shared.charts.shared.brushed({ panel, x: [from, to], y: frame.y, frame, client });
  return true;
}
