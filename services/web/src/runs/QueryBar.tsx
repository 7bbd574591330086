// The line above table and charts: what is listed, in which groups and order, with which columns and colours.

import { ArrowDown, ArrowUp, Columns3, Group, Palette, SlidersHorizontal } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { Problem } from "../api/types";
import controls from "../components/controls.module.css";
import { visible } from "../components/Name";
import { icon } from "../components/Shell";
import { FilterEditor, type FilterHandle } from "../filter/FilterEditor";
import { formatColumn } from "../state/columns";
import type { RunsView } from "../state/runs_view";
import type { SetView } from "../state/useView";
import { text } from "../text";
import { columnTitle } from "./layout";
import type { PopupAsk } from "./popups/TablePopup";
import css from "./QueryBar.module.css";

interface Props {
  /** Stands at the left: the saved view. */
  children?: ReactNode;
  experiment: string;
  view: RunsView;
  set: SetView;
  handle: RefObject<FilterHandle | null>;
  problem: Problem | null;
  result: string;
  groupButton: RefObject<HTMLButtonElement | null>;
  open(ask: PopupAsk, anchor: Element): void;
}

export function QueryBar({ children, experiment, view, set, handle, problem, result, groupButton, open }: Props) {
  const ask = (kind: "form" | "group" | "sort" | "columns" | "colors") => (event: React.MouseEvent) =>
    open({ kind }, event.currentTarget);
  const [first] = view.sort;
  const Arrow = first.descending ? ArrowDown : ArrowUp;
  const { rule } = view.colors;
  return (
    <div className={css.bar}>
      {children}
      <FilterEditor
        handle={handle}
        experiment={experiment}
        value={view.q}
        onChange={(q, gesture) => set({ q }, gesture)}
        problem={problem}
        result={result}
      />
      <button
        type="button"
        className={controls.square}
        aria-haspopup="dialog"
        aria-label={text.filterForm}
        title={text.filterForm}
        onClick={ask("form")}
      >
        <SlidersHorizontal {...icon} />
      </button>
      <button
        ref={groupButton}
        type="button"
        className={`${css.chip} ${view.group.length > 0 ? css.on : ""}`}
        aria-haspopup="dialog"
        title={`${text.groupBy} (g)`}
        onClick={ask("group")}
      >
        <Group {...icon} size={14} />
        <span>
          {text.group}
          {view.group.length > 0 && <b>{visible(view.group.map(columnTitle).join(", ").slice(0, 60))}</b>}
        </span>
      </button>
      <button type="button" className={css.chip} aria-haspopup="dialog" title={text.sortTitle} onClick={ask("sort")}>
        <Arrow {...icon} size={14} />
        <span>
          {text.sort}
          <b>
            {visible(columnTitle(first.column).slice(0, 40))}
            {view.sort.length > 1 && ` +${view.sort.length - 1}`}
          </b>
        </span>
      </button>
      <button
        type="button"
        className={`${controls.square} ${rule.by === "run" ? "" : controls.on}`}
        aria-haspopup="dialog"
        aria-label={text.colors}
        title={rule.by === "key" ? text.coloredBy(formatColumn(rule.column)) : text.colors}
        onClick={ask("colors")}
      >
        <Palette {...icon} />
      </button>
      <button
        type="button"
        className={`${controls.square} ${view.differing ? controls.on : ""}`}
        aria-haspopup="dialog"
        aria-label={text.tableColumns}
        title={text.tableColumns}
        onClick={ask("columns")}
      >
        <Columns3 {...icon} />
      </button>
    </div>
  );
}
