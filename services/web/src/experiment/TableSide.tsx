// The table with what surrounds it: its side, the bar of chosen runs.

import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { BulkBar } from "../runs/BulkBar";
import { COARSE } from "../runs/layout";
import type { PopupState } from "../runs/popups/TablePopup";
import { RunTable, type TableHandle } from "../runs/RunTable";
import type { RunActs } from "../runs/table_acts";
import type { Bulk } from "../runs/useBulk";
import type { Checked } from "../runs/useRunActs";
import type { Runs } from "../runs/useRuns";
import { differs } from "../runs/values";
import { formatColumn, type ShownColumn } from "../state/columns";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { LEAST, MOST, RunSide } from "./RunSide";

interface Props {
  view: View;
  set: SetView;
  runs: Runs;
  shown: readonly ShownColumn[];
  tags: string[];
  handle: RefObject<TableHandle | null>;
  current: string | null;
  setCurrent(row: string): void;
  focus: string | null;
  checked: Checked;
  acts: RunActs;
  bulk: Bulk;
  /** The address of the comparison. */
  compare: string;
  setPopup(popup: PopupState): void;
  onClose(): void;
}

export function TableSide(props: Props) {
  const { view, set, runs, shown, tags, handle, checked, acts, bulk, compare, setPopup, onClose } = props;
  const { rows, state, groups } = runs;
  const grouped = view.group.length > 0;
  const list = grouped ? groups.state : state;
  const open = useMemo(() => new Set(view.open), [view.open]);
  const columns = useMemo(
    () => (view.differing ? shown.filter((s) => s.column.space === "metric" || differs(rows.shown, s.column)) : shown),
    [view.differing, shown, rows.shown],
  );
  const onHold = useHold(runs.hold, groups.list.hold);
  const now = useMinute();
  const apply = () => {
    runs.apply();
    groups.list.apply();
  };
  return (
    <RunSide
      {...{ rows, view, set, apply, onClose }}
      state={{ ...list, waiting: list.waiting }}
      onPointer={(inside) => onHold({ pointer: inside })}
      onResize={(size, done) =>
        set((v) => ({ table: { ...v.table, size: Math.round(Math.max(LEAST, Math.min(size, MOST))) } }), !done)
      }
      table={
        <RunTable
          {...{ handle, rows, state, groups, view, tags, checked: checked.ids, open, acts, now }}
          shown={columns}
          current={props.current}
          setCurrent={props.setCurrent}
          focus={props.focus}
          rowHeight={ROW_HEIGHT}
          onMenu={(column, anchor) => setPopup({ ask: { kind: "head", column: formatColumn(column) }, anchor })}
          want={runs.want}
          onAway={(away) => onHold({ away })}
        />
      }
      bulk={
        checked.ids.size > 0 && (
          <BulkBar
            {...{ checked, rows, set, bulk }}
            ask={runs.ask}
            shown={columns}
            compare={compareAddress(compare, checked.ids)}
            open={(ask, anchor) => setPopup({ ask, anchor })}
          />
        )
      }
    />
  );
}

const MOST_COMPARED = 50;

const compareAddress = (address: string, ids: ReadonlySet<string>) =>
  ids.size < 2 || ids.size > MOST_COMPARED ? null : `${address}?sel=${[...ids].map(encodeURIComponent).join(",")}`;

const ROW_HEIGHT = COARSE ? 40 : 28;

/** Rows keep their places while the pointer is among them or they are scrolled. */
function useHold(...holds: ((held: boolean) => void)[]) {
  const why = useRef({ pointer: false, away: false });
  return (change: Partial<{ pointer: boolean; away: boolean }>) => {
    const before = why.current.pointer || why.current.away;
    why.current = { ...why.current, ...change };
    const held = why.current.pointer || why.current.away;
    if (held !== before) for (const hold of holds) hold(held);
  };
}

/** Date.now(), each half minute: for times that are told relative to now. */
function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
