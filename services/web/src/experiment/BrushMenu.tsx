// What can be done with a box that was brushed on a chart: the runs that pass through it, its values, a zoom.

import { useEffect, useRef, useState } from "react";
import { isExpression } from "../api/tags";
import controls from "../components/controls.module.css";
import { Once } from "../components/later";
import { shownColumns } from "../runs/ask";
import { hasMeans } from "../runs/useOverRange";
import { metricOf, type ShownColumn, sameColumn } from "../state/columns";
import type { SetView } from "../state/useView";
import { text } from "../text";
import css from "./BrushMenu.module.css";
import type { Brushed } from "./chartActs";
import { usePanelShared } from "./context";
import { TableDialog } from "./TableDialog";
import { rangeOf } from "./usePointer";

/** The columns with one more for the mean of each of these tags. */
function withMeans(columns: readonly ShownColumn[], tags: readonly string[]): ShownColumn[] {
  const added = tags.map((tag): ShownColumn => ({ column: metricOf(tag, "range"), pinned: false, width: null }));
  return [...columns, ...added.filter(({ column }) => !columns.some((shown) => sameColumn(shown.column, column)))];
}

export function BrushMenu({ box, set }: { box: Brushed; set: SetView }) {
  const shared = usePanelShared();
  const { engine, runs, zoom, brushed, groupLabel } = shared;
  const range = rangeOf(box.frame, box.x[0], box.x[1]);
  const hand = shared.hand.get(box.panel);
  const means = (hand === undefined ? [box.panel] : shared.tagsOf(hand)).filter((tag) => !isExpression(tag));
  const [passing, setPassing] = useState<string[] | null>(null);
  const [table, setTable] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);
  useEffect(() => {
    let current = true;
    setPassing(null);
    void engine.ask(box.panel, { what: "passing", x: box.x, y: box.y }).then((answer) => {
      if (current) setPassing(answer?.runs ?? []);
    });
    first.current?.focus();
    return () => {
      current = false;
    };
  }, [engine, box]);
  const choose = () => {
    if (passing !== null && passing.length > 0) set({ sel: { base: "ids", ids: passing } });
    brushed(null);
  };
  return (
    <>
      <div
        className={`${controls.popup} ${css.menu}`}
        role="group"
        aria-label={text.brushed}
        style={{ left: Math.min(box.client.x + 6, innerWidth - 240), top: Math.min(box.client.y, innerHeight - 160) }}
      >
        <button
          ref={first}
          type="button"
          className={controls.item}
          aria-disabled={passing === null || passing.length === 0}
          onClick={choose}
        >
          {passing === null ? text.brushCounting : text.brushPassing(passing.length)}
        </button>
        <button type="button" className={controls.item} onClick={() => setTable(true)}>
          {text.brushTable}
        </button>
        {range !== null && hasMeans(range.axis) && means.length > 0 && (
          <button
            type="button"
            className={controls.item}
            onClick={() => {
              set((view) => ({ brushed: range, cols: withMeans(shownColumns(view, shared.tags[0] ?? null), means) }));
              brushed(null);
            }}
          >
            {text.brushMean}
          </button>
        )}
        <button
          type="button"
          className={controls.item}
          onClick={() => {
            zoom(rangeOf(box.frame, box.x[0], box.x[1]));
            brushed(null);
          }}
        >
          {text.brushZoom}
        </button>
      </div>
      <Once when={table}>
        <TableDialog
          tag={table ? box.panel : null}
          range={box.x}
          engine={engine}
          nameOf={(key) => runs.get(key)?.name ?? groupLabel(key)}
          onClose={() => setTable(false)}
        />
      </Once>
    </>
  );
}
