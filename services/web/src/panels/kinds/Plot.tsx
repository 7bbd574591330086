// The canvas of a panel: painted at the size that it has, and under the pointer what is there in words.

import { type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { prepare } from "../../chart/paint";
import { useSize } from "../later/plot_parts";
import css from "./Plot.module.css";
import { PlotTip, type Told } from "./PlotTip";
import type { Stop } from "./rail";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Pointed extends Told {
  /** What is meant, for the picture: which ridge, which column. */
  part: number | null;
  /** The run that is meant, if it is one. */
  run?: string;
  /** The place on the x axis of the view that is meant, if it is one. */
  stop?: Stop;
}

/** What is drawn at one size. */
export interface Drawing {
  paint(c: CanvasRenderingContext2D, part: number | null): void;
  /** In CSS pixels of the canvas; null: nothing is there. */
  at(x: number, y: number): Pointed | null;
}

interface Props {
  label: string;
  background: string;
  draw(width: number, height: number, dpr: number): Drawing;
  /** What stands over the picture, at its right. */
  notes: readonly string[];
  /** A click on what is there. */
  onPick?(pointed: Pointed): void;
  /** As the pointer over a run in the table. */
  onRun?(run: string | null): void;
}

/** `draw` has to stay the same as long as its picture does. */
export function Plot({ label, background, draw, notes, onPick, onRun }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const { width, height } = useSize(host);
  const [pointer, setPointer] = useState<{ x: number; y: number } | null>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const part = pointed?.part ?? null;

  // Before the paint, so that a change of size never shows an empty canvas.
  useLayoutEffect(() => {
    if (width === 0 || height === 0) return;
    drawing.current = draw(width, height, devicePixelRatio);
  }, [draw, width, height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new drawing is painted too.
  useLayoutEffect(() => {
    const c =
      canvas.current && width > 0 && height > 0 ? prepare(canvas.current, width, height, devicePixelRatio) : null;
    if (c === null) return;
    c.fillStyle = background;
    c.fillRect(0, 0, width, height);
    drawing.current?.paint(c, part);
  }, [draw, width, height, background, part]);
  // What stands still under the pointer changes with the picture.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useLayoutEffect(() => {
    setPointed(pointer === null ? null : (drawing.current?.at(pointer.x, pointer.y) ?? null));
  }, [pointer, draw, width, height]);
  const run = pointed?.run ?? null;
  useEffect(() => {
    if (run === null || onRun === undefined) return;
    onRun(run);
    return () => onRun(null);
  }, [run, onRun]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: by keyboard the rail chooses the step, and the run table the run.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      className={css.plot}
      ref={host}
      onPointerMove={(event) => setPointer(placeIn(event))}
      onPointerLeave={() => setPointer(null)}
      onClick={(event) => {
        const { x, y } = placeIn(event);
        const there = drawing.current?.at(x, y) ?? null;
        if (there !== null) onPick?.(there);
      }}
    >
      <canvas ref={canvas} role="img" aria-label={label} />
      {notes.length > 0 && <p className={css.notes}>{notes.join(" · ")}</p>}
      {pointer !== null && pointed !== null && <PlotTip told={pointed} at={pointer} host={host} />}
    </div>
  );
}

function placeIn({ currentTarget, clientX, clientY }: MouseEvent<HTMLElement>) {
  const box = currentTarget.getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
}
