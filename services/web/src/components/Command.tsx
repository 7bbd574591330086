// The command box: runs, tags, experiments, views and commands in one list, recents first. The input keeps the focus; the
// arrow keys move through the list (WAI-ARIA combobox).

import { Dialog } from "@base-ui/react/dialog";
import { useEffect, useId, useRef, useState } from "react";
import { text } from "../text";
import css from "./Command.module.css";
import controls from "./controls.module.css";
import { Name } from "./Name";
import type { Place } from "./places";
import { type Found, useFound } from "./useFound";

interface Props {
  open: boolean;
  onOpenChange(open: boolean): void;
  place: Place | null;
  openHelp(): void;
}

export function Command(props: Props) {
  return (
    <Dialog.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={css.box} aria-label={text.command}>
          <Body {...props} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Body({ onOpenChange, place, openHelp }: Props) {
  const [find, setFind] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = useFound(find, place, openHelp);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });
  const run = (item: Found | undefined) => {
    if (item === undefined) return;
    onOpenChange(false);
    item.act();
  };
  const move = (by: number) => setAt(Math.max(0, Math.min(found.length - 1, chosen + by)));
  return (
    <>
      <input
        className={css.input}
        type="text"
        role="combobox"
        aria-expanded={true}
        aria-controls={`${id}list`}
        aria-activedescendant={chosen >= 0 ? `${id}${chosen}` : undefined}
        aria-label={text.command}
        placeholder={text.commandHint}
        value={find}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setFind(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(found[chosen]);
          else return;
          event.preventDefault();
        }}
      />
      <div className={css.list} role="listbox" id={`${id}list`} aria-label={text.command} ref={list} tabIndex={-1}>
        {found.map((item, i) => (
          <div key={item.key} role="presentation">
            {item.group !== found[i - 1]?.group && (
              <div className={css.group} role="presentation">
                {item.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys. */}
            <div
              id={`${id}${i}`}
              role="option"
              aria-selected={i === chosen}
              className={css.option}
              onMouseMove={() => i !== chosen && setAt(i)}
              onClick={() => run(item)}
            >
              <Name name={item.label} title={false} />
              {item.detail !== undefined && <small>{item.detail}</small>}
            </div>
          </div>
        ))}
        {found.length === 0 && <p className={css.none}>{text.nothingFound(find)}</p>}
      </div>
    </>
  );
}
