// How writers are called: by the rank in their name, by their name, or by their number.

import type { WriterItem } from "../../api/run";
import { shorten, visible } from "../../components/Name";
import { text } from "../../text";

const NAME_LENGTH = 24;

export function writerNames(writers: readonly WriterItem[]): Map<number, string> {
  const names = new Map<number, string>();
  const used = new Set<string>();
  for (const { writer, name } of writers) {
    const rank = /(?:^|[^a-z])rank[-_ :]?(\d+)/i.exec(name)?.[1];
    let label = rank !== undefined ? text.writers.rank(rank) : visible(shorten(name, NAME_LENGTH));
    if (label === "" || used.has(label)) label = text.writers.number(writer);
    used.add(label);
    names.set(writer, label);
  }
  return names;
}
