// Controls in a line over a picture: choices, words that are on or off, and the table behind it.

import { Table2 } from "lucide-react";
import { Suspense, useState } from "react";
import controls from "../../components/controls.module.css";
import { later } from "../../components/later";
import { icon } from "../../components/Shell";
import { text } from "../../text";
import { useTabbable } from "../roving";
import css from "./KindBar.module.css";
import type { TableContent } from "./KindTable";

const KindTable = later(() => import("./KindTable").then((m) => m.KindTable));

interface ChoiceProps<T extends string> {
  /** Of the panel. */
  id: string;
  label: string;
  value: T;
  options: readonly (readonly [value: T, name: string])[];
  onChoose(value: T): void;
}

export function Choice<T extends string>({ id, label, value, options, onChoose }: ChoiceProps<T>) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  return (
    <select
      className={`${controls.select} ${css.choice}`}
      aria-label={label}
      title={label}
      tabIndex={tabIndex}
      value={value}
      onChange={(event) => onChoose(event.target.value as T)}
    >
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface SwitchProps {
  id: string;
  word: string;
  label: string;
  on: boolean;
  onSwitch(on: boolean): void;
}

export function Switch({ id, word, label, on, onSwitch }: SwitchProps) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  return (
    <button
      type="button"
      className={`${controls.small} ${css.word} ${on ? controls.on : ""}`}
      aria-pressed={on}
      aria-label={label}
      title={label}
      tabIndex={tabIndex}
      onClick={() => onSwitch(!on)}
    >
      {word}
    </button>
  );
}

/** `content` is called when the table is asked for. */
export function TableButton({ id, title, content }: { id: string; title: string; content(): TableContent }) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const [shown, setShown] = useState<TableContent | null>(null);
  return (
    <>
      <button
        type="button"
        className={`${controls.small} ${css.last}`}
        aria-label={text.showTable}
        title={text.showTable}
        tabIndex={tabIndex}
        onClick={() => setShown(content())}
      >
        <Table2 {...icon} size={14} />
      </button>
      {shown !== null && (
        <Suspense fallback={null}>
          <KindTable title={title} content={shown} onClose={() => setShown(null)} />
        </Suspense>
      )}
    </>
  );
}
