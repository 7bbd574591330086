// The keys that the table is grouped by, and those that it is sorted by.

import { ArrowDown, ArrowUp, X } from "lucide-react";
import type { ReactNode } from "react";
import controls from "../../components/controls.module.css";
import { icon } from "../../components/Shell";
import { type Column, formatColumn, isSortable, type Sort } from "../../state/columns";
import { BANDS, CENTRES, MAX_GROUP, MAX_SORT } from "../../state/runs_view";
import { text } from "../../text";
import { columnTitle } from "../layout";
import { KeySearch } from "./KeySearch";
import css from "./popups.module.css";
import type { PopupProps } from "./TablePopup";

export function GroupPanel({ experiment, view, set }: PopupProps) {
  const { group } = view;
  const by = (next: Column[]) => set({ group: next, open: [] });
  const has = (column: Column) => group.some((g) => formatColumn(g) === formatColumn(column));
  return (
    <div className={css.panel}>
      <ul className={css.chosen}>
        {group.map((column, i) => (
          <Line
            key={formatColumn(column)}
            column={column}
            first={i === 0}
            onUp={() => by(swapped(group, i))}
            onRemove={() => by(group.filter((g) => g !== column))}
          />
        ))}
      </ul>
      <KeySearch
        experiment={experiment}
        label={text.addGroup}
        accepts={(column) =>
          column.space !== "metric" && !has(column) && group.length < MAX_GROUP && isGroupable(column)
        }
        onPick={(column) => by([...group, column])}
      />
      {group.length > 0 && (
        <div className={css.row}>
          <label className={controls.label}>
            {text.band}
            <select
              className={controls.text}
              value={view.band}
              onChange={(event) => set({ band: BANDS.find((band) => band === event.target.value) ?? view.band })}
            >
              {BANDS.map((band) => (
                <option key={band} value={band}>
                  {text.bands[band]}
                </option>
              ))}
            </select>
          </label>
          <label className={controls.label}>
            {text.centre}
            <select
              className={controls.text}
              value={view.centre}
              onChange={(event) => set({ centre: CENTRES.find((c) => c === event.target.value) ?? view.centre })}
            >
              {CENTRES.map((centre) => (
                <option key={centre} value={centre}>
                  {text.centres[centre]}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
    </div>
  );
}

// Names, times and ids make a group of each run.
const NOT_GROUPS = new Set(["name", "id", "created", "updated", "finished", "duration", "note"]);
const isGroupable = (column: Column) => column.space !== "run" || !NOT_GROUPS.has(column.name);

export function SortPanel({ experiment, view, set }: PopupProps) {
  const { sort } = view;
  const by = (next: Sort[]) => next.length > 0 && set({ sort: next });
  const has = (column: Column) => sort.some((s) => formatColumn(s.column) === formatColumn(column));
  return (
    <div className={css.panel}>
      <ul className={css.chosen}>
        {sort.map((s, i) => (
          <Line
            key={formatColumn(s.column)}
            column={s.column}
            first={i === 0}
            onUp={() => by(swapped(sort, i))}
            onRemove={sort.length > 1 ? () => by(sort.filter((other) => other !== s)) : null}
          >
            <button
              type="button"
              className={controls.ghost}
              aria-label={text.turn(columnTitle(s.column))}
              onClick={() => by(sort.map((other) => (other === s ? { ...s, descending: !s.descending } : other)))}
            >
              {s.descending ? <ArrowDown {...icon} size={14} /> : <ArrowUp {...icon} size={14} />}
              {s.descending ? text.descending : text.ascending}
            </button>
          </Line>
        ))}
      </ul>
      <KeySearch
        experiment={experiment}
        label={text.addSort}
        accepts={(column) => isSortable(column) && !has(column) && sort.length < MAX_SORT}
        onPick={(column) => by([...sort, { column, descending: column.space === "metric" && column.stat === "max" }])}
      />
    </div>
  );
}

function swapped<T>(items: readonly T[], at: number): T[] {
  const next = [...items];
  [next[at - 1], next[at]] = [next[at], next[at - 1]];
  return next;
}

interface LineProps {
  column: Column;
  first: boolean;
  onUp(): void;
  onRemove: (() => void) | null;
  children?: ReactNode;
}

function Line({ column, first, onUp, onRemove, children }: LineProps) {
  const title = columnTitle(column);
  return (
    <li>
      <bdi>{title}</bdi>
      {children}
      <button type="button" className={controls.small} disabled={first} aria-label={text.forward(title)} onClick={onUp}>
        <ArrowUp {...icon} size={14} />
      </button>
      <button
        type="button"
        className={controls.small}
        disabled={onRemove === null}
        aria-label={text.remove(title)}
        onClick={() => onRemove?.()}
      >
        <X {...icon} size={14} />
      </button>
    </li>
  );
}
