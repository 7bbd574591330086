// The filter language as the editor sees it: pieces with their place, never an error. The server's parser
// (libs/query/filter_parser.cc) decides what is right; this one only has to know what is being typed.

export type TokenKind = "key" | "op" | "word" | "string" | "number" | "value" | "paren" | "other";

export interface Token {
  kind: TokenKind;
  /** Place in the text, in UTF-16 units. */
  from: number;
  to: number;
  text: string;
}

export const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "~", "contains", "in"] as const;
export type Operator = (typeof OPERATORS)[number];

const JOINS = new Set(["and", "or", "not"]);
const VALUES = new Set(["true", "false", "null", "NaN", "Infinity"]);
const SPACE = /\s+/y;
// A key with its dots and quoted names is one piece: metrics."val/loss".min.
const KEY = /(?:params|labels|metrics|m)\.(?:(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[\w/-]+)(?:\.[\w/-]*)*)?/y;
const STRING = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/y;
const NUMBER = /[-+]?(?:\d[\d.]*|\.\d+)(?:e[-+]?\d+)?(?![\w/])/iy;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_/.-]*/uy;
const SYMBOL = /[!<>=]=|[<>=~]/y;
// What means nothing, in whole characters: half of an emoji could not be shown.
const OTHER = /\P{ASCII}+|\p{ASCII}/uy;

export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const [kind, piece] = one(take);
    tokens.push({ kind, from: at, to: at + piece.length, text: piece });
    at += piece.length;
  }
  return tokens;
}

function one(take: (pattern: RegExp) => string | null): [TokenKind, string] {
  const key = take(KEY);
  if (key !== null) return ["key", key];
  const string = take(STRING);
  if (string !== null) return ["string", string];
  const number = take(NUMBER);
  if (number !== null) return ["number", number];
  const word = take(WORD);
  if (word !== null) {
    if (JOINS.has(word)) return ["word", word];
    if (word === "contains" || word === "in") return ["op", word];
    return [VALUES.has(word) ? "value" : "key", word];
  }
  const symbol = take(SYMBOL);
  if (symbol !== null) return ["op", symbol];
  const other = take(OTHER)!;
  return [/^[(),]$/.test(other) ? "paren" : "other", other];
}

/** Has this string its closing quote? */
export function isClosed(text: string): boolean {
  if (text.length < 2) return false;
  const match = /^(["'])(?:(?!\1)[^\\]|\\.)*\1$/s.exec(text);
  return match !== null;
}

/** The content of a string as it is typed, closed or not. */
export function contentOf(text: string): string {
  const body = isClosed(text) ? text.slice(1, -1) : text.slice(1);
  return body.replace(/\\(.)/gs, (_, c: string) => ({ n: "\n", r: "\r", t: "\t" })[c] ?? c);
}
