// A search for what runs can be asked for: parameters, labels, metrics and their own columns, with how many runs have them.

import { useState } from "react";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { useKeyItems } from "../../filter/useOptions";
import { type Column, parseColumn } from "../../state/columns";
import { n, text } from "../../text";
import css from "./popups.module.css";

const MOST = 100;

interface Props {
  experiment: string;
  label: string;
  /** Which of them may be chosen. */
  accepts(column: Column): boolean;
  onPick(column: Column): void;
}

export function KeySearch({ experiment, label, accepts, onPick }: Props) {
  const [typed, setTyped] = useState("");
  const keys = useKeyItems(experiment, typed.trim(), true);
  const needle = typed.trim().toLowerCase();
  const found = (keys.data?.items ?? []).flatMap((item) => {
    const column = parseColumn(item.key);
    if (column === null || !accepts(column) || !item.key.toLowerCase().includes(needle)) return [];
    return [{ ...item, column }];
  });
  const shown = found.slice(0, MOST);
  return (
    <>
      <input
        className={`${controls.text} ${css.search}`}
        type="search"
        value={typed}
        placeholder={label}
        aria-label={label}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found.length > 0) onPick(found[0].column);
        }}
      />
      <div className={css.list}>
        {shown.map(({ key, column, space, runs }) => (
          <button key={key} type="button" className={controls.item} onClick={() => onPick(column)}>
            <Name name={column.name} />
            <span className={css.detail}>
              {text.space[space]} · {n(runs)}
            </span>
          </button>
        ))}
        {keys.isSuccess && found.length === 0 && <p className={css.none}>{text.noKey}</p>}
      </div>
    </>
  );
}
