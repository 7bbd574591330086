// Scatter, drawn as SVG: a mark for each run and column.

import { useMemo, useRef } from "react";
import { text } from "../../text";
import { nearestMark } from "../nearest";
import { sideScale } from "../scales";
import type { ColumnsProps } from "./OtherPanel";
import css from "./OtherPanel.module.css";
import { DENSE, label, onTop, PAD, PlotTip, usePointed, useSize } from "./plot_parts";

export function Scatter({ rows, titles, focus, shared }: ColumnsProps) {
  const host = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const pointer = usePointed(host, { shared });
  const w = Math.max(0, width - PAD.left - PAD.right);
  const h = Math.max(0, height - PAD.top - PAD.bottom - 14);
  const { x, y } = useMemo(() => {
    const xs = rows.map(({ cells }) => cells[0]);
    const ys = rows.flatMap(({ cells }) => cells.slice(1));
    return { x: sideScale(xs, w / 2), y: sideScale(ys, h) };
  }, [rows, w, h]);
  const points = onTop(rows, focus).flatMap((row) =>
    row.cells.slice(1).map((cell, k) => ({ row, k, px: x.at(row.cells[0]), py: y.at(cell) })),
  );
  const placed = points.flatMap(({ row, k, px, py }) =>
    px === null || py === null ? [] : [{ row, k, x: PAD.left + px * w, y: PAD.top + (1 - py) * h }],
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: by keyboard the run table focuses runs.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      className={css.plot}
      ref={host}
      data-pointed={pointer.pointed !== null || undefined}
      onPointerMove={(event) => pointer.at(event, (px, py) => nearestMark(placed, px, py)?.row ?? null)}
      onPointerLeave={pointer.leave}
      onClick={pointer.choose}
    >
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={text.scatterLabel(placed.length, titles.join(", "))}>
          <g transform={`translate(${PAD.left} ${PAD.top})`}>
            {y.ticks.map((tick) => (
              <g key={tick.label} transform={`translate(0 ${(1 - tick.at) * h})`}>
                <line className={css.grid} x2={w} />
                <text className={css.tick} x={-6} dy="0.32em" textAnchor="end">
                  {label(tick.label, 8)}
                </text>
              </g>
            ))}
            {x.ticks.map((tick) => (
              <text key={tick.label} className={css.tick} x={tick.at * w} y={h + 14} textAnchor="middle">
                {label(tick.label, 10)}
              </text>
            ))}
            <line className={css.axis} y1={h} y2={h} x2={w} />
            <text className={css.tick} x={w} y={h + 30} textAnchor="end">
              {label(titles[0], 40)}
            </text>
          </g>
          {placed.map(({ row, k, x: cx, y: cy }) => (
            <circle
              key={`${row.id} ${k}`}
              className={css.mark}
              data-focus={row.id === focus || undefined}
              cx={cx}
              cy={cy}
              r={row.id === focus ? 6 : placed.length > DENSE ? 3 : 4.5}
              fill={row.color}
            />
          ))}
        </svg>
      )}
      {points.length > placed.length && (
        <p className={css.corner}>{text.unplacedRuns(points.length - placed.length)}</p>
      )}
      <PlotTip pointed={pointer.pointed} titles={titles} width={width} />
    </div>
  );
}
