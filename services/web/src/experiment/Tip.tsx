// The tooltip: what stands under the crosshair of the panel that the pointer is in. It stands beside the hair.

import { type RefObject, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { clockTime, duration, fullStep, shortValue } from "../chart/format";
import { PAD } from "../chart/paint";
import type { Frame, HoverRow, PanelHover } from "../chart/protocol";
import { Name } from "../components/Name";
import { text } from "../text";
import { usePanelShared } from "./context";
import css from "./Panel.module.css";

export function Tip({
  hover,
  host,
  frame,
}: {
  hover: PanelHover;
  host: RefObject<HTMLDivElement | null>;
  frame: Frame | null;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = ref.current;
    const plot = host.current;
    if (tip === null || plot === null || hover.hair === null) return;
    const box = plot.getBoundingClientRect();
    const x = box.left + PAD.left + hover.hair;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const right = x + 14 + width <= innerWidth - 8;
    const left = right ? x + 14 : Math.max(8, x - 14 - width);
    // Never over the x label: it stays above the plot's foot where there is room.
    const middle = box.top + PAD.top + (Number.isFinite(hover.rows[0].py) ? hover.rows[0].py : box.height / 2);
    const top = Math.max(
      8,
      Math.min(middle - height / 2, box.bottom - PAD.bottom - height - 3, innerHeight - height - 8),
    );
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
  });
  const first = hover.rows.find((row) => Math.abs(row.px - (hover.hair ?? 0)) < 0.5) ?? hover.rows[0];
  const bucketed = hover.rows.some((row) => row.bucketed);
  const smoothed = hover.rows.some((row) => row.smoothed !== row.value && !Number.isNaN(row.value));
  const left = hover.total - hover.rows.length;
  return createPortal(
    <div className={css.tip} ref={ref} role="presentation" data-tip>
      <div className={css.tipHead}>
        <b>
          {text.step} {fullStep(first.step)}
        </b>
        <span>
          {duration(first.relative)} · {clockTime(first.wall)}
        </span>
      </div>
      {hover.rows.map((row, i) => (
        <Row key={row.run} row={row} nearest={i === 0} />
      ))}
      <div className={css.tipFoot}>
        {left > 0 && text.tipMore(left)}
        {bucketed ? text.tipRange : smoothed ? text.tipSmoothed : text.tipValue} · {text.tipHint}
        {frame?.yMode === "log" ? ` · ${text.log}` : ""}
      </div>
    </div>,
    document.body,
  );
}

function Row({ row, nearest }: { row: HoverRow; nearest: boolean }) {
  const shared = usePanelShared();
  return (
    <div className={nearest ? `${css.row} ${css.nearest}` : css.row}>
      <i style={{ background: row.color }} />
      <Name name={shared.runs.get(row.run)?.name ?? row.run} title={false} />
      <b>{shortValue(row.value)}</b>
      <span>
        {row.bucketed
          ? Number.isNaN(row.min)
            ? ""
            : `${shortValue(row.min)} – ${shortValue(row.max)}`
          : row.smoothed !== row.value && !Number.isNaN(row.value)
            ? shortValue(row.smoothed)
            : ""}
      </span>
    </div>
  );
}
