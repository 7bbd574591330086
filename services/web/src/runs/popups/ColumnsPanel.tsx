// The chooser of columns: which, in which order, what of a metric, which are pinned.

import { ArrowDown, ArrowUp, Pin, PinOff, X } from "lucide-react";
import { fetchRunPage } from "../../api/runs";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { icon } from "../../components/Shell";
import { done, failed } from "../../components/undo";
import { type Column, formatColumn, type ShownColumn, STATS } from "../../state/columns";
import { text } from "../../text";
import { askOf } from "../ask";
import { copyTable, type Format, MOST_COPIED } from "../copyAll";
import { columnTitle } from "../layout";
import { moved } from "../TableHead";
import { differs } from "../values";
import { KeySearch } from "./KeySearch";
import css from "./popups.module.css";
import type { PopupProps } from "./TablePopup";

export function ColumnsPanel(props: PopupProps) {
  const { experiment, view, set, rows, shown, acts } = props;
  const listed = shown.filter((s) => formatColumn(s.column) !== "name");
  const has = (column: Column) => shown.some((s) => formatColumn(s.column) === formatColumn(column));
  const add = (columns: readonly Column[]) =>
    acts.columns((old) => [
      ...old,
      ...columns.filter((column) => !has(column)).map((column) => ({ column, pinned: false, width: null })),
    ]);
  return (
    <div className={css.panel}>
      <ul className={css.chosen}>
        {listed.map((s) => (
          <ColumnLine key={formatColumn(s.column)} {...props} column={s} />
        ))}
      </ul>
      <KeySearch
        experiment={experiment}
        label={text.addColumn}
        accepts={(column) => formatColumn(column) !== "name" && (column.space === "metric" || !has(column))}
        onPick={(column) => add([freeStat(column, has)])}
      />
      <div className={css.row}>
        <label className={css.switch}>
          <input
            type="checkbox"
            checked={view.differing}
            onChange={(event) => set({ differing: event.target.checked })}
          />
          {rows.shown.length < rows.total && view.group.length === 0
            ? text.onlyDifferencesOf(rows.shown.length)
            : text.onlyDifferences}
        </label>
        <button type="button" className={controls.ghost} onClick={() => void differing(props).then(add)}>
          {text.addDiffering}
        </button>
        <button type="button" className={controls.ghost} onClick={() => set({ cols: null, differing: false })}>
          {text.resetColumns}
        </button>
      </div>
      <div className={css.row}>
        <span className={css.grow}>{view.group.length > 0 ? text.allGroups : text.allRuns(rows.total)}</span>
        {(["csv", "markdown"] as const).map((format) => (
          <button key={format} type="button" className={controls.ghost} onClick={() => copyAll(props, format)}>
            {format === "csv" ? text.copyCsv : text.copyMarkdown}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The clipboard is asked for at once: when all has come, the click that allows it is long ago. */
function copyAll({ experiment, view, shown }: PopupProps, format: Format): void {
  const table = copyTable(
    askOf(experiment, view, shown),
    view,
    shown.map((s) => s.column),
    format,
  );
  const blob = table.then(({ text }) => new Blob([text], { type: "text/plain" }));
  Promise.all([table, navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })])]).then(
    ([{ rows, cut }]) => done(text.copiedTable(rows, view.group.length > 0, cut ? MOST_COPIED : null)),
    (error: unknown) => failed(text.notCopied(error instanceof Error ? error.message : String(error))),
  );
}

/** Of a metric whose last value is there already, the next that is not. */
function freeStat(column: Column, has: (column: Column) => boolean): Column {
  if (column.space !== "metric") return column;
  const free = STATS.find((stat) => !has({ ...column, stat }));
  return { ...column, stat: free ?? column.stat };
}

const SAMPLE = 1000;

/** Parameters in which the first thousand runs of the list differ. */
async function differing({ experiment, view }: PopupProps): Promise<Column[]> {
  const ask = askOf(experiment, view, []);
  // Without columns every parameter comes along.
  const { items } = await fetchRunPage({ ...ask, columns: [] }, SAMPLE, null);
  const names = new Set(items.flatMap((run) => Object.keys(run.params ?? {})));
  return [...names].map((name): Column => ({ space: "param", name })).filter((column) => differs(items, column));
}

function ColumnLine({ column: s, acts }: PopupProps & { column: ShownColumn }) {
  const { column, pinned } = s;
  const id = formatColumn(column);
  const title = visible(columnTitle(column).slice(0, 100));
  const change = (next: Partial<ShownColumn>) =>
    acts.columns((shown) => shown.map((other) => (formatColumn(other.column) === id ? { ...other, ...next } : other)));
  return (
    <li>
      <bdi title={title}>{column.space === "metric" ? visible(column.name.slice(0, 100)) : title}</bdi>
      {column.space === "metric" && (
        <select
          className={controls.text}
          aria-label={text.statOf(title)}
          value={column.stat}
          onChange={(event) => {
            const stat = STATS.find((word) => word === event.target.value);
            if (stat !== undefined) change({ column: { ...column, stat }, width: null });
          }}
        >
          {STATS.map((stat) => (
            <option key={stat} value={stat}>
              {text.stat[stat]}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        className={controls.small}
        aria-pressed={pinned}
        aria-label={text.pinColumn(title)}
        onClick={() => change({ pinned: !pinned })}
      >
        {pinned ? <PinOff {...icon} size={14} /> : <Pin {...icon} size={14} />}
      </button>
      <button
        type="button"
        className={controls.small}
        aria-label={text.forward(title)}
        onClick={() => acts.columns((shown) => moved(shown, id, -1))}
      >
        <ArrowUp {...icon} size={14} />
      </button>
      <button
        type="button"
        className={controls.small}
        aria-label={text.back(title)}
        onClick={() => acts.columns((shown) => moved(shown, id, 1))}
      >
        <ArrowDown {...icon} size={14} />
      </button>
      <button
        type="button"
        className={controls.small}
        aria-label={text.remove(title)}
        onClick={() => acts.columns((shown) => shown.filter((other) => formatColumn(other.column) !== id))}
      >
        <X {...icon} size={14} />
      </button>
    </li>
  );
}
