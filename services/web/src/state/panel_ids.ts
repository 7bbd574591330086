// How panels and sections are named in the view. The panel of a scalar tag has the tag's key (api/tags.ts) as its id, one of
// another kind a mark, the kind and the key, one that was added by hand a mark and a number: no key of a tag can begin with a
// mark, for it is a lone surrogate. In the address a panel is written as an item of a list: `train/loss`, `@image:sample`, `+1`
// for one by hand, `~aGk=` for a tag whose bytes are not UTF-8.

import { quoteItem, splitList } from "./list";

const HAND = "\udffd";
const KIND = "\udffc";
const BYTES = "\udfff"; // as api/tags.ts marks the keys of tags that are not text

/** The section of the panels that were added by hand; no prefix of a tag can be this. */
export const OWN_SECTION = HAND;

export const handId = (number: number) => `${HAND}${number}`;

export const isHand = (id: string) => id.startsWith(HAND);

/** A panel that is being made: beyond what an address can name. */
export const PREVIEW = handId(1_000_000);
export const isPreview = (id: string) => id === PREVIEW;

export const handNumber = (id: string) => Number(id.slice(1));

/** Kinds of tags beside scalars that have panels. */
export const PANEL_KINDS = [
  "image",
  "audio",
  "video",
  "text",
  "histogram",
  "pr_curve",
  "tensor",
  "mesh",
  "embedding",
  "graph",
  "other",
] as const;
export type PanelKind = (typeof PANEL_KINDS)[number];
export const hasPanel = (kind: string): kind is PanelKind => (PANEL_KINDS as readonly string[]).includes(kind);

/** The panel of a tag of this kind; of kinds without a panel too, to stand in a list of them. */
export const kindId = (kind: string, tag: string) => (kind === "scalar" ? tag : `${KIND}${kind}:${tag}`);
export const isKind = (id: string) => id.startsWith(KIND);
/** Null: the panel is not one of a tag of another kind than scalar. */
export const kindOf = (id: string): string | null => (isKind(id) ? id.slice(1, id.indexOf(":")) : null);
export const tagOf = (id: string) => (isKind(id) ? id.slice(id.indexOf(":") + 1) : id);

const OF_KIND = new RegExp(`^@(${PANEL_KINDS.join("|")}):(.*)$`, "s");
// Quoted beside characters that part the sides of a move.
const SIDES = /[:()]/;

export function formatId(id: string): string {
  if (isHand(id)) return `+${id.slice(1)}`;
  if (isKind(id)) return `@${kindOf(id)}:${formatTag(tagOf(id), SIDES)}`;
  return formatTag(id, OF_KIND);
}

const formatTag = (tag: string, quoted: RegExp) =>
  tag.startsWith(BYTES) ? `~${tag.slice(1)}` : quoteItem(tag, quoted.test(tag));

/** An id as one item of a list was written, quotes included; null: none can be written so. */
export function parseId(text: string): string | null {
  if (/^\+[1-9]\d{0,5}$/.test(text)) return HAND + text.slice(1);
  const [, kind, tag] = OF_KIND.exec(text) ?? [];
  if (kind === undefined) return parseTag(text);
  const key = parseTag(tag);
  return key === null ? null : kindId(kind, key);
}

function parseTag(text: string): string | null {
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
