// How panels and sections are named in the view. The panel of a tag has the tag's key (api/tags.ts) as its id, one that was
// added by hand a mark and a number: no key of a tag can begin with it, for it is a lone surrogate. In the address a panel is
// written as an item of a list: `train/loss`, `+1` for one by hand, `~aGk=` for a tag whose bytes are not UTF-8.

import { quoteItem, splitList } from "./list";

const HAND = "\udffd";
const BYTES = "\udfff"; // as api/tags.ts marks the keys of tags that are not text

/** The section of the panels that were added by hand; no prefix of a tag can be this. */
export const OWN_SECTION = HAND;

export const handId = (number: number) => `${HAND}${number}`;

export const isHand = (id: string) => id.startsWith(HAND);

/** A panel that is being made: beyond what an address can name. */
export const PREVIEW = handId(1_000_000);
export const isPreview = (id: string) => id === PREVIEW;

export const handNumber = (id: string) => Number(id.slice(1));

export function formatId(id: string): string {
  if (isHand(id)) return `+${id.slice(1)}`;
  if (id.startsWith(BYTES)) return `~${id.slice(1)}`;
  return quoteItem(id);
}

/** An id as one item of a list was written, quotes included; null: none can be written so. */
export function parseId(text: string): string | null {
  if (/^\+[1-9]\d{0,5}$/.test(text)) return HAND + text.slice(1);
  if (/^~[A-Za-z0-9+/]*={0,2}$/.test(text)) return BYTES + text.slice(1);
  const items = splitList(text);
  return items !== null && items.length === 1 && items[0].prefix === "" ? items[0].item : null;
}

/** Splits at a separator that stands outside of quotes. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (quoted && text[i] === "\\") i++;
    else if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** null: an item is not an id. Of ids that stand twice the first counts. */
export function parseIds(text: string): string[] | null {
  const ids = splitOutside(text, ",").map(parseId);
  return ids.some((id) => id === null) ? null : [...new Set(ids as string[])];
}

export const formatIds = (ids: readonly string[]) => ids.map(formatId).join(",");

// A section is its prefix; `:own` is that of the panels by hand.
const OWN = ":own";

export const formatSection = (name: string) => (name === OWN_SECTION ? OWN : quoteItem(name, name.startsWith(":")));

export function parseSection(text: string): string | null {
  if (text === OWN) return OWN_SECTION;
  const items = splitList(text);
  return items !== null && items.length === 1 && items[0].prefix === "" ? items[0].item : null;
}
