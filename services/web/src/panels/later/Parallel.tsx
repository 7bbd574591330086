// Parallel coordinates: a line for each run over an axis for each column. Brushes on the axes choose runs; the others stay as
// thin grey lines, so that one sees what is left out.

import { memo, useMemo, useRef, useState } from "react";
import controls from "../../components/controls.module.css";
import { narrowed } from "../../filter/meaning";
import { axisOf, type HandPanel, withAxis } from "../../state/hand_panels";
import { isPreview } from "../../state/panel_ids";
import { text } from "../../text";
import { brushFilter, isBrushed, passes, withoutBrushes } from "../brushes";
import { nearestLine } from "../nearest";
import { type SideScale, sideScale } from "../scales";
import { type AxisPlace, ParallelAxis } from "./Axis";
import type { ColumnsProps } from "./OtherPanel";
import css from "./OtherPanel.module.css";
import { DENSE, label, onTop, PAD, PlotTip, usePointed, useSize } from "./plot_parts";

const TOP = 34; // CSS pixels over the axes, for their names
const BELOW = 56; // under them: their scales, and what one can do with the brushed runs
const RIGHT = 40;

export function Parallel({ panel, rows, titles, focus, shared }: ColumnsProps) {
  const host = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const pointer = usePointed(host, { shared });
  const pressed = useRef(false);
  // While an axis is dragged or brushed the panel is another one; the address has it when the pointer lets go.
  const [draft, setDraft] = useState<HandPanel | null>(null);
  const now = draft ?? panel;
  const change = (next: HandPanel, done: boolean) => {
    setDraft(done ? null : next);
    if (done) shared.changeHand(next);
  };
  const h = Math.max(0, height - TOP - BELOW);
  const step = titles.length > 1 ? Math.max(0, width - PAD.left - RIGHT) / (titles.length - 1) : 0;
  const axes = useAxes(panel, rows, h);
  const lines = useMemo(() => {
    const place = (cells: ColumnsProps["rows"][number]["cells"]) =>
      axes.map(({ scale, flip }, i) => {
        const at = scale.at(cells[i]);
        return at === null ? null : (flip ? at : 1 - at) * h;
      });
    return rows.map((row) => ({ row, ys: place(row.cells) }));
  }, [rows, axes, h]);
  const chosen = useMemo(() => new Set(rows.filter((row) => passes(now, row.cells)).map(({ id }) => id)), [rows, now]);
  const paths = useMemo(() => new Map(lines.map(({ row, ys }) => [row.id, pathOf(ys, step)])), [lines, step]);
  const pickable = lines.filter(({ row }) => chosen.has(row.id));
  const opacity = rows.length > DENSE ? 0.3 : 0.75;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: by keyboard the run table focuses runs.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      className={css.plot}
      ref={host}
      data-pointed={pointer.pointed !== null || undefined}
      onPointerDown={(event) => {
        pressed.current = !isControl(event.target);
      }}
      onPointerMove={(event) => {
        if (isControl(event.target)) pointer.leave();
        else pointer.at(event, (x, y) => nearestLine(pickable, step, x - PAD.left, y - TOP)?.row ?? null);
      }}
      onPointerLeave={pointer.leave}
      onClick={() => {
        // A drag of a brush that ends beside its axis is no click on a run.
        if (pressed.current) pointer.choose();
        pressed.current = false;
      }}
    >
      {width > 0 && (
        <>
          <svg width={width} height={height} role="img" aria-label={text.parallelLabel(chosen.size, titles.join(", "))}>
            <g transform={`translate(${PAD.left} ${TOP})`}>
              {[...onTop(rows, focus)]
                .sort((a, b) => Number(chosen.has(a.id)) - Number(chosen.has(b.id)))
                .map((row) => (
                  <Line
                    key={row.id}
                    d={paths.get(row.id) ?? ""}
                    color={row.color}
                    opacity={opacity}
                    focus={row.id === focus}
                    out={!chosen.has(row.id)}
                  />
                ))}
              {axes.map(({ scale, flip }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: axes are known by their place.
                <g key={i} transform={`translate(${i * step} 0)`}>
                  <line className={css.axis} y2={h} />
                  {scale.ticks.map((tick) => (
                    <text
                      key={tick.label}
                      className={css.tick}
                      x={-9}
                      y={(flip ? tick.at : 1 - tick.at) * h}
                      dy="0.32em"
                      textAnchor="end"
                    >
                      {label(tick.label, Math.max(4, Math.min(12, Math.floor((i === 0 ? PAD.left : step) / 8))))}
                    </text>
                  ))}
                </g>
              ))}
            </g>
          </svg>
          {panel.y.map((column, i) => {
            const place: AxisPlace = { index: i, count: panel.y.length, left: PAD.left + i * step, top: TOP, step, h };
            return (
              <ParallelAxis
                key={column}
                title={titles[i]}
                place={place}
                axis={axisOf(now, column)}
                scale={axes[i].scale}
                onChange={(axis, done) => change(withAxis(now, column, axis), done)}
                onMove={(to) => change(moved(panel, i, to), true)}
              />
            );
          })}
          <Chosen {...{ panel, rows, shared }} chosen={chosen} />
        </>
      )}
      <PlotTip pointed={pointer.pointed} titles={titles} width={width} />
    </div>
  );
}

const isControl = (target: EventTarget) =>
  target instanceof Element && target.closest("button:not([data-track]), [role=slider]") !== null;

function useAxes(panel: HandPanel, rows: ColumnsProps["rows"], h: number): { scale: SideScale; flip: boolean }[] {
  // Brushes do not change where the lines are.
  const looks = JSON.stringify(panel.y.map((column) => [axisOf(panel, column).scale, axisOf(panel, column).flip]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the panel's axes.
  return useMemo(
    () =>
      panel.y.map((column, i) => {
        const { scale, flip } = axisOf(panel, column);
        const values = rows.map(({ cells }) => cells[i] ?? null);
        return { scale: sideScale(values, h, scale), flip };
      }),
    [rows, looks, h],
  );
}

function moved(panel: HandPanel, from: number, to: number): HandPanel {
  const y = [...panel.y];
  y.splice(Math.min(y.length - 1, Math.max(0, to)), 0, ...y.splice(from, 1));
  // In the order of the columns, as the address gives them back.
  return { ...panel, y, axes: y.flatMap((column) => panel.axes.filter(([of]) => of === column)) };
}

interface LineProps {
  d: string;
  color: string;
  opacity: number;
  focus: boolean;
  out: boolean;
}

const Line = memo(function Line({ d, color, opacity, focus, out }: LineProps) {
  if (out) return <path className={css.left} d={d} />;
  return <path className={css.line} data-focus={focus || undefined} d={d} stroke={color} strokeOpacity={opacity} />;
});

/** A line through the axes; where the run has no value it is broken. */
function pathOf(ys: readonly (number | null)[], step: number): string {
  let pen = "M";
  let path = "";
  ys.forEach((y, i) => {
    if (y === null) pen = "M";
    else {
      path += `${pen}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
    }
  });
  return path;
}

/** What was brushed, and where it can go. */
function Chosen({ panel, rows, shared, chosen }: Omit<ColumnsProps, "titles" | "focus"> & { chosen: Set<string> }) {
  if (!isBrushed(panel)) return <p className={css.brushed}>{text.brushHint}</p>;
  const some = chosen.size > 0 && !isPreview(panel.id);
  return (
    <p className={css.brushed}>
      <span role="status">{text.brushedRuns(chosen.size, rows.length)}</span>
      {some && (
        <>
          <button
            type="button"
            className={controls.ghost}
            onClick={() => shared.edit(() => ({ sel: { base: "ids", ids: [...chosen] } }))}
          >
            {text.drawBrushed}
          </button>
          <button
            type="button"
            className={controls.ghost}
            onClick={() => shared.edit((view) => ({ q: narrowed(view.q, brushFilter(panel, rows)) }))}
          >
            {text.filterBrushed}
          </button>
        </>
      )}
      <button type="button" className={controls.ghost} onClick={() => shared.changeHand(withoutBrushes(panel))}>
        {text.clearBrushes}
      </button>
    </p>
  );
}
