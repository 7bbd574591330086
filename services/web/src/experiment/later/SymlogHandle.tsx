// Where symlog's linear part ends on the axis: dragged, or moved by keys. It is the panel's own from then on.

import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import { shortValue } from "../../chart/format";
import { scaleYOf, yAt } from "../../chart/paint";
import type { Frame } from "../../chart/protocol";
import { setOverride } from "../../panels/edit";
import { formatY } from "../../state/charts_view";
import { text } from "../../text";
import type { PanelShared } from "../context";
import css from "../Panel.module.css";

interface Props {
  id: string;
  frame: Frame;
  host: RefObject<HTMLDivElement | null>;
  shared: PanelShared;
}

// Decades for a key.
const KEYS: Record<string, number> = {
  ArrowUp: 0.1,
  ArrowRight: 0.1,
  ArrowDown: -0.1,
  ArrowLeft: -0.1,
  PageUp: 1,
  PageDown: -1,
};

/** A c that reads well: two digits. */
export const roundC = (c: number): number => Number(Math.min(1e300, Math.max(1e-300, c)).toPrecision(2));

export function SymlogHandle({ id, frame, host, shared }: Props) {
  const { c, pad } = frame;
  const put = (next: number | null, gesture: boolean) => {
    const look = shared.lookOf(id, shared.hand.get(id));
    const y = formatY({ y: "symlog", c: next, outliers: look.outliers ?? shared.viewCharts.outliers });
    shared.edit((view) => ({ panels: setOverride(view.panels, id, "y", y) }), gesture);
  };
  const press = (event: KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by === undefined && event.key !== "Home") return;
    event.preventDefault();
    put(by === undefined ? null : roundC(c * 10 ** by), true);
  };
  // By the axis as it was pressed: it changes under the pointer.
  const drag = (event: PointerEvent<HTMLElement>) => {
    const box = host.current?.getBoundingClientRect();
    if (event.button !== 0 || box === undefined) return;
    const el = event.currentTarget;
    el.setPointerCapture(event.pointerId);
    const move = ({ clientY }: globalThis.PointerEvent) => {
      const value = Math.abs(yAt(frame, box.height - pad.top - pad.bottom, clientY - box.top - pad.top));
      put(roundC(Math.max(value, c / 100)), true);
    };
    const done = () => {
      el.removeEventListener("pointermove", move);
      el.removeEventListener("pointerup", done);
      el.removeEventListener("pointercancel", done);
    };
    el.addEventListener("pointermove", move);
    el.addEventListener("pointerup", done);
    el.addEventListener("pointercancel", done);
  };
  // At +c, or at −c where the axis has no positive values; kept within the axis.
  const at = frame.y[1] > 0 ? c : -c;
  const part = Math.min(1, Math.max(0, scaleYOf(frame, 1)(at)));
  return (
    <div
      className={css.linear}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={text.symlogPart}
      aria-valuenow={Math.log10(c)}
      aria-valuetext={text.symlogNote(shortValue(c))}
      title={text.symlogDrag(shortValue(c))}
      style={{ top: `calc(${pad.top}px + (100% - ${pad.top + pad.bottom}px) * ${part})`, left: pad.left - 9 }}
      onKeyDown={press}
      onPointerDown={drag}
      data-own
    />
  );
}
