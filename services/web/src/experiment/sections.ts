// Which panels there are and how they lie: one a tag, in sections by the prefix up to the first "/", both in logged order, and
// those that were added by hand; then what the view says: pinned first, sections in its order, moved and hidden panels.

import { tagText } from "../api/tags";
import { hasPanel, isHand, kindOf, OWN_SECTION, tagOf } from "../state/panel_ids";
import type { Move, PanelsView } from "../state/panels_view";
import { text } from "../text";

export interface Section {
  /** "": tags without a prefix; OWN_SECTION: added by hand; null: the pinned ones. */
  name: string | null;
  /** Ids of panels (state/panel_ids.ts). */
  panels: string[];
  /** Panels of tags that none of the drawn runs has: shown as a line that opens. */
  folded: string[];
  /** Tags of kinds that have no panel, as ids: another such line. */
  others: string[];
}

export const prefixOf = (tag: string) => {
  const shown = tagText(tag);
  const slash = shown.indexOf("/");
  return slash > 0 ? shown.slice(0, slash) : "";
};

/** A section in words; its name is hostile. */
export const sectionTitle = (name: string | null) =>
  name === null ? text.pinned : name === OWN_SECTION ? text.ownPanels : name === "" ? text.noPrefix : name;

type Arranged = Pick<PanelsView, "pin" | "first" | "moves" | "hidden" | "hand">;

/**
 * `tags`: ids, one a tag and kind. `matches` is asked for the text of a tag, or the title of a panel by hand; `without`: no drawn
 * run has this tag.
 */
export function makeSections(
  tags: readonly string[],
  view: Arranged,
  matches: (name: string) => boolean,
  titleOf: (id: string) => string,
  without: (id: string) => boolean,
): Section[] {
  const known = new Set([...tags, ...view.hand.map((panel) => panel.id)]);
  const pins = view.pin.filter((id) => known.has(id));
  const out = new Set([...pins, ...view.hidden]);
  const byName = new Map<string, string[]>();
  const add = (section: string, id: string) => {
    const panels = byName.get(section);
    if (panels === undefined) byName.set(section, [id]);
    else panels.push(id);
  };
  for (const { id } of view.hand) add(OWN_SECTION, id);
  for (const id of tags) add(prefixOf(tagOf(id)), id);
  // Also beside those that are pinned or hidden: an overlay stands where the panels were that it hides.
  applyMoves(byName, view.moves);
  const shown = (id: string) => !out.has(id) && matches(isHand(id) ? titleOf(id) : tagText(tagOf(id)));
  const sections = inOrder([...byName], view.first).map(([name, panels]): Section => {
    const section: Section = { name, panels: [], folded: [], others: [] };
    for (const id of panels) if (shown(id)) section[placeOf(id, without)].push(id);
    return section;
  });
  const filled = sections.filter((section) => countOf(section) > 0);
  return pins.length > 0 ? [{ name: null, panels: pins, folded: [], others: [] }, ...filled] : filled;
}

function placeOf(id: string, without: (id: string) => boolean): "panels" | "folded" | "others" {
  const kind = kindOf(id);
  if (kind !== null && !hasPanel(kind)) return "others";
  return !isHand(id) && without(id) ? "folded" : "panels";
}

/** How many tags, and panels by hand, it has. */
export const countOf = ({ panels, folded, others }: Section) => panels.length + folded.length + others.length;

function applyMoves(byName: Map<string, string[]>, moves: readonly Move[]): void {
  if (moves.length === 0) return;
  const home = new Map<string, string>();
  for (const [name, panels] of byName) for (const id of panels) home.set(id, name);
  for (const { panel, beside, after } of moves) {
    const from = home.get(panel);
    const to = home.get(beside);
    if (from === undefined || to === undefined) continue;
    const source = byName.get(from)!;
    source.splice(source.indexOf(panel), 1);
    const target = byName.get(to)!;
    target.splice(target.indexOf(beside) + (after ? 1 : 0), 0, panel);
    home.set(panel, to);
  }
}

function inOrder<T>(sections: [string, T][], first: readonly string[]): [string, T][] {
  const place = new Map(first.map((name, i) => [name, i]));
  const at = ([name]: [string, T]) => place.get(name) ?? first.length;
  return [...sections].sort((a, b) => at(a) - at(b)); // stable: the others stay in logged order
}

export interface Cell {
  id: string;
  /** Columns of the grid. */
  width: number;
}

export type GridRow =
  | { kind: "head"; section: Section; open: boolean }
  | {
      kind: "cards";
      section: Section;
      /** Which row of its section it is. */
      index: number;
      cells: Cell[];
      columns: number;
      height: number;
      /** How many panels stand before it. */
      first: number;
    }
  | { kind: "folded"; section: Section }
  | { kind: "others"; section: Section };

export interface Sizes {
  columnsOf(section: Section): number;
  sizeOf(id: string): { width: number; height: number };
}

/** Rows of the panel grid; a closed section is its head alone. A row is as high as its highest panel. */
export function gridRows(sections: readonly Section[], closed: readonly string[], sizes: Sizes): GridRow[] {
  const rows: GridRow[] = [];
  const isClosed = new Set(closed);
  let panel = 0;
  for (const section of sections) {
    const open = section.name === null || !isClosed.has(section.name);
    rows.push({ kind: "head", section, open });
    if (!open) continue;
    const columns = sizes.columnsOf(section);
    let row: Extract<GridRow, { kind: "cards" }> | null = null;
    let used = 0;
    let index = 0;
    for (const id of section.panels) {
      const size = sizes.sizeOf(id);
      const width = Math.min(columns, size.width);
      if (row === null || used + width > columns) {
        row = { kind: "cards", section, index, cells: [], columns, height: 0, first: panel };
        rows.push(row);
        index++;
        used = 0;
      }
      row.cells.push({ id, width });
      row.height = Math.max(row.height, size.height);
      used += width;
      panel++;
    }
    if (section.folded.length > 0) rows.push({ kind: "folded", section });
    if (section.others.length > 0) rows.push({ kind: "others", section });
  }
  return rows;
}
