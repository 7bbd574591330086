// What can be done with the chosen runs.

import { X } from "lucide-react";
import type { RunAsk } from "../api/runs";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import { done } from "../components/undo";
import type { Rows } from "../experiment/rows";
import type { ShownColumn } from "../state/columns";
import type { SetView } from "../state/useView";
import { text } from "../text";
import { namedBy } from "./ask";
import css from "./BulkBar.module.css";
import { asCsv, asMarkdown } from "./copy";
import type { PopupAsk } from "./popups/TablePopup";
import { type Aim, aimAt, type Bulk, MOST_EDITED } from "./useBulk";
import type { Checked } from "./useRunActs";

interface Props {
  checked: Checked;
  rows: Rows;
  /** What the list asks for; null: not known yet. */
  ask: RunAsk | null;
  shown: readonly ShownColumn[];
  /** The address that compares them; null: there is nothing to compare. */
  compare: string | null;
  set: SetView;
  bulk: Bulk;
  open(ask: PopupAsk, anchor: Element): void;
}

export function BulkBar({ checked, rows, ask: list, shown, compare, set, bulk, open }: Props) {
  const ids = [...checked.ids];
  const runs = ids.flatMap((id) => rows.byId.get(id) ?? []);
  const all = checked.all && list !== null;
  const aim: Aim = all ? { runs: namedBy(list), count: rows.total, known: ids } : aimAt(ids);
  const tooMany = aim.count > MOST_EDITED;
  const archived = runs.length > 0 && runs.every((run) => run.archived === true);
  const ask = (kind: "rename" | "label" | "move") => (event: React.MouseEvent) => {
    bulk.aim(aim);
    open({ kind }, event.currentTarget);
  };
  const on = (act: (aim: Aim) => void) => () => {
    act(aim);
    checked.clear();
  };
  const copy = (make: typeof asCsv) => () => {
    void navigator.clipboard?.writeText(
      make(
        runs,
        shown.map((s) => s.column),
      ),
    );
    done(text.copiedRuns(runs.length));
  };
  return (
    <div className={css.bar} role="toolbar" aria-label={text.bulk}>
      <b>{all ? text.allChosen(aim.count) : text.chosen(ids.length)}</b>
      {!all && list !== null && ids.length < rows.total && rows.shown.every((run) => checked.ids.has(run.id)) && (
        <button type="button" className={controls.btn} onClick={checked.chooseAll}>
          {text.chooseAllMatching(rows.total)}
        </button>
      )}
      {tooMany && <span role="status">{text.tooMany(MOST_EDITED)}</span>}
      <button
        type="button"
        className={controls.ghost}
        onClick={() => set({ sel: all ? { base: "all", minus: [], plus: [] } : { base: "ids", ids } })}
      >
        {text.drawOnlyThese}
      </button>
      {compare !== null && !all && (
        <a className={controls.ghost} href={compare}>
          {text.compareRuns}
        </a>
      )}
      <button type="button" className={controls.ghost} disabled={tooMany} onClick={ask("label")}>
        {text.label}
      </button>
      <button type="button" className={controls.ghost} disabled={tooMany} onClick={ask("rename")}>
        {text.rename}
      </button>
      <button type="button" className={controls.ghost} disabled={tooMany} onClick={ask("move")}>
        {text.move}
      </button>
      <button
        type="button"
        className={controls.ghost}
        disabled={tooMany}
        onClick={on((runs) => bulk.archive(runs, !archived))}
      >
        {archived ? text.unarchive : text.archive}
      </button>
      <button type="button" className={controls.ghost} disabled={tooMany} onClick={on(bulk.remove)}>
        {text.delete}
      </button>
      {!all && (
        <>
          <button type="button" className={controls.ghost} onClick={copy(asCsv)}>
            {text.copyCsv}
          </button>
          <button type="button" className={controls.ghost} onClick={copy(asMarkdown)}>
            {text.copyMarkdown}
          </button>
        </>
      )}
      <button type="button" className={controls.square} aria-label={text.chooseNone} onClick={checked.clear}>
        <X {...icon} />
      </button>
    </div>
  );
}
