// What could stand at the caret of the filter, as the list of a combobox: the focus stays in the text.

import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from "react";
import controls from "../components/controls.module.css";
import { text } from "../text";
import { fill, isUnfinished, type Option, placeAt } from "./complete";
import css from "./filter.module.css";
import { meaningOf } from "./meaning";
import { useOptions } from "./useOptions";

interface Shown {
  id: string;
  options: readonly Option[];
  /** Of the options; -1: none. */
  chosen: number;
  onTake(option: Option): void;
}

/** As if it were typed: so the browser's own undo takes it back, which it does for no other way to change an input. */
export function replace(input: HTMLInputElement, from: number, to: number, by: string): void {
  input.focus();
  input.setSelectionRange(from, to);
  if (by === "") document.execCommand("delete");
  else document.execCommand("insertText", false, by);
}

const NONE: Option[] = [];

const optionId = (list: string, i: number) => `${list}-${i}`;

export function useOptionList(input: RefObject<HTMLInputElement | null>, experiment: string, typed: string) {
  /** Where in the text it was opened; null: it is closed. */
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(-1);
  const id = useId();
  const place = useMemo(() => (caret === null ? null : placeAt(typed, caret)), [typed, caret]);
  const found = useOptions(experiment, place);
  const options = place === null ? NONE : found;
  const open = options.length > 0;

  const close = () => {
    setCaret(null);
    setChosen(-1);
  };
  const look = () => {
    const el = input.current;
    if (el === null || document.activeElement !== el) return;
    setCaret(el.selectionStart === el.selectionEnd ? el.selectionStart : null);
    setChosen(-1);
  };
  const seen = useRef(look);
  seen.current = look;
  const at = useRef(caret);
  at.current = caret;
  useEffect(() => {
    // The caret goes by keys, by the pointer and by the input method. A closed list stays closed for it.
    const moved = () => {
      if (at.current !== null && input.current?.selectionStart !== at.current) seen.current();
    };
    document.addEventListener("selectionchange", moved);
    return () => document.removeEventListener("selectionchange", moved);
  }, [input]);

  const onTake = (option: Option) => {
    if (place === null || input.current === null) return;
    const { from, to, insert, caret: behind } = fill(typed, place, option);
    replace(input.current, from, to, insert);
    input.current.setSelectionRange(behind, behind);
    look();
  };
  /** Whether the key was the list's. */
  const press = (event: KeyboardEvent): boolean => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && !open && by > 0) look();
    else if (by !== undefined && open) {
      setChosen((old) => ((old + by + 1 + options.length + 1) % (options.length + 1)) - 1);
    } else if (chosen >= 0 && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey)
      onTake(options[chosen]);
    else if (open && event.key === "Tab" && !event.shiftKey && isUnfinished(place!, options)) onTake(options[0]);
    else return false;
    return true;
  };
  return {
    open,
    look,
    close,
    press,
    shown: { id, options, chosen, onTake } satisfies Shown,
    /** The id of the chosen option's element. */
    active: open && chosen >= 0 ? optionId(id, chosen) : undefined,
  };
}

export function Options({ id, options, chosen, onTake, meaning }: Shown & { meaning: string }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen >= 0) list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  if (options.length === 0) return null;
  const { kind } = meaningOf(meaning);
  return (
    <div className={`${controls.popup} ${css.options}`}>
      {/* Out of the order of Tab, which would lead into what scrolls, and that closes. */}
      <div id={id} ref={list} role="listbox" tabIndex={-1} aria-label={text.options} className={css.list}>
        {options.map((option, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the keys.
          <div
            key={option.insert}
            id={optionId(id, i)}
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
