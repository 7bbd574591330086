// The filter of tags: words, a glob or /regex/, with completion of prefixes and tags.

import { type RefObject, useEffect, useId, useMemo, useState } from "react";
import { createPortal } from "react-dom";
import controls from "../components/controls.module.css";
import { Name } from "../components/Name";
import { n, text } from "../text";
import { completionsOf } from "./completions";
import css from "./TagFilter.module.css";

interface Props {
  ref: RefObject<HTMLInputElement | null>;
  tags: readonly string[];
  value: string;
  onChange(value: string): void;
  problem: string | null;
}

export function TagFilter({ ref, tags, value, onChange, problem }: Props) {
  const [typed, setTyped] = useState(value);
  const [at, setAt] = useState<number | null>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const id = useId();
  useEffect(() => setTyped(value), [value]);
  const open = place !== null;
  const found = useMemo(() => (open ? completionsOf(tags, typed) : []), [open, tags, typed]);
  const write = (next: string) => {
    setTyped(next);
    setAt(null);
    onChange(next);
  };
  const show = () => {
    const box = ref.current?.getBoundingClientRect();
    if (box !== undefined) setPlace({ left: Math.min(box.left, innerWidth - 288), top: box.bottom + 3 });
  };
  const choose = (index: number) => {
    write(found[index].text);
    setPlace(null);
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) show();
      else if (found.length > 0) {
        const by = event.key === "ArrowDown" ? 1 : -1;
        setAt(at === null ? (by === 1 ? 0 : found.length - 1) : (at + by + found.length) % found.length);
      }
    } else if (event.key === "Enter" && open) {
      if (at !== null && at < found.length) choose(at);
      setPlace(null);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (open && at !== null) setAt(null);
      else if (typed === "") ref.current?.blur();
      else write("");
      setPlace(null);
    }
  };
  return (
    <>
      <input
        ref={ref}
        type="search"
        role="combobox"
        className={`${controls.text} ${css.input}`}
        value={typed}
        placeholder={text.filterTags}
        aria-label={text.filterTagsLabel}
        aria-invalid={problem !== null}
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={at === null ? undefined : `${id}-${at}`}
        title={problem === null ? undefined : text.badRegex(problem)}
        spellCheck={false}
        autoComplete="off"
        onFocus={show}
        onBlur={() => setPlace(null)}
        onChange={(event) => {
          write(event.target.value);
          show();
        }}
        onKeyDown={onKey}
      />
      {place !== null &&
        found.length > 0 &&
        createPortal(
          <div
            id={id}
            role="listbox"
            tabIndex={-1}
            aria-label={text.filterTagsLabel}
            className={css.list}
            style={place}
          >
            {found.map((completion, i) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox'.
              <div
                key={completion.text}
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === at}
                className={css.option}
                // The input keeps the focus.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => choose(i)}
              >
                <Name name={completion.text} />
                <span>{completion.text.endsWith("*") ? n(completion.count) : ""}</span>
              </div>
            ))}
          </div>,
          document.body,
        )}
    </>
  );
}
