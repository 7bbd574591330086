// A filter as a list of conditions that all have to hold, where it is one.

import { contentOf, isClosed, lex, OPERATORS, type Operator } from "./lex";
import { literal, meaningOf } from "./meaning";

export interface Condition {
  key: string;
  op: Operator;
  /** As it is typed into the form: text without quotes. */
  value: string;
}

const isOp = (text: string): text is Operator => (OPERATORS as readonly string[]).includes(text);

/** null: it has or, not, parentheses, or is not finished. */
export function conditionsOf(text: string): Condition[] | null {
  const { filter } = meaningOf(text);
  const tokens = lex(filter);
  const out: Condition[] = [];
  let at = 0;
  while (at < tokens.length) {
    if (out.length > 0 && tokens[at++].text !== "and") return null;
    const [key, op] = [tokens[at], tokens[at + 1]];
    if (key?.kind !== "key" || op === undefined || !isOp(op.text)) return null;
    at += 2;
    const taken = op.text === "in" ? takeList(tokens.slice(at).map((t) => t.text)) : takeOne(tokens[at]?.text);
    if (taken === null) return null;
    out.push({ key: key.text, op: op.text, value: taken.value });
    at += taken.count;
  }
  return out;
}

type Taken = { value: string; count: number } | null;

const takeOne = (text: string | undefined): Taken => {
  if (text === undefined || /^[(),]$/.test(text)) return null;
  if (!/^["']/.test(text)) return { value: text, count: 1 };
  if (!isClosed(text)) return null;
  const content = contentOf(text);
  // What would be read as something else than this text keeps its quotes.
  return { value: valueOfForm(content) === literal(content) ? content : text, count: 1 };
};

function takeList(texts: readonly string[]): Taken {
  const end = texts.indexOf(")");
  if (texts[0] !== "(" || end < 2) return null;
  const values: string[] = [];
  for (let i = 1; i < end; i++) {
    if (i % 2 === 0) {
      if (texts[i] !== ",") return null;
      continue;
    }
    const one = takeOne(texts[i]);
    if (one === null || one.value.includes(",")) return null;
    values.push(one.value);
  }
  return { value: values.join(", "), count: end + 1 };
}

const NUMBER = /^[-+]?(?:\d[\d]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A value of the form in the filter language: numbers and words of the language as they are, all else is text. */
export function valueOfForm(value: string): string {
  const trimmed = value.trim();
  if (NUMBER.test(trimmed) || /^(?:true|false|null|NaN|-?Infinity)$/.test(trimmed) || isClosed(trimmed)) return trimmed;
  return literal(trimmed);
}

const TEXT_ONLY = new Set<Operator>(["~", "contains"]);

export function textOf(conditions: readonly Condition[]): string {
  return conditions
    .filter(({ key, value }) => key.trim() !== "" && value.trim() !== "")
    .map(({ key, op, value }) => {
      if (op === "in") return `${key} in (${value.split(",").map(valueOfForm).join(", ")})`;
      const written = TEXT_ONLY.has(op) && !isClosed(value.trim()) ? literal(value) : valueOfForm(value);
      return `${key} ${op} ${written}`;
    })
    .join(" and ");
}
