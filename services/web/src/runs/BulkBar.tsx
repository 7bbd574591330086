// What can be done with the chosen runs.

import { X } from "lucide-react";
import type { Run } from "../api/types";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import { done } from "../components/undo";
import type { ShownColumn } from "../state/columns";
import type { SetView } from "../state/useView";
import { text } from "../text";
import css from "./BulkBar.module.css";
import { asCsv, asMarkdown } from "./copy";
import type { PopupAsk } from "./popups/TablePopup";
import type { Bulk } from "./useBulk";
import type { Checked } from "./useRunActs";

interface Props {
  checked: Checked;
  byId: ReadonlyMap<string, Run>;
  shown: readonly ShownColumn[];
  /** The address that compares them; null: there is nothing to compare. */
  compare: string | null;
  set: SetView;
  bulk: Bulk;
  open(ask: PopupAsk, anchor: Element): void;
}

export function BulkBar({ checked, byId, shown, compare, set, bulk, open }: Props) {
  const ids = [...checked.ids];
  const runs = ids.flatMap((id) => byId.get(id) ?? []);
  const archived = runs.length > 0 && runs.every((run) => run.archived === true);
  const ask = (kind: "rename" | "label" | "move") => (event: React.MouseEvent) => {
    bulk.aim(ids);
    open({ kind }, event.currentTarget);
  };
  const all = (act: (ids: readonly string[]) => void) => () => {
    act(ids);
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
      <b>{text.chosen(ids.length)}</b>
      <button type="button" className={controls.ghost} onClick={() => set({ sel: { base: "ids", ids } })}>
        {text.drawOnlyThese}
      </button>
      {compare !== null && (
        <a className={controls.ghost} href={compare}>
          {text.compareRuns}
        </a>
      )}
      <button type="button" className={controls.ghost} onClick={ask("label")}>
        {text.label}
      </button>
      <button type="button" className={controls.ghost} onClick={ask("rename")}>
        {text.rename}
      </button>
      <button type="button" className={controls.ghost} onClick={ask("move")}>
        {text.move}
      </button>
      <button type="button" className={controls.ghost} onClick={all((runs) => bulk.archive(runs, !archived))}>
        {archived ? text.unarchive : text.archive}
      </button>
      <button type="button" className={controls.ghost} onClick={all(bulk.remove)}>
        {text.delete}
      </button>
      <button type="button" className={controls.ghost} onClick={copy(asCsv)}>
        {text.copyCsv}
      </button>
      <button type="button" className={controls.ghost} onClick={copy(asMarkdown)}>
        {text.copyMarkdown}
      </button>
      <button type="button" className={controls.square} aria-label={text.chooseNone} onClick={checked.clear}>
        <X {...icon} />
      </button>
    </div>
  );
}
