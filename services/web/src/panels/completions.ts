// What the tag filter proposes: sections as globs, deeper prefixes, then tags, each with how many tags it lets through.

import { tagText } from "../api/tags";

export interface Completion {
  text: string;
  /** Tags that it matches. */
  count: number;
}

const MOST = 12;

export function completionsOf(tags: readonly string[], typed: string): Completion[] {
  const wanted = typed.trim().replace(/\*$/, "").toLowerCase();
  if (wanted.startsWith("/")) return []; // a regular expression is not completed
  const globs = new Map<string, number>();
  const whole: string[] = [];
  for (const tag of tags) {
    const shown = tagText(tag);
    const lower = shown.toLowerCase();
    for (let slash = shown.indexOf("/"); slash > 0; slash = shown.indexOf("/", slash + 1)) {
      // Only the next level below what is typed: not every depth of every tag.
      if (slash + 1 <= wanted.length) continue;
      if (lower.slice(0, slash + 1).includes(wanted)) {
        const glob = `${shown.slice(0, slash + 1)}*`;
        globs.set(glob, (globs.get(glob) ?? 0) + 1);
        break;
      }
      if (slash + 1 >= wanted.length + 64) break;
    }
    if (wanted !== "" && whole.length < MOST && lower.includes(wanted)) whole.push(shown);
  }
  const sections = [...globs].filter(([glob]) => glob !== typed).map(([text, count]) => ({ text, count }));
  const most = sections.sort((a, b) => b.count - a.count).slice(0, MOST);
  return [...most, ...whole.filter((t) => t !== typed).map((text) => ({ text, count: 1 }))].slice(0, MOST);
}
