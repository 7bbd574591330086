// The filter: a line of text in which the language is coloured, completed and, where it is wrong, underlined. A native input
// with its text painted behind it: no editor has to be loaded, and a screen reader meets an ordinary combobox.

import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useId, useImperativeHandle, useRef, useState } from "react";
import type { Problem } from "../api/types";
import { icon } from "../components/Shell";
import { text } from "../text";
import { mayBecomeKey } from "./complete";
import css from "./filter.module.css";
import { wrongPart } from "./meaning";
import { Options, replace, useOptionList } from "./OptionList";
import { Painted } from "./Painted";

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

const REST = 150; // ms after the last key before the list follows

export function FilterEditor({ handle, experiment, value, onChange, problem, result }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wrongId = useId();
  // What comes back of one's own typing is older than what is typed meanwhile.
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useImperativeHandle(handle, () => ({ focus: () => input.current?.focus() }));
  const list = useOptionList(input, experiment, typed);
  const wrong = problem !== null && typed === value ? problem : null;

  const send = (next: string, gesture: boolean) => {
    clearTimeout(timer.current);
    sent.current = next;
    onChange(next, gesture);
  };
  const change = (next: string, composing: boolean) => {
    setTyped(next);
    list.look();
    clearTimeout(timer.current);
    // What is still being composed is no word yet, and what may become a key is no search.
    if (!composing && !mayBecomeKey(next)) timer.current = setTimeout(() => send(next, true), REST);
  };
  const commit = () => {
    clearTimeout(timer.current);
    if (typed !== value) send(typed, false);
  };
  const clear = () => {
    replace(input.current!, 0, typed.length, "");
    send("", false);
  };
  const leave = () => {
    if (list.open) list.close();
    else if (typed === "") input.current?.blur();
    else clear();
  };
  const keyDown = (event: KeyboardEvent) => {
    // An input method's keys are its own: Enter takes its word, Escape drops it.
    if (event.nativeEvent.isComposing) return;
    if (list.press(event)) {
      // The list's.
    } else if (event.key === "Enter") {
      commit();
      list.close();
    } else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  };
  return (
    <div className={css.query}>
      <ListFilter {...icon} className={css.lead} />
      <div className={css.line}>
        <Painted input={input} value={typed} wrong={wrong} />
        <input
          ref={input}
          type="text"
          role="combobox"
          className={css.input}
          value={typed}
          placeholder={text.filterRuns}
          aria-label={text.filterLabel}
          aria-autocomplete="list"
          aria-expanded={list.open}
          aria-controls={list.open ? list.shown.id : undefined}
          aria-activedescendant={list.active}
          aria-invalid={wrong !== null}
          aria-describedby={wrong === null ? undefined : wrongId}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => change(event.target.value, (event.nativeEvent as InputEvent).isComposing)}
          onCompositionEnd={(event) => change(event.currentTarget.value, false)}
          onKeyDown={keyDown}
          onFocus={list.look}
          onClick={list.look}
          onBlur={() => {
            list.close();
            commit();
          }}
        />
        <Options {...list.shown} meaning={typed} />
      </div>
      {typed !== "" && (
        <button type="button" className={css.clear} aria-label={text.clearFilter} onClick={clear}>
          <X {...icon} size={14} />
        </button>
      )}
      <Result id={wrongId} wrong={wrong} atEnd={list.open && isAtEnd(typed, wrong)} result={result} />
    </div>
  );
}

/** What is missing at the end, or not yet whole there, is not wrong yet while one types. */
const isAtEnd = (typed: string, wrong: Problem | null) =>
  wrong?.position !== undefined && wrongPart(typed, wrong.position, wrong.length ?? 1).to >= typed.trimEnd().length;

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
