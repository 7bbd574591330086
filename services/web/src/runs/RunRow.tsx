// A row of the table: a run, which is also the legend of the charts.

import { type CSSProperties, type MouseEvent, memo } from "react";
import type { Run } from "../api/types";
import controls from "../components/controls.module.css";
import { Name, visible } from "../components/Name";
import { SPARK } from "../experiment/sparks";
import { text } from "../text";
import { AskedValue, Cell, Silent, stateWords } from "./cells";
import { placed, type Shown } from "./layout";
import { cssColor, type Look } from "./looks";
import css from "./RunTable.module.css";
import type { RunActs } from "./table_acts";
import { type CellValues, cellKey } from "./useSeriesCells";
import { isLive, silentSince } from "./values";

export interface RowProps {
  run: Run;
  index: number;
  top: number;
  height: number;
  layout: Shown;
  /** null: it is not drawn. */
  look: Look | null;
  checked: boolean;
  focused: boolean;
  tabbable: boolean;
  baseline: boolean;
  /** A member of an open group. */
  member: boolean;
  dimTo: number;
  metric: string | null;
  spark: string;
  /** Ids of columns in which it is the best of the table. */
  best: string;
  /** Values at the pinned crosshair. */
  at: CellValues;
  /** Means over the brushed range. */
  over: CellValues;
  now: number;
  acts: RunActs;
}

export const RunRow = memo(function RunRow(props: RowProps) {
  const { run, index, top, height, layout, look, checked, focused, tabbable, acts } = props;
  const name = visible(run.name.slice(0, 100));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the table are the page's (experiment/acts.ts).
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={checked}
      tabIndex={tabbable ? 0 : -1}
      data-row={run.id}
      data-run={run.id}
      data-drawn={look !== null}
      className={`${css.row} ${look === null ? css.rowOff : ""} ${focused ? css.focused : ""} ${checked ? css.checked : ""}`}
      style={{
        transform: `translateY(${top}px)`,
        height,
        gridTemplateColumns: layout.template,
        minWidth: layout.width,
      }}
      onMouseEnter={() => acts.hover(run.id)}
      onMouseLeave={() => acts.hover(null)}
      onClick={(event) => clickRow(event, props)}
      onContextMenu={(event) => {
        event.preventDefault();
        acts.menu(run, { x: event.clientX, y: event.clientY });
      }}
      onFocus={(event) => {
        if (event.target.matches('[role="row"], [role="gridcell"]')) acts.hover(run.id);
      }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the cell only makes the box in it larger. */}
      <span
        role="gridcell"
        aria-colindex={1}
        className={css.check}
        onClick={(event) => {
          event.stopPropagation();
          acts.check(run.id, event.shiftKey ? "range" : "one");
        }}
      >
        <input type="checkbox" tabIndex={-1} checked={checked} aria-label={text.select(name)} onChange={() => {}} />
      </span>
      <span role="gridcell" aria-colindex={2} className={css.swatchCell}>
        <Swatch run={run} look={look} name={name} acts={acts} />
      </span>
      <span role="gridcell" aria-colindex={3} className={`${css.name} ${props.member ? css.member : ""}`}>
        <Name name={run.name} dimTo={props.dimTo} />
        <States {...props} />
      </span>
      <Cells {...props} />
    </div>
  );
});

/** Shift: a range of chosen rows; Ctrl or ⌘: one more; Alt on a cell: into the filter; else the run is focused. */
function clickRow(event: MouseEvent<HTMLElement>, { run, focused, acts }: RowProps): void {
  if (event.altKey) {
    const cell = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-column]") : null;
    if (cell !== null) acts.filterBy(run, cell.dataset.column!);
  } else if (event.shiftKey) acts.check(run.id, "range");
  else if (event.ctrlKey || event.metaKey) acts.check(run.id, "one");
  else acts.focus(focused ? null : run.id);
}

interface SwatchProps {
  run: Run;
  look: Look | null;
  name: string;
  acts: RunActs;
}

function Swatch({ run, look, name, acts }: SwatchProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={css.toggle}
      aria-pressed={look !== null}
      aria-label={text.draw(name)}
      onClick={(event) => {
        event.stopPropagation();
        if (event.altKey) acts.color(run, event.currentTarget);
        else acts.draw(run, look === null);
      }}
    >
      <i
        className={`${css.swatch} ${look === null ? css.off : ""} ${isLive(run) ? css.ring : ""}`}
        style={{ "--c": look === null ? "transparent" : cssColor(look) } as CSSProperties}
      />
    </button>
  );
}

const TAGS = { bad: controls.tagBad, warn: controls.tagWarn, base: controls.tagInfo } as const;

function States({ run, metric, baseline }: RowProps) {
  const silent = silentSince(run);
  return (
    <>
      {isLive(run) && <span className="sr">{text.live}</span>}
      {silent !== null && <Silent since={silent} />}
      {stateWords(run, metric, baseline).map(({ kind, word }) => (
        <span key={word} className={`${TAGS[kind]} ${css.state}`} title={visible(word.slice(0, 40))}>
          {visible(word.slice(0, 40))}
        </span>
      ))}
    </>
  );
}

function Cells({ run, layout, look, spark, best, at, over, now }: RowProps) {
  return layout.cells.map((cell) => {
    const { column, id, align, sticky } = cell;
    const course = column.space === "metric" && column.stat === "course";
    return (
      <span
        key={id}
        role="gridcell"
        data-column={id}
        className={`${align === "end" ? css.number : css.cell} ${sticky === null ? "" : css.sticky} ${best.includes(`${id}\n`) ? css.best : ""}`}
        {...placed(cell)}
        aria-label={course ? text.spark : undefined}
      >
        {course ? (
          <svg width={SPARK.width} height={SPARK.height} aria-hidden="true" className={css.spark}>
            <path d={spark} style={{ stroke: look === null ? "var(--c-mute)" : cssColor(look) }} />
          </svg>
        ) : column.space === "metric" && (column.stat === "at" || column.stat === "range") ? (
          <AskedValue value={(column.stat === "at" ? at : over).get(cellKey(run.id, column.name))} />
        ) : (
          <Cell run={run} column={column} now={now} />
        )}
      </span>
    );
  });
}
