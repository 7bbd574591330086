// The left side: filter, what is outside of it, and the run list. On a narrow window it is a sheet at the foot.

import { X } from "lucide-react";
import type { RefObject } from "react";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import type { SetView } from "../state/useView";
import type { Metric, View } from "../state/view";
import { text } from "../text";
import css from "./ExperimentPage.module.css";
import { type RunActs, RunTable } from "./RunTable";
import type { Rows } from "./rows";
import { FilterInput } from "./Toolbar";

interface Props {
  rows: Rows;
  loaded: boolean;
  failed: boolean;
  view: View;
  set: SetView;
  metric: Metric | null;
  tags: string[];
  current: string | null;
  focus: string | null;
  acts: RunActs;
  filter: RefObject<HTMLInputElement | null>;
  /** The pointer is in the list: its order has to stay. */
  onPointer(inside: boolean): void;
  onClose(): void;
}

export function RunSide({
  rows,
  loaded,
  failed,
  view,
  set,
  metric,
  tags,
  current,
  focus,
  acts,
  filter,
  onPointer,
  onClose,
}: Props) {
  return (
    <aside
      className={css.side}
      aria-label={text.runs}
      onMouseEnter={() => onPointer(true)}
      onMouseLeave={() => onPointer(false)}
    >
      <div className={css.sideBar}>
        <FilterInput
          ref={filter}
          className={css.runFilter}
          value={view.q}
          onChange={(q) => set({ q }, true)}
          placeholder={text.filterRuns}
          label={text.filterRuns}
          problem={rows.filterProblem}
        />
        <span className={css.count}>{loaded && text.ofRuns(rows.shown.length, rows.ordered.length)}</span>
        <button
          type="button"
          className={`${controls.square} ${css.narrowOnly}`}
          aria-label={text.closeRuns}
          onClick={onClose}
        >
          <X {...icon} />
        </button>
      </div>
      {rows.outside > 0 && (
        <p className={css.line}>
          {text.outside(rows.outside)} · <Clear set={set} />
        </p>
      )}
      {!loaded && !failed && <Skeleton />}
      {loaded && (
        <RunTable
          rows={rows}
          sort={view.sort}
          metric={metric}
          tags={tags}
          current={current}
          focus={focus}
          acts={acts}
          rowHeight={rowHeight()}
        />
      )}
      {loaded && rows.ordered.length === 0 && <p className={css.emptyRuns}>{text.noRuns}</p>}
      {rows.ordered.length > 0 && rows.shown.length === 0 && (
        <p className={css.emptyRuns}>
          {text.noRunMatches(view.q)} · <Clear set={set} />
        </p>
      )}
    </aside>
  );
}

function Clear({ set }: { set: SetView }) {
  return (
    <button type="button" className={css.link} onClick={() => set({ q: "" })}>
      {text.clear}
    </button>
  );
}

const rowHeight = () => (matchMedia("(pointer: coarse)").matches ? 40 : 28);

function Skeleton() {
  return (
    <div className={css.skeletons} role="status" aria-label={text.loadingRuns}>
      {Array.from({ length: 8 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: eight equal bars.
        <span key={i} className={controls.skeleton} />
      ))}
    </div>
  );
}
