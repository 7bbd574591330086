// Matching of names: `/regex/`, a glob with * and ?, or words that all have to occur. Case does not matter.

export type Matcher = (name: string) => boolean;

export interface Match {
  matches: Matcher;
  /** The regular expression does not parse: its message; everything matches then. */
  problem: string | null;
}

const all: Match = { matches: () => true, problem: null };

export function makeMatcher(text: string): Match {
  const trimmed = text.trim();
  if (trimmed === "") return all;
  const regex = /^\/(.*)\/$/s.exec(trimmed);
  if (regex !== null) {
    try {
      const expression = new RegExp(regex[1], "i");
      return { matches: (name) => expression.test(name), problem: null };
    } catch (error) {
      return { ...all, problem: error instanceof Error ? error.message : String(error) };
    }
  }
  if (/[*?]/.test(trimmed)) {
    const body = trimmed
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, "[^]*")
      .replace(/\?/g, "[^]");
    const expression = new RegExp(`^${body}$`, "i");
    return { matches: (name) => expression.test(name), problem: null };
  }
  const words = trimmed.toLowerCase().split(/\s+/);
  return {
    matches: (name) => {
      const lower = name.toLowerCase();
      return words.every((word) => lower.includes(word));
    },
    problem: null,
  };
}
