// What is being typed at the caret, and what could stand there.

import type { KeyItem } from "../api/runs";
import { contentOf, isClosed, lex, OPERATORS, type Operator, type Token } from "./lex";
import { literal } from "./meaning";

export type Expect = "key" | "op" | "value" | "join";

export interface Place {
  expect: Expect;
  /** What is typed of it, and where: it is replaced. */
  prefix: string;
  from: number;
  to: number;
  /** Of the condition that one is in: as it is typed. */
  key: string | null;
  op: Operator | null;
}

const isOp = (text: string): text is Operator => (OPERATORS as readonly string[]).includes(text);
const touches = (token: Token, caret: number) =>
  token.kind !== "paren" && token.kind !== "op" && token.from < caret && caret <= token.to;

export function placeAt(text: string, caret: number): Place {
  let expect: Expect = "key";
  let key: string | null = null;
  let op: Operator | null = null;
  let list = false;
  for (const token of lex(text)) {
    if (token.from >= caret) break;
    if (touches(token, caret) && !(token.kind === "word" && expect === "join" && caret < token.to)) {
      const prefix = text.slice(token.from, caret);
      return { expect, prefix, from: token.from, to: token.to, key, op };
    }
    if (token.kind === "word") {
      expect = "key";
      key = null;
      op = null;
    } else if (token.kind === "op" && expect === "op") {
      op = isOp(token.text) ? token.text : null;
      list = token.text === "in";
      expect = "value";
    } else if (token.text === "(" || token.text === ",") {
      expect = list ? "value" : "key";
    } else if (token.text === ")") {
      list = false;
      expect = "join";
    } else if (expect === "key") {
      key = token.text;
      expect = "op";
    } else {
      expect = "join";
    }
  }
  return { expect, prefix: "", from: caret, to: caret, key, op };
}

export interface Option {
  /** What is put in place of the prefix. */
  insert: string;
  label: string;
  detail: string;
  kind: Expect;
}

const ORDERED: Operator[] = ["<", "<=", ">", ">="];
const TEXT: Operator[] = ["~", "contains"];

/** `type` null: it is not known yet. */
export function operatorsFor(type: KeyItem["type"] | null): Operator[] {
  if (type === "number" || type === "time") return ["=", "!=", ...ORDERED, "in"];
  if (type === "boolean") return ["=", "!="];
  if (type === "string") return ["=", "!=", ...TEXT, "in"];
  return [...OPERATORS];
}

/** A value as it is written; within an open quote its own quotes replace the open one. */
export const valueText = (value: string | number | boolean | null) => literal(value);

/** What is typed of a value, as `values` takes it. */
export const valuePrefix = (prefix: string) => (/^["']/.test(prefix) ? contentOf(prefix) : prefix);

/** A change of the text, and where the caret stands behind it. */
export interface Filling {
  from: number;
  to: number;
  insert: string;
  caret: number;
}

/** Puts the option into the text, with a space behind it where more has to follow. */
export function fill(text: string, { from, to }: Place, option: Option): Filling {
  const gap = /^\s/.test(text.slice(to)) ? "" : " ";
  const before = text.slice(0, from);
  const lead = before !== "" && !/[\s(]$/.test(before) ? " " : "";
  const insert = `${lead}${option.insert}${gap}`;
  return { from, to, insert, caret: from + insert.length + (gap === "" ? 1 : 0) };
}

/** Is there more to come of what is typed? Then Tab completes it; otherwise Tab leaves, and changes nothing. */
export function isUnfinished({ prefix }: Place, options: readonly Option[]): boolean {
  if (prefix === "" || isClosed(prefix) || /^[-+.\d]/.test(prefix)) return false;
  return options.every((option) => option.insert !== prefix);
}

const HEADS = [
  "params.",
  "metrics.",
  "labels.",
  "name",
  "status",
  "created",
  "updated",
  "finished",
  "duration",
  "owner",
];

/** A lone word that may become a key: while it is typed it is not yet a search for names. */
export function mayBecomeKey(text: string): boolean {
  const word = text.trim();
  return word.length >= 2 && HEADS.some((head) => head.startsWith(word));
}
