// The filter: a line of text in which the language is coloured, completed and, where it is wrong, underlined. A native input
// with its text painted behind it: no editor has to be loaded, and a screen reader meets an ordinary combobox.

import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useId, useImperativeHandle, useRef, useState } from "react";
import type { Problem } from "../api/types";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import { text } from "../text";
import { fill, mayBecomeKey, type Option, type Place, placeAt } from "./complete";
import css from "./filter.module.css";
import { lex } from "./lex";
import { meaningOf, placeOf } from "./meaning";
import { useOptions } from "./useOptions";

export interface FilterHandle {
  focus(): void;
}

interface Props {
  handle: RefObject<FilterHandle | null>;
  experiment: string;
  value: string;
  /** `gesture`: while one types. */
  onChange(value: string, gesture: boolean): void;
  /** What the server says is wrong with `value`. */
  problem: Problem | null;
  /** "22 of 1,284 runs · 6 ms" */
  result: string;
}

// Keys that the list of options has: it must not begin anew with their release.
const OWN_KEYS = new Set(["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"]);
const REST = 150; // ms after the last key before the list follows

export function FilterEditor({ handle, experiment, value, onChange, problem, result }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const [place, setPlace] = useState<Place | null>(null);
  const [chosen, setChosen] = useState(-1);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const listId = useId();
  // What comes back of one's own typing is older than what is typed meanwhile.
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  const send = (next: string, gesture: boolean) => {
    sent.current = next;
    onChange(next, gesture);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useImperativeHandle(handle, () => ({ focus: () => input.current?.focus() }));
  const options = useOptions(experiment, place);
  const open = place !== null && options.length > 0;
  const wrong = problem !== null && typed === value ? problem : null;

  const look = () => {
    const el = input.current;
    if (el === null || document.activeElement !== el) return;
    setPlace(placeAt(el.value, el.selectionStart ?? el.value.length));
    setChosen(-1);
  };
  const change = (next: string, at?: number) => {
    setTyped(next);
    clearTimeout(timer.current);
    if (!mayBecomeKey(next)) timer.current = setTimeout(() => send(next, true), REST);
    if (at !== undefined)
      requestAnimationFrame(() => {
        input.current?.setSelectionRange(at, at);
        look();
      });
  };
  const commit = () => {
    clearTimeout(timer.current);
    if (typed !== value) send(typed, false);
  };
  const take = (option: Option) => {
    if (place === null) return;
    const filled = fill(typed, place, option);
    // Until the caret is looked at again there is nothing to take: a second Enter must not take the same once more.
    setPlace(null);
    setChosen(-1);
    change(filled.text, filled.caret);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const by = event.key === "ArrowDown" ? 1 : -1;
      setChosen((old) => ((old + by + 1 + options.length + 1) % (options.length + 1)) - 1);
    } else if (open && chosen >= 0 && (event.key === "Enter" || event.key === "Tab")) take(options[chosen]);
    else if (open && event.key === "Tab" && !event.shiftKey && place.prefix !== "") take(options[0]);
    else if (event.key === "Enter") {
      commit();
      setPlace(null);
    } else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  };
  const leave = () => {
    if (open) setPlace(null);
    else if (typed === "") input.current?.blur();
    else {
      clearTimeout(timer.current);
      setTyped("");
      send("", false);
    }
  };
  return (
    <div className={css.query}>
      <ListFilter {...icon} className={css.lead} />
      <div className={css.line}>
        <Paint input={input} value={typed} wrong={wrong} />
        <input
          ref={input}
          type="text"
          role="combobox"
          className={css.input}
          value={typed}
          placeholder={text.filterRuns}
          aria-label={text.filterLabel}
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={open ? listId : undefined}
          aria-activedescendant={open && chosen >= 0 ? `${listId}-${chosen}` : undefined}
          aria-invalid={wrong !== null}
          aria-describedby={wrong === null ? undefined : `${listId}-wrong`}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => change(event.target.value)}
          onKeyDown={keyDown}
          onKeyUp={(event) => {
            if (!OWN_KEYS.has(event.key)) look();
          }}
          onClick={look}
          onFocus={look}
          onBlur={() => {
            setPlace(null);
            commit();
          }}
        />
        {open && <Options id={listId} options={options} chosen={chosen} meaning={typed} onTake={take} />}
      </div>
      {typed !== "" && (
        <button
          type="button"
          className={css.clear}
          aria-label={text.clearFilter}
          onClick={() => {
            setTyped("");
            send("", false);
          }}
        >
          <X {...icon} size={14} />
        </button>
      )}
      <Result id={`${listId}-wrong`} wrong={wrong} atEnd={place !== null && isAtEnd(typed, wrong)} result={result} />
    </div>
  );
}

/** What is missing at the end is not wrong yet while one types. */
const isAtEnd = (typed: string, wrong: Problem | null) =>
  wrong?.position !== undefined && placeOf(typed, wrong.position) >= typed.trimEnd().length;

function Result({ id, wrong, atEnd, result }: { id: string; wrong: Problem | null; atEnd: boolean; result: string }) {
  if (wrong === null) {
    return (
      <span className={css.result} role="status">
        {result}
      </span>
    );
  }
  return (
    <span id={id} className={atEnd ? css.result : css.wrong} role="status" title={wrong.detail}>
      {wrong.hint || wrong.detail || wrong.title}
    </span>
  );
}

/** The text in colours, exactly behind the input's own, which is transparent. */
function Paint({
  input,
  value,
  wrong,
}: {
  input: RefObject<HTMLInputElement | null>;
  value: string;
  wrong: Problem | null;
}) {
  const paint = useRef<HTMLDivElement>(null);
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
  });
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
  const from = wrong?.position === undefined ? Number.POSITIVE_INFINITY : placeOf(value, wrong.position);
  const to =
    wrong?.position === undefined ? from : Math.max(from + 1, placeOf(value, wrong.position + (wrong.length ?? 1)));
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

interface OptionsProps {
  id: string;
  options: Option[];
  chosen: number;
  meaning: string;
  onTake(option: Option): void;
}

function Options({ id, options, chosen, meaning, onTake }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen >= 0) list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const { kind } = meaningOf(meaning);
  return (
    <div className={`${controls.popup} ${css.options}`}>
      <div id={id} ref={list} role="listbox" aria-label={text.options} className={css.list}>
        {options.map((option, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the keys.
          <div
            key={option.insert}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            data-highlighted={i === chosen ? "" : undefined}
            className={controls.item}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(option)}
          >
            <bdi>{option.label}</bdi>
            <span className={css.detail}>{option.detail}</span>
          </div>
        ))}
      </div>
      <p className={css.hint}>{kind === "language" ? text.filterHint : text.wordsHint}</p>
    </div>
  );
}
