// The difference of two texts, word by word.

import { diffLines } from "../../../components/diff/diff";

export interface Stretch {
  kind: " " | "+" | "-";
  text: string;
}

const MOST_WORDS = 20_000; // of both texts; beyond, nobody reads a difference by words

/** Null: the texts are too long, or share too little. */
export function diffWords(before: string, now: string): Stretch[] | null {
  const [a, b] = [wordsOf(before), wordsOf(now)];
  if (a.length + b.length > MOST_WORDS) return null;
  const out: Stretch[] = [];
  for (const { kind, text } of diffLines(a, b) ?? []) {
    const last = out.at(-1);
    if (last?.kind === kind) last.text += text;
    else out.push({ kind, text });
  }
  return out.length === 0 && a.length + b.length > 0 ? null : out;
}

/** Words and what stands between them; together the text. */
const wordsOf = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
