// Scatter and parallel coordinates, drawn as SVG: a mark or a line a run, which says its values on hover.

import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import { shorten, visible } from "../../components/Name";
import { text } from "../../text";
import type { DataRow } from "../columns";
import { sideScale } from "../scales";
import { type ColumnsProps, cellText } from "./OtherPanel";
import css from "./OtherPanel.module.css";

const PAD = { top: 10, right: 14, bottom: 24, left: 52 };
const DENSE = 300; // marks from which they are drawn thinner

function useSize(host: RefObject<HTMLDivElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const el = host.current;
    if (el === null) return;
    const measure = () => setSize({ width: el.clientWidth, height: el.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    return () => observer.disconnect();
  }, [host]);
  return size;
}

const label = (name: string, most: number) => visible(shorten(name, most));

const sayOf = (row: DataRow, titles: readonly string[]) =>
  [row.name, ...titles.map((title, i) => `${title}: ${cellText(row.cells[i]) || text.noValue}`)]
    .map((line) => label(line, 200))
    .join("\n");

/** The focused run last, so that it lies on top. */
const onTop = (rows: DataRow[], focus: string | null) =>
  [...rows].sort((a, b) => Number(a.id === focus) - Number(b.id === focus));

export function Scatter({ rows, titles, focus }: ColumnsProps) {
  const host = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const w = Math.max(0, width - PAD.left - PAD.right);
  const h = Math.max(0, height - PAD.top - PAD.bottom - 14);
  const { x, y } = useMemo(
    () => ({
      x: sideScale(
        rows.map(({ cells }) => cells[0]),
        w / 2,
      ),
      y: sideScale(
        rows.flatMap(({ cells }) => cells.slice(1)),
        h,
      ),
    }),
    [rows, w, h],
  );
  const points = onTop(rows, focus).flatMap((row) =>
    row.cells.slice(1).map((cell, k) => ({ row, k, px: x.at(row.cells[0]), py: y.at(cell) })),
  );
  const placed = points.filter((p) => p.px !== null && p.py !== null);
  return (
    <div className={css.plot} ref={host}>
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
            {placed.map(({ row, k, px, py }) => (
              <circle
                key={`${row.id} ${k}`}
                className={css.mark}
                data-focus={row.id === focus || undefined}
                cx={px! * w}
                cy={(1 - py!) * h}
                r={row.id === focus ? 6 : placed.length > DENSE ? 3 : 4.5}
                fill={row.color}
              >
                <title>{sayOf(row, titles)}</title>
              </circle>
            ))}
          </g>
        </svg>
      )}
      {points.length > placed.length && (
        <p className={css.corner}>{text.unplacedRuns(points.length - placed.length)}</p>
      )}
    </div>
  );
}

export function Parallel({ rows, titles, focus }: ColumnsProps) {
  const host = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const h = Math.max(0, height - PAD.top - 46);
  const axes = useMemo(
    () =>
      titles.map((_, i) =>
        sideScale(
          rows.map(({ cells }) => cells[i]),
          h,
        ),
      ),
    [rows, titles, h],
  );
  const step = titles.length > 1 ? Math.max(0, width - PAD.left - 40) / (titles.length - 1) : 0;
  return (
    <div className={css.plot} ref={host}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={text.parallelLabel(rows.length, titles.join(", "))}>
          <g transform={`translate(${PAD.left} ${PAD.top + 20})`}>
            {onTop(rows, focus).map((row) => (
              <path
                key={row.id}
                className={css.line}
                data-focus={row.id === focus || undefined}
                d={pathOf(row, axes, step, h)}
                stroke={row.color}
                strokeOpacity={rows.length > DENSE ? 0.3 : 0.75}
              >
                <title>{sayOf(row, titles)}</title>
              </path>
            ))}
            {titles.map((title, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place.
              <g key={i} transform={`translate(${i * step} 0)`}>
                <line className={css.axis} y2={h} />
                <text className={css.name} y={-9} textAnchor="middle">
                  {label(title, Math.max(4, Math.floor(step / 8)))}
                </text>
                {axes[i].ticks.map((tick) => (
                  <text key={tick.label} className={css.tick} x={-5} y={(1 - tick.at) * h} dy="0.32em" textAnchor="end">
                    {label(tick.label, 9)}
                  </text>
                ))}
              </g>
            ))}
          </g>
        </svg>
      )}
    </div>
  );
}

/** A line through the axes; where the run has no value it is broken. */
function pathOf(row: DataRow, axes: ReturnType<typeof sideScale>[], step: number, h: number): string {
  let pen = "M";
  let path = "";
  row.cells.forEach((cell, i) => {
    const at = axes[i].at(cell);
    if (at === null) pen = "M";
    else {
      path += `${pen}${(i * step).toFixed(1)} ${((1 - at) * h).toFixed(1)}`;
      pen = "L";
    }
  });
  return path;
}
