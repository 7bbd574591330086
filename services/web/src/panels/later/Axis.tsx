// One axis of parallel coordinates, by pointer and by keyboard: its name (a click flips it, a drag or ← → moves it), its scale,
// and its brushes (a drag along the axis makes one, a drag of one moves it, a click on it removes it).

import { type PointerEvent as ReactPointerEvent, useRef, useState } from "react";
import { Name, visible } from "../../components/Name";
import { AXIS_SCALES, type AxisView, type Brush } from "../../state/axes";
import { text } from "../../text";
import { addBrushes, brushesAt, placesOf } from "../brushes";
import { startResize } from "../drag";
import type { SideScale } from "../scales";
import css from "./OtherPanel.module.css";

/** Where the axis stands, in CSS pixels. */
export interface AxisPlace {
  index: number;
  count: number;
  left: number;
  top: number;
  step: number;
  h: number;
}

interface Props {
  title: string;
  place: AxisPlace;
  axis: AxisView;
  scale: SideScale;
  onChange(axis: AxisView, done: boolean): void;
  onMove(to: number): void;
}

/** A name in an attribute: it is hostile. */
const said = (name: string) => visible(name.slice(0, 80));

export function ParallelAxis(props: Props) {
  const { place, axis, scale, onChange } = props;
  const width = Math.max(48, Math.min(160, place.step - 8));
  return (
    <>
      <AxisName {...props} width={width} />
      <Track {...props} />
      {axis.brushes.map((brush, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a brush that moves stays the same one.
        <Handle key={i} {...props} brush={brush} at={i} />
      ))}
      <button
        type="button"
        className={css.scale}
        style={{ left: place.left, top: place.top + place.h + 4 }}
        aria-label={text.axisScale(said(props.title), text.axisScaleName[scale.kind])}
        title={text.axisScaleHint}
        onClick={() => {
          const next = AXIS_SCALES[(AXIS_SCALES.indexOf(scale.kind) + 1) % AXIS_SCALES.length];
          // Brushes of another kind of axis would choose unseen.
          const kept = (next === "cat") === (scale.kind === "cat") ? axis.brushes : [];
          onChange({ ...axis, scale: next, brushes: kept }, true);
        }}
      >
        {text.axisScaleName[scale.kind]}
      </button>
    </>
  );
}

function AxisName({ title, place, axis, onChange, onMove, width }: Props & { width: number }) {
  const [pulled, setPulled] = useState(0);
  const dragged = useRef(false);
  return (
    <button
      type="button"
      className={css.axisName}
      style={{ left: place.left + pulled, maxWidth: width }}
      aria-label={text.axisLabel(said(title), axis.flip)}
      title={text.axisHint}
      onPointerDown={(event) => {
        dragged.current = false;
        startResize(event, (dx, _, done) => {
          dragged.current = true;
          setPulled(done ? 0 : dx);
          const to = place.index + Math.round(dx / Math.max(1, place.step));
          if (done && to !== place.index) onMove(to);
        });
      }}
      onClick={() => {
        if (!dragged.current) onChange({ ...axis, flip: !axis.flip }, true);
        dragged.current = false;
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        const to = place.index + by;
        if (to < 0 || to >= place.count) return;
        onMove(to);
        // Its element was put elsewhere, which takes the focus from it.
        const name = event.currentTarget;
        requestAnimationFrame(() => name.focus());
      }}
    >
      <Name name={title} title={false} />
      {axis.flip && " ↓"}
    </button>
  );
}

const MIDDLE = [0.25, 0.75] as const; // of the axis: the brush that the keyboard makes

/** The axis itself, on which brushes are drawn. */
function Track({ title, place, axis, scale, onChange }: Props) {
  const place01 = (y: number) => (axis.flip ? y / place.h : 1 - y / place.h);
  const brush = (event: ReactPointerEvent<HTMLElement>) => {
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
    startResize(event, (_, dy, done) => {
      const made = dy === 0 ? [] : brushesAt(scale, place01(y), place01(y + dy));
      onChange(made.length === 0 ? axis : addBrushes(axis, made), done);
    });
  };
  return (
    <button
      type="button"
      data-track
      className={css.axisTrack}
      style={{ left: place.left, top: place.top, height: place.h }}
      aria-label={text.brushAxis(said(title))}
      title={text.brushHint}
      onPointerDown={brush}
      onClick={(event) => {
        if (event.detail === 0) onChange(addBrushes(axis, brushesAt(scale, ...MIDDLE)), true); // by keyboard
      }}
    />
  );
}

const KEY_STEP = 0.02; // of the axis

/** One brush: arrows move it, with Shift its upper end; Delete takes it away. */
function Handle({ title, place, axis, scale, brush, at, onChange }: Props & { brush: Brush; at: number }) {
  const dragged = useRef(false);
  const places = placesOf(scale, brush);
  if (places === null) return null;
  const [from, to] = places;
  const top = axis.flip ? from : 1 - to;
  const put = (next: readonly Brush[], done: boolean) => {
    const brushes = [...axis.brushes];
    brushes.splice(at, 1, ...next);
    onChange({ ...axis, brushes }, done);
  };
  const moveTo = (lo: number, hi: number, done: boolean) => {
    const by = Math.max(-lo, Math.min(0, 1 - hi)); // it stays on the axis
    if (hi > lo) put(brushesAt(scale, lo + by, hi + by), done);
  };
  const range = typeof brush === "string" ? said(brush) : text.brushFromTo(String(brush[0]), String(brush[1]));
  return (
    <div
      role="slider"
      tabIndex={0}
      className={css.brush}
      style={{ left: place.left, top: place.top + top * place.h, height: Math.max(4, (to - from) * place.h) }}
      aria-orientation="vertical"
      aria-label={text.brushOf(said(title))}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(50 * (from + to))}
      aria-valuetext={range}
      title={text.brushHandleHint(range)}
      onPointerDown={(event) => {
        dragged.current = false;
        if (typeof brush === "string") return;
        startResize(event, (_, dy, done) => {
          dragged.current = true;
          const by = ((axis.flip ? 1 : -1) * dy) / Math.max(1, place.h);
          moveTo(from + by, to + by, done);
        });
      }}
      onClick={() => {
        if (!dragged.current) put([], true);
      }}
      onKeyDown={(event) => {
        const by = { ArrowUp: KEY_STEP, ArrowDown: -KEY_STEP }[event.key];
        if (event.key === "Delete" || event.key === "Backspace") put([], true);
        else if (by === undefined || typeof brush === "string") return;
        else if (event.shiftKey) moveTo(from, Math.min(1, to + by), true);
        else moveTo(from + by, to + by, true);
        event.preventDefault();
      }}
    />
  );
}
