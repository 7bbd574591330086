// Panels from tags: one a tag, in sections by the prefix up to the first "/", both in logged order; pinned ones first.

import { tagText } from "../api/tags";

export interface Section {
  /** "": tags without a prefix; null: the pinned ones. */
  name: string | null;
  tags: string[];
}

export const prefixOf = (tag: string) => {
  const shown = tagText(tag);
  const slash = shown.indexOf("/");
  return slash > 0 ? shown.slice(0, slash) : "";
};

export function makeSections(
  tags: readonly string[],
  pinned: readonly string[],
  matches: (tag: string) => boolean,
): Section[] {
  const known = new Set(tags);
  const pins = pinned.filter((tag) => known.has(tag));
  const isPinned = new Set(pins);
  const byName = new Map<string, Section>();
  for (const tag of tags) {
    if (isPinned.has(tag) || !matches(tagText(tag))) continue;
    const name = prefixOf(tag);
    let section = byName.get(name);
    if (section === undefined) {
      section = { name, tags: [] };
      byName.set(name, section);
    }
    section.tags.push(tag);
  }
  const sections = [...byName.values()];
  return pins.length > 0 ? [{ name: null, tags: pins }, ...sections] : sections;
}

export type GridRow =
  | { kind: "head"; section: Section; open: boolean }
  | { kind: "cards"; tags: string[]; columns: number; first: number };

/** Rows of the panel grid, `columnsOf` panels each; a closed section is its head alone. */
export function gridRows(
  sections: readonly Section[],
  closed: readonly string[],
  columnsOf: (section: Section) => number,
): GridRow[] {
  const rows: GridRow[] = [];
  const isClosed = new Set(closed);
  let panel = 0;
  for (const section of sections) {
    const open = section.name === null || !isClosed.has(section.name);
    rows.push({ kind: "head", section, open });
    if (!open) continue;
    const columns = columnsOf(section);
    for (let i = 0; i < section.tags.length; i += columns) {
      const tags = section.tags.slice(i, i + columns);
      rows.push({ kind: "cards", tags, columns, first: panel });
      panel += tags.length;
    }
  }
  return rows;
}
