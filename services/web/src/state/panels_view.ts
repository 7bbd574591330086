// The panels' part of the view: which, in which order, how they lie, and what differs in a section or a panel from the whole.
//
//   view=01JA9                        the saved view that this one began as; none: no saved view, not the team's either
//   t=train/*                         which tags: words, a glob or /regex/ (match.ts)
//   sec=+val,+train,-system           sections that come first, in this order; sections that are closed
//   pin=val/acc,+1,@image:sample      pinned panels; +1 is the first that was added by hand, @image:… a tag of that kind
//   ord=train/lr:train/loss,a:+b      train/lr stands before train/loss, a behind b
//   hide=train/grad                   panels that are not shown
//   lay=3x208                         columns and height of a panel (either may be missing: 3x, x208)
//   full=val/acc                      the panel that fills the page
//   sec.train=y:log;sm:none           what a section has otherwise than the view; the keys of charts_view.ts
//   p.train/loss=y:log;w:2;h:296      what a panel has otherwise; w columns wide, h pixels high
//   p.+1=y2:val/acc                   the tag of a panel by hand whose axis is at the right
//   add.1=lines;y:train/loss,val/loss a panel that was added by hand (hand_panels.ts)

import { type CHARTS_KEYS, defaultCharts, readCharts } from "./charts_view";
import { formatFields, parseFields } from "./fields";
import { formatHand, type HandPanel, parseHand } from "./hand_panels";
import { KIND_KEYS } from "./kind_keys";
import { quoteItem, splitList } from "./list";
import {
  formatId,
  formatIds,
  formatSection,
  handId,
  handNumber,
  parseId,
  parseIds,
  parseSection,
  splitOutside,
} from "./panel_ids";
import { assign, type Pairs, unique } from "./part";
import type { Pair } from "./query";

/** `panel` stands directly before `beside`, or behind it. */
export interface Move {
  panel: string;
  beside: string;
  after: boolean;
}

/** Null: as many as fit, as high as the window likes. */
export interface Layout {
  columns: number | null;
  height: number | null;
}

/** Values of the chart controls by their keys in the address, e.g. ["y", "log"]; of a panel also ["w", "2"], ["h", "296"]. */
export interface Override {
  of: string;
  set: Pair[];
}

export interface PanelsView {
  /** Id of a saved view, "none", or null. */
  saved: string | null;
  t: string;
  /** Sections that are closed. */
  closed: string[];
  /** Sections that come first, in this order. */
  first: string[];
  pin: string[];
  moves: Move[];
  hidden: string[];
  lay: Layout;
  full: string | null;
  sections: Override[];
  panels: Override[];
  hand: HandPanel[];
}

export const MAX_COLUMNS = 12;
export const MIN_HEIGHT = 120;
export const MAX_HEIGHT = 2000;

export const defaultPanels = (): PanelsView => ({
  saved: null,
  t: "",
  closed: [],
  first: [],
  pin: [],
  moves: [],
  hidden: [],
  lay: { columns: null, height: null },
  full: null,
  sections: [],
  panels: [],
  hand: [],
});

export const PANELS_KEYS = ["view", "t", "sec", "pin", "ord", "hide", "lay", "full"] as const;

export function readPanels(view: PanelsView, key: (typeof PANELS_KEYS)[number], value: string): boolean {
  switch (key) {
    case "view":
      return assign(/^\w{1,64}$/.test(value) ? value : null, (saved) => {
        view.saved = saved;
      });
    case "t":
      view.t = value;
      return true;
    case "sec":
      return assign(parseSections(value), (sections) => Object.assign(view, sections));
    case "pin":
      return assign(parseIds(value), (pin) => {
        view.pin = pin;
      });
    case "ord":
      return assign(parseMoves(value), (moves) => {
        view.moves = moves;
      });
    case "hide":
      return assign(parseIds(value), (hidden) => {
        view.hidden = hidden;
      });
    case "lay":
      return assign(parseLayout(value), (lay) => {
        view.lay = lay;
      });
    case "full":
      return assign(parseId(value), (full) => {
        view.full = full;
      });
  }
}

export function formatPanels(view: PanelsView): Pairs<(typeof PANELS_KEYS)[number]> {
  return {
    view: view.saved ?? "",
    t: view.t,
    sec: [
      ...view.first.map((name) => `+${formatSection(name)}`),
      ...view.closed.map((name) => `-${formatSection(name)}`),
    ].join(","),
    pin: formatIds(view.pin),
    ord: view.moves
      .map(({ panel, beside, after }) => `${itemOf(panel)}:${after ? "+" : ""}${itemOf(beside)}`)
      .join(","),
    hide: formatIds(view.hidden),
    lay: view.lay.columns === null && view.lay.height === null ? "" : formatLayout(view.lay),
    full: view.full === null ? "" : formatId(view.full),
  };
}

// Beside a colon an id with one is quoted, and one with a sign stands in brackets: `(+1):+train/loss`, `(@image:a):(@text:b)`.
function itemOf(id: string): string {
  const item = formatId(id);
  if (/^[+~@]/.test(item)) return `(${item})`;
  return !item.startsWith('"') && /[:(]/.test(item) ? `"${item}"` : item;
}

function parseItem(text: string): string | null {
  const bracketed = /^\(([+~@].*)\)$/s.exec(text);
  if (bracketed !== null) return parseId(bracketed[1]);
  return /^[+~(]/.test(text) ? null : parseId(text);
}

function parseMoves(text: string): Move[] | null {
  const moves: Move[] = [];
  for (const part of splitOutside(text, ",")) {
    const sides = sidesOf(part);
    if (sides.length !== 2) return null;
    const after = sides[1].startsWith("+");
    const panel = parseItem(sides[0]);
    const beside = parseItem(after ? sides[1].slice(1) : sides[1]);
    if (panel === null || beside === null || panel === beside) return null;
    moves.push({ panel, beside, after });
  }
  return moves;
}

/** Split at the colon that stands outside of brackets. */
function sidesOf(move: string): string[] {
  const sides: string[] = [];
  for (const piece of splitOutside(move, ":")) {
    const open = sides.at(-1);
    if (open !== undefined && /^\+?\(@[a-z_]+$/.test(open)) sides[sides.length - 1] = `${open}:${piece}`;
    else sides.push(piece);
  }
  return sides;
}

function parseSections(text: string): Pick<PanelsView, "first" | "closed"> | null {
  const first: string[] = [];
  const closed: string[] = [];
  for (const part of splitOutside(text, ",")) {
    const name = parseSection(part.slice(1));
    if (name === null || !/^[+-]/.test(part)) return null;
    (part[0] === "+" ? first : closed).push(name);
  }
  return { first: unique(first), closed: unique(closed) };
}

const formatLayout = ({ columns, height }: Layout) => `${columns ?? ""}x${height ?? ""}`;

function parseLayout(text: string): Layout | null {
  const match = /^([1-9]\d?)?x([1-9]\d{2,3})?$/.exec(text);
  if (match === null || text === "x") return null;
  const columns = match[1] === undefined ? null : Number(match[1]);
  const height = match[2] === undefined ? null : Number(match[2]);
  if (columns !== null && columns > MAX_COLUMNS) return null;
  if (height !== null && (height < MIN_HEIGHT || height > MAX_HEIGHT)) return null;
  return { columns, height };
}

// Keys that name a thing: `p.{panel}`, `sec.{section}`, `add.{number}`.
const NAMED = /^(p|sec|add)\.(.*)$/s;

export const isNamedPanelsKey = (key: string) => NAMED.test(key);

export function readNamedPanels(view: PanelsView, key: string, value: string): boolean {
  const [, kind, name] = NAMED.exec(key)!;
  if (kind === "add") {
    return assign(/^[1-9]\d{0,5}$/.test(name) ? parseHand(handId(Number(name)), value) : null, (panel) => {
      view.hand = [...view.hand.filter((other) => other.id !== panel.id), panel].sort(byNumber);
    });
  }
  const of = kind === "p" ? parseId(name) : parseSection(name);
  const set = parseOverride(value, kind === "p");
  if (of === null || set === null) return false;
  const list = kind === "p" ? view.panels : view.sections;
  const next = [...list.filter((other) => other.of !== of), { of, set }].sort(byOf);
  if (kind === "p") view.panels = next;
  else view.sections = next;
  return true;
}

export function formatNamedPanels(view: PanelsView): Pair[] {
  return [
    ...[...view.sections].sort(byOf).map(({ of, set }): Pair => [`sec.${formatSection(of)}`, formatFields(set)]),
    ...[...view.panels].sort(byOf).map(({ of, set }): Pair => [`p.${formatId(of)}`, formatFields(set)]),
    ...[...view.hand].sort(byNumber).map((panel): Pair => [`add.${handNumber(panel.id)}`, formatHand(panel)]),
  ];
}

const byOf = (a: Override, b: Override) => (a.of < b.of ? -1 : 1);
const byNumber = (a: HandPanel, b: HandPanel) => handNumber(a.id) - handNumber(b.id);

/** The chart controls that a section or a panel can have for itself; the others are one for all charts. */
export const OVERRIDE_KEYS = ["x", "xl", "sm", "y", "yr"] as const satisfies readonly (typeof CHARTS_KEYS)[number][];
export type OverrideKey = (typeof OVERRIDE_KEYS)[number];

/** What only a panel has for itself. */
export const PANEL_KEYS = ["y2", "w", "h", ...(Object.keys(KIND_KEYS) as (keyof typeof KIND_KEYS)[])] as const;

function parseOverride(text: string, ofPanel: boolean): Pair[] | null {
  const fields = parseFields(text);
  if (fields === null || fields.length === 0) return null;
  const order = [...OVERRIDE_KEYS, ...(ofPanel ? PANEL_KEYS : [])] as readonly string[];
  const scratch = defaultCharts();
  for (const [key, value] of fields) {
    if (!order.includes(key)) return null;
    if (has(OF_PANEL, key) ? !OF_PANEL[key](value) : !readCharts(scratch, key as OverrideKey, value)) return null;
  }
  return fields.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
}

/** The tag whose axis is at the right. */
export function parseRight(text: string): string | null {
  const items = splitList(text);
  return items?.length === 1 && items[0].prefix === "" ? items[0].item : null;
}

// A semicolon separates the keys of a panel, so it is quoted.
export const formatRight = (tag: string): string => quoteItem(tag, tag.includes(";"));

const isWidth = (text: string) => /^[1-9]\d?$/.test(text) && Number(text) <= MAX_COLUMNS;
const has = <T extends object>(map: T, key: string): key is string & keyof T => Object.hasOwn(map, key);
const isHeight = (text: string) =>
  /^[1-9]\d{2,3}$/.test(text) && Number(text) >= MIN_HEIGHT && Number(text) <= MAX_HEIGHT;

const OF_PANEL = { y2: (text: string) => parseRight(text) !== null, w: isWidth, h: isHeight, ...KIND_KEYS };
