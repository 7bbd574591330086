// What is typed into the filter, in colours, and what is wrong with it underlined.

import { type RefObject, useEffect, useRef } from "react";
import type { Problem } from "../api/types";
import css from "./filter.module.css";
import { lex } from "./lex";
import { meaningOf, wrongPart } from "./meaning";

/** The text in colours, exactly behind the input's own, which is transparent. */
export function Painted({
  input,
  value,
  wrong,
}: {
  input: RefObject<HTMLInputElement | null>;
  value: string;
  wrong: Problem | null;
}) {
  const paint = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text scrolls otherwise; to look costs a layout of the page.
  useEffect(() => {
    const el = input.current;
    if (el === null) return;
    const follow = () => {
      if (paint.current !== null) paint.current.scrollLeft = el.scrollLeft;
    };
    follow();
    el.addEventListener("scroll", follow);
    document.addEventListener("selectionchange", follow);
    return () => {
      el.removeEventListener("scroll", follow);
      document.removeEventListener("selectionchange", follow);
    };
  }, [input, value]);
  const language = meaningOf(value).kind === "language";
  return (
    <div ref={paint} className={css.paint} aria-hidden="true">
      {pieces(value, language, wrong).map(({ text: piece, kind, bad }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing but their place.
        <span key={i} className={`${KINDS[kind] ?? ""} ${bad ? css.bad : ""}`}>
          {piece}
        </span>
      ))}
    </div>
  );
}

const KINDS: Record<string, string | undefined> = {
  key: css.key,
  string: css.string,
  word: css.word,
  op: css.word,
  number: css.number,
  value: css.number,
};

interface Piece {
  text: string;
  kind: string;
  bad: boolean;
}

/** The text cut at the borders of tokens and of what is wrong. */
export function pieces(value: string, language: boolean, wrong: Problem | null): Piece[] {
  const { from, to } =
    wrong?.position === undefined
      ? { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }
      : wrongPart(value, wrong.position, wrong.length ?? 1);
  const out: Piece[] = [];
  const put = (a: number, b: number, kind: string) => {
    for (const [start, end, bad] of [
      [a, Math.min(b, from), false],
      [Math.max(a, from), Math.min(b, to), true],
      [Math.max(a, to), b, false],
    ] as const) {
      if (start < end) out.push({ text: value.slice(start, end), kind, bad });
    }
  };
  let at = 0;
  for (const token of language ? lex(value) : []) {
    put(at, token.from, "");
    put(token.from, token.to, token.kind);
    at = token.to;
  }
  put(at, value.length, "");
  if (from >= value.length && wrong?.position !== undefined) out.push({ text: " ", kind: "", bad: true });
  return out;
}
