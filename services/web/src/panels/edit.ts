// What one can do with panels, as changes of the view: each takes the view and gives what is new in it.

import { emptyHand, type HandPanel } from "../state/hand_panels";
import { handId, handNumber, isHand, isKind } from "../state/panel_ids";
import { type Layout, OVERRIDE_KEYS, type Override, PANEL_KEYS, type PanelsView } from "../state/panels_view";
import type { Pair } from "../state/query";

type Change = Partial<PanelsView>;

const toggled = (list: readonly string[], item: string) =>
  list.includes(item) ? list.filter((other) => other !== item) : [...list, item];

export const togglePin = (view: PanelsView, id: string): Change => ({ pin: toggled(view.pin, id) });

export const toggleSection = (view: PanelsView, name: string): Change => ({ closed: toggled(view.closed, name) });

export const toggleFull = (view: PanelsView, id: string): Change => ({ full: view.full === id ? null : id });

export const setLayout = (view: PanelsView, lay: Partial<Layout>): Change => ({ lay: { ...view.lay, ...lay } });

/** A panel that is moved again forgets where it was moved before, unless another one was put beside it there. */
export function movePanel(view: PanelsView, panel: string, beside: string, after: boolean): Change {
  if (panel === beside) return {};
  const pinned = view.pin.includes(beside);
  if (pinned || view.pin.includes(panel)) {
    const pin = view.pin.filter((id) => id !== panel);
    // Out of the pinned ones, or to another place among them.
    if (!pinned) return { pin, ...movePanel({ ...view, pin }, panel, beside, after) };
    pin.splice(pin.indexOf(beside) + (after ? 1 : 0), 0, panel);
    return { pin };
  }
  const kept = view.moves.filter(
    (move, i) => move.panel !== panel || view.moves.slice(i + 1).some((later) => later.beside === panel),
  );
  return { moves: [...kept, { panel, beside, after }] };
}

/** The neighbour of a panel in its section; `order`: the panels that are shown, section by section. */
export function beside(order: readonly string[][], id: string, by: -1 | 1): string | undefined {
  const list = order.find((panels) => panels.includes(id)) ?? [];
  return list[list.indexOf(id) + by];
}

/** One place to the left or the right in its section. */
export function stepPanel(view: PanelsView, order: readonly string[][], id: string, by: -1 | 1): Change {
  const other = beside(order, id, by);
  return other === undefined ? {} : movePanel(view, id, other, by === 1);
}

/** Puts a section one place up or down among those that are shown; `names` are they, in order. */
export function moveSection(view: PanelsView, names: readonly string[], name: string, by: -1 | 1): Change {
  const at = names.indexOf(name);
  const to = at + by;
  if (at < 0 || to < 0 || to >= names.length) return {};
  const next = [...names];
  next.splice(at, 1);
  next.splice(to, 0, name);
  // No more are named than the order needs, and none is forgotten that only a filter hides.
  const ordered = Math.max(view.first.length, at + 1, to + 1);
  return { first: [...next.slice(0, ordered), ...view.first.filter((other) => !names.includes(other))] };
}

export const hidePanel = (view: PanelsView, id: string): Change => ({
  hidden: [...new Set([...view.hidden, id])],
  full: view.full === id ? null : view.full,
});

export const showHidden = (): Change => ({ hidden: [] });

export const nextHand = (view: PanelsView): string =>
  handId(Math.max(0, ...view.hand.map((p) => handNumber(p.id))) + 1);

export const putHand = (view: PanelsView, panel: HandPanel): Change => ({
  hand: [...view.hand.filter((other) => other.id !== panel.id), panel].sort(
    (a, b) => handNumber(a.id) - handNumber(b.id),
  ),
});

/** Takes a panel that was added by hand away, with all that was said about it; the tags that it had hidden come back. */
export function removeHand(view: PanelsView, id: string): Change {
  const gone = view.hand.find((panel) => panel.id === id);
  const back = new Set(gone?.kind === "lines" ? gone.y : []);
  return {
    hand: view.hand.filter((panel) => panel.id !== id),
    pin: view.pin.filter((other) => other !== id),
    hidden: view.hidden.filter((other) => other !== id && !back.has(other)),
    moves: view.moves.filter((move) => move.panel !== id && move.beside !== id),
    panels: view.panels.filter((override) => override.of !== id),
    full: view.full === id ? null : view.full,
  };
}

/** A copy beside the panel that can be changed: of a tag's panel, one by hand with this tag. */
export function handOf(view: PanelsView, id: string): HandPanel {
  const known = view.hand.find((panel) => panel.id === id);
  return known ?? { ...emptyHand(nextHand(view), "lines"), y: [id] };
}

/**
 * One panel dropped on another: their tags become one panel by hand at the place of the target; the panels of the tags go. A
 * panel of lines takes them in itself. Null: these two cannot be one.
 */
export function overlay(view: PanelsView, dragged: string, target: string): Change | null {
  const a = handOf(view, target);
  const b = handOf(view, dragged);
  if (dragged === target || isKind(dragged) || isKind(target) || a.kind !== "lines" || b.kind !== "lines") return null;
  const unique = (list: string[]) => [...new Set(list)];
  const both: HandPanel = { ...a, y: unique([...a.y, ...b.y]), match: a.match || b.match };
  let next: PanelsView = { ...view, ...putHand(view, both) };
  if (!isHand(target)) next = { ...next, ...takePlace(next, both.id, target) };
  if (!isHand(target)) next = { ...next, ...hidePanel(next, target) };
  next = { ...next, ...(isHand(dragged) ? withoutShowing(next, dragged) : hidePanel(next, dragged)) };
  const pin = next.pin.filter((id) => id !== dragged && id !== target);
  return { ...pick(next), pin: view.pin.includes(target) ? replaced(view.pin, target, both.id, dragged) : pin };
}

const withoutShowing = (view: PanelsView, id: string): Change => ({ ...removeHand(view, id), hidden: view.hidden });

const takePlace = (view: PanelsView, id: string, beside: string): Change => ({
  moves: [...view.moves, { panel: id, beside, after: false }],
});

const replaced = (pin: readonly string[], old: string, next: string, gone: string) =>
  pin.filter((id) => id !== gone).map((id) => (id === old ? next : id));

const pick = ({ hand, hidden, moves, panels, full }: PanelsView): Change => ({ hand, hidden, moves, panels, full });

/** Sets or (null) resets one value of a section or a panel. */
export function setOverride(list: readonly Override[], of: string, key: string, value: string | null): Override[] {
  const rest = list.filter((other) => other.of !== of);
  const old = list.find((other) => other.of === of)?.set ?? [];
  const set = old.filter(([k]) => k !== key);
  if (value !== null) set.push([key, value]);
  const order = (pair: Pair) => ORDER.indexOf(pair[0]);
  set.sort((a, b) => order(a) - order(b));
  return (set.length === 0 ? rest : [...rest, { of, set }]).sort((a, b) => (a.of < b.of ? -1 : 1));
}

const ORDER: readonly string[] = [...OVERRIDE_KEYS, ...PANEL_KEYS];

export const overrideOf = (list: readonly Override[], of: string): readonly Pair[] =>
  list.find((other) => other.of === of)?.set ?? [];
