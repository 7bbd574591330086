// What every panel of a kind has around what it shows: why there is nothing, what failed and as of when the picture is, what is
// left out, and the rail of steps.

import { type ReactNode, useDeferredValue } from "react";
import { timeOfDay } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import type { PanelShared } from "../../experiment/context";
import { text } from "../../text";
import css from "./KindShell.module.css";
import { StepRail } from "./StepRail";
import type { Values } from "./useValues";

interface Props {
  /** Of the panel. */
  id: string;
  values: Values;
  shared: PanelShared;
  /** Controls in a line over what is shown, which may follow them later: a slider that did would lose keys. */
  bar?: ReactNode;
  children: ReactNode;
}

export function KindShell({ id, values, shared, bar, children }: Props) {
  const { items, loading, problem, left } = values;
  const empty = items.length === 0;
  // What is shown of hundreds of runs is rendered in slices, and given up for a newer step; the rail moves at once.
  const shown = useDeferredValue(children);
  const damage = items.find((item) => item.damage !== "")?.damage ?? "";
  return (
    <>
      {problem !== null && !empty && <Failed values={values} />}
      {Boolean(bar) && <div className={css.bar}>{bar}</div>}
      {empty ? <Nothing values={values} shared={shared} /> : <div className={css.body}>{shown}</div>}
      {damage !== "" && (
        <p className={css.note} title={visible(damage.slice(0, 300))}>
          {text.kinds.damagedSeries}
        </p>
      )}
      {left > 0 && !loading && <p className={css.note}>{text.runsLeft(left)}</p>}
      {!empty && <StepRail id={id} values={values} shared={shared} />}
    </>
  );
}

/** A failure leaves the last picture, and says when it was. */
function Failed({ values: { problem, asOf } }: { values: Values }) {
  const title = problem?.title || text.unreachable;
  return (
    <p className={css.failed} role="status">
      {text.asOf(timeOfDay(asOf / 1000, Date.now()), title)}
    </p>
  );
}

function Nothing({ values: { loading, problem, retry }, shared }: Pick<Props, "values" | "shared">) {
  if (loading) return <div className={`${controls.skeleton} ${css.wait}`} />;
  if (problem === null) return <p className={css.none}>{shared.noneDrawn ? text.noneDrawn : text.noData}</p>;
  return (
    <div className={css.none} role="status">
      <p>
        {problem.title || text.unreachable}
        {problem.detail !== "" && `. ${problem.detail}`}
      </p>
      <button type="button" className={controls.btn} onClick={retry}>
        {text.retry}
      </button>
    </div>
  );
}
