// How writers are called: by the rank in their name, by their name, or by their number; and the GPUs that they use.

import type { WriterItem } from "../../api/run";
import { shorten, visible } from "../../components/Name";
import { text } from "../../text";
import type { Gpu } from "./machines";

const NAME_LENGTH = 24;
const MOST_USERS = 4;

/** With who uses it. */
export function gpuName({ index, users }: Gpu, names: ReadonlyMap<number, string>): string {
  const those = users.map((writer) => names.get(writer) ?? text.writers.number(writer));
  const named = those.length > MOST_USERS ? [...those.slice(0, MOST_USERS), "…"] : those;
  return [text.system.gpu(index), named.join(", ")].filter((part) => part !== "").join(" · ");
}

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
