// The table's side of the page: what is outside of the filter or waits, the table, and what can be done with chosen runs. On a
// narrow window it is a sheet at the foot. Why there is no list say the charts, which are always in view.

import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import controls from "../components/controls.module.css";
import { Name } from "../components/Name";
import { icon } from "../components/Shell";
import type { ListState } from "../runs/list";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import css from "./ExperimentPage.module.css";
import { MAX_DRAWN } from "./limits";
import type { Rows } from "./rows";

interface Props {
  rows: Rows;
  /** Of runs, or of groups where there are some. */
  state: Pick<ListState<unknown>, "loaded" | "total" | "error" | "waiting" | "changing">;
  view: View;
  set: SetView;
  /** Shows what waits. */
  apply(): void;
  /** The pointer is in the table: its order has to stay. */
  onPointer(inside: boolean): void;
  onClose(): void;
  /** While the edge is dragged: the width, or the height. */
  onResize(size: number, done: boolean): void;
  table: ReactNode;
  bulk: ReactNode;
}

export function RunSide(props: Props) {
  const { rows, state, view, set, apply, onPointer, onClose, table, bulk } = props;
  return (
    <aside
      className={css.side}
      aria-label={text.runs}
      onMouseEnter={() => onPointer(true)}
      onMouseLeave={() => onPointer(false)}
    >
      <div className={`${css.sideBar} ${css.narrowOnly}`}>
        <b>{text.runCount(rows.total)}</b>
        <button type="button" className={controls.square} aria-label={text.closeRuns} onClick={onClose}>
          <X {...icon} />
        </button>
      </div>
      {rows.outside.length > 0 && <Outside rows={rows} set={set} />}
      {rows.over !== null && (
        <p className={css.line} role="status">
          {rows.over.groups.map(({ key, label, drawn, count }) => (
            <span key={key}>
              {text.group} <Name name={label} />: {text.partOfGroup(drawn, count)}{" "}
            </span>
          ))}
          {rows.over.left > 0 && `${text.groupsLeft(rows.over.left)} `}
          {text.chartHolds(MAX_DRAWN)}
        </p>
      )}
      {state.waiting !== null && (
        <p className={css.line} role="status">
          {state.waiting > 0 ? text.newRuns(state.waiting) : text.otherOrder} ·{" "}
          <button type="button" className={css.link} onClick={apply}>
            {text.show}
          </button>
        </p>
      )}
      {state.loaded ? table : state.error === null && <Skeleton />}
      {state.loaded && state.total === 0 && !state.changing && <Nothing view={view} set={set} />}
      {bulk}
      <Edge {...props} />
    </aside>
  );
}

/** "3 chosen runs are outside the filter · show" */
function Outside({ rows, set }: { rows: Rows; set: SetView }) {
  return (
    <details className={css.line}>
      <summary>
        {text.outside(rows.outside.length)} · <span className={css.link}>{text.show}</span>
      </summary>
      <ul className={css.outside}>
        {rows.outside.map((run) => (
          <li key={run.id}>
            <Name name={run.name} />
          </li>
        ))}
      </ul>
      <button type="button" className={css.link} onClick={() => set({ q: "" })}>
        {text.clearFilter}
      </button>
    </details>
  );
}

function Nothing({ view, set }: { view: View; set: SetView }) {
  if (view.q === "") {
    return (
      <p className={css.emptyRuns}>
        {text.noRuns}
        {view.archived === "no" && (
          <>
            {" · "}
            <button type="button" className={css.link} onClick={() => set({ archived: "too" })}>
              {text.showArchived}
            </button>
          </>
        )}
      </p>
    );
  }
  return (
    <p className={css.emptyRuns}>
      {text.noRunMatches(view.q)} ·{" "}
      <button type="button" className={css.link} onClick={() => set({ q: "" })}>
        {text.clear}
      </button>
    </p>
  );
}

const STANDARD = 478; // CSS pixels; tells where the edge is as long as nobody has moved it
export const LEAST = 140;
export const MOST = 4000;
const STEP = 24; // CSS pixels that an arrow key moves the edge

/** The edge between table and charts. */
function Edge({ view, onResize }: Pick<Props, "view" | "onResize">) {
  const host = useRef<HTMLDivElement>(null);
  const below = view.table.place === "below";
  const dragging = useRef(false);
  const box = () => host.current!.parentElement!.getBoundingClientRect();
  const sizeAt = (event: React.PointerEvent) => (below ? box().bottom - event.clientY : event.clientX - box().left);
  return (
    <div
      ref={host}
      role="separator"
      tabIndex={0}
      aria-orientation={below ? "horizontal" : "vertical"}
      aria-label={text.resizeTable}
      aria-valuenow={view.table.size ?? STANDARD}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      className={css.sideEdge}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (dragging.current) onResize(sizeAt(event), false);
      }}
      onPointerUp={(event) => {
        if (dragging.current) onResize(sizeAt(event), true);
        dragging.current = false;
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -STEP, ArrowRight: STEP, ArrowUp: STEP, ArrowDown: -STEP }[event.key];
        if (by === undefined || below !== (event.key === "ArrowUp" || event.key === "ArrowDown")) return;
        event.preventDefault();
        event.stopPropagation();
        onResize((below ? box().height : box().width) + by, true);
      }}
    />
  );
}

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
