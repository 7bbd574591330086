// What the page itself paints around the worker's picture: axis labels, marks, and on an overlay the crosshair and the drag.

import { tagText } from "../api/tags";
import { visible } from "../components/Name";
import { clockTime, duration, fullStep, shortValue } from "./format";
import { PAD, type Pad } from "./pad";
import type { Frame, HoverRow, PanelHover, RightAxis } from "./protocol";
import { invert, invertX, makeScale, makeXScale, type Scale } from "./scale";

/** The frame's scales over a plot of this size, in CSS pixels from its corner. */
export const scaleXOf = (frame: Frame, width: number): Scale =>
  makeXScale(frame.x[0], frame.x[1], 0, width, frame.xLog, frame.strip);
export const scaleYOf = (frame: Frame, height: number): Scale =>
  makeScale(frame.y[0], frame.y[1], height, 0, frame.yMode, frame.c);

/** The x under a pixel of a plot of this width. */
export const xAt = (frame: Frame, width: number, pixel: number): number =>
  invertX(scaleXOf(frame, width), 0, width, frame.strip, pixel);
export const yAt = (frame: Frame, height: number, pixel: number): number =>
  invert(scaleYOf(frame, height), height, 0, pixel);

export interface Palette {
  panel: string;
  text: string;
  faint: string;
  line: string;
  axis: string;
  bad: string;
  accent: string;
  font: string;
  runs: string[];
  /** The sequential scale, low to high. */
  scale: string[];
  /** Of what may be less or more than nothing; its middle is nothing. */
  diverging: string[];
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    panel: token("--panel"),
    text: token("--text"),
    faint: token("--text-3"),
    line: token("--line-2"),
    axis: token("--axis"),
    bad: token("--bad"),
    accent: token("--accent"),
    font: `${token("--t-10")} ${token("--sans")}`,
    runs: Array.from({ length: 12 }, (_, i) => token(`--c${i}`)),
    scale: Array.from({ length: 7 }, (_, i) => token(`--s${i}`)),
    diverging: Array.from({ length: 7 }, (_, i) => token(`--d${i}`)),
  };
}

export function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  dpr: number,
): CanvasRenderingContext2D | null {
  const w = Math.max(1, Math.round(width * dpr));
  const h = Math.max(1, Math.round(height * dpr));
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context?.setTransform(dpr, 0, 0, dpr, 0, 0);
  return context;
}

export function paintBase(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  dpr: number,
  bitmap: ImageBitmap,
  frame: Frame,
  palette: Palette,
): void {
  const c = prepare(canvas, width, height, dpr);
  if (c === null) return;
  const { pad } = frame;
  const right = width - pad.right;
  const foot = height - pad.bottom;
  c.fillStyle = palette.panel;
  c.fillRect(0, 0, width, height);
  c.drawImage(bitmap, pad.left, pad.top, right - pad.left, foot - pad.top);
  c.font = palette.font;
  c.textBaseline = "middle";
  c.fillStyle = palette.faint;
  c.strokeStyle = palette.line;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(pad.left, foot + 0.5);
  c.lineTo(right, foot + 0.5);
  c.stroke();
  if (frame.series === 0) return;
  paintYLabels(c, frame, foot);
  if (frame.right !== null) paintRightLabels(c, frame, frame.right, right, foot);
  paintXLabels(c, frame, right, foot, width);
  paintMarks(c, frame, foot, palette);
  paintClips(c, frame, foot);
}

/** A chevron at the edge where a run leaves the range. */
function paintClips(c: CanvasRenderingContext2D, frame: Frame, foot: number): void {
  const { pad } = frame;
  c.lineWidth = 1.5;
  for (const clip of frame.clips) {
    const x = pad.left + clip.px;
    const y = clip.top ? pad.top + 2 : foot - 2;
    const tail = clip.top ? 4 : -4;
    c.strokeStyle = clip.color;
    c.beginPath();
    c.moveTo(x - 4, y + tail);
    c.lineTo(x, y);
    c.lineTo(x + 4, y + tail);
    c.stroke();
  }
}

function paintYLabels(c: CanvasRenderingContext2D, frame: Frame, foot: number): void {
  c.textAlign = "right";
  const { pad } = frame;
  const scale = scaleYOf(frame, foot - pad.top);
  for (const tick of frame.yTicks) {
    const at = pad.top + scale(tick.at);
    if (at < pad.top - 3 || at > foot + 1) continue;
    c.fillText(tick.label, pad.left - 6, Math.min(at, foot - 1), pad.left - 8);
  }
}

const AXIS_NAME = 60; // characters of a tag beside its axis

/** The second axis, and which tag it is of: the grid is the first one's. */
function paintRightLabels(
  c: CanvasRenderingContext2D,
  { pad, yMode }: Frame,
  axis: RightAxis,
  right: number,
  foot: number,
): void {
  const scale = makeScale(axis.y[0], axis.y[1], foot - pad.top, 0, yMode, axis.c);
  c.beginPath();
  c.moveTo(right + 0.5, pad.top);
  c.lineTo(right + 0.5, foot);
  c.textAlign = "left";
  for (const tick of axis.yTicks) {
    const at = pad.top + scale(tick.at);
    if (at < pad.top - 3 || at > foot + 1) continue;
    c.moveTo(right, Math.round(at) + 0.5);
    c.lineTo(right + 3, Math.round(at) + 0.5);
    c.fillText(tick.label, right + 6, Math.min(at, foot - 1), PAD.left - 8);
  }
  c.stroke();
  c.textAlign = "right";
  c.fillText(`${visible(tagText(axis.tag).slice(0, AXIS_NAME))} →`, right - 6, pad.top + 6, (right - pad.left) / 2);
}

function paintXLabels(c: CanvasRenderingContext2D, frame: Frame, right: number, foot: number, width: number): void {
  c.textAlign = "center";
  const { pad } = frame;
  const scale = scaleXOf(frame, right - pad.left);
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of frame.xTicks) {
    const half = c.measureText(tick.label).width / 2;
    const at = Math.min(Math.max(pad.left + scale(tick.at), pad.left - 6 + half), width - half - 3);
    if (at - half < free) continue;
    c.fillText(tick.label, at, foot + 11);
    free = at + half + 6;
  }
}

/** ▼ and ▲ at the edges where a stretch of NaN or infinities begins, and a thin bar for the stretch. */
function paintMarks(c: CanvasRenderingContext2D, frame: Frame, foot: number, palette: Palette): void {
  const { pad } = frame;
  c.fillStyle = palette.bad;
  let labelled = Number.NEGATIVE_INFINITY;
  c.textAlign = "left";
  for (const mark of frame.marks) {
    const x = pad.left + mark.from;
    const low = mark.kind === "-inf";
    const y = low ? foot - 1 : pad.top;
    const up = mark.kind === "+inf" ? 1 : -1;
    c.beginPath();
    if (up > 0) {
      c.moveTo(x - 4, y + 4);
      c.lineTo(x + 4, y + 4);
      c.lineTo(x, y - 3);
    } else {
      c.moveTo(x - 4, y - 4 + (low ? -1 : 1));
      c.lineTo(x + 4, y - 4 + (low ? -1 : 1));
      c.lineTo(x, y + 3 + (low ? -1 : 1));
    }
    c.fill();
    if (mark.to > mark.from) c.fillRect(x, low ? foot - 2 : pad.top - 4, mark.to - mark.from, 1.5);
    const label = mark.kind === "nan" ? "NaN" : mark.kind === "+inf" ? "+∞" : "−∞";
    if (x - labelled < 34) continue;
    c.fillText(label, x + 7, low ? foot - 8 : pad.top + 4);
    labelled = x;
  }
}

/** In CSS pixels of the plot; without y: the whole height. */
export interface Drag {
  kind: "zoom" | "box" | "brush";
  x: [number, number];
  y: [number, number];
}

export interface OverlayState {
  hover: PanelHover | null;
  owner: boolean;
  drag: Drag | null;
}

export function paintOverlay(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  dpr: number,
  frame: Frame | null,
  { hover, owner, drag }: OverlayState,
  palette: Palette,
): void {
  const c = prepare(canvas, width, height, dpr);
  if (c === null) return;
  c.clearRect(0, 0, width, height);
  if (frame === null) return;
  const { pad } = frame;
  const foot = height - pad.bottom;
  if (drag !== null) paintDrag(c, drag, pad, foot, palette);
  if (frame.series === 0) return;
  for (const pin of frame.pins) paintHair(c, pin, pad, foot, palette, true);
  if (hover === null || hover.hair === null) return;
  paintHair(c, hover, pad, foot, palette, false);
  if (owner) paintXLabel(c, Math.round(pad.left + hover.hair) + 0.5, foot, width, hover, frame, palette);
}

function paintDrag(c: CanvasRenderingContext2D, { kind, x, y }: Drag, pad: Pad, foot: number, palette: Palette): void {
  const left = pad.left + Math.min(...x);
  const wide = Math.abs(x[1] - x[0]);
  const top = kind === "zoom" ? pad.top : pad.top + Math.min(...y);
  const high = kind === "zoom" ? foot - pad.top : Math.abs(y[1] - y[0]);
  c.fillStyle = palette.accent;
  c.globalAlpha = 0.12;
  c.fillRect(left, top, wide, high);
  c.globalAlpha = 1;
  if (kind === "zoom") return;
  c.strokeStyle = palette.accent;
  c.lineWidth = 1;
  c.setLineDash(kind === "brush" ? [3, 2] : []);
  c.strokeRect(left + 0.5, top + 0.5, wide, high);
  c.setLineDash([]);
}

/** The hair of a crosshair, or of a pin, with the dots on the lines. */
function paintHair(
  c: CanvasRenderingContext2D,
  at: PanelHover,
  pad: Pad,
  foot: number,
  palette: Palette,
  pin: boolean,
): void {
  if (at.hair === null) return;
  const x = Math.round(pad.left + at.hair) + 0.5;
  c.strokeStyle = pin ? palette.accent : palette.axis;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(x, pad.top);
  c.lineTo(x, foot);
  c.stroke();
  for (const row of at.rows) {
    const y = pad.top + row.py;
    if (!Number.isFinite(row.py) || row.py < -2 || y > foot + 2) continue;
    dot(c, pad.left + row.px, y, 3.4, palette.panel);
    dot(c, pad.left + row.px, y, 2.4, row.color);
  }
}

function dot(c: CanvasRenderingContext2D, x: number, y: number, radius: number, color: string): void {
  c.fillStyle = color;
  c.beginPath();
  c.arc(x, y, radius, 0, 7);
  c.fill();
}

function paintXLabel(
  c: CanvasRenderingContext2D,
  x: number,
  foot: number,
  width: number,
  hover: PanelHover,
  frame: Frame,
  palette: Palette,
): void {
  const near = nearHair(hover);
  if (near === undefined) return;
  const label = xLabel(near, hover, frame, width);
  c.font = `600 ${palette.font}`;
  const w = c.measureText(label).width + 12;
  const left = Math.min(width - 2 - w, Math.max(2, x - w / 2));
  c.fillStyle = palette.text;
  c.beginPath();
  c.roundRect(left, foot + 3, w, 15, 3);
  c.fill();
  c.fillStyle = palette.panel;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(label, left + w / 2, foot + 11);
}

/** The row at the hair, which stands at a logged point where there is one. */
export const nearHair = (hover: PanelHover): HoverRow | undefined =>
  hover.rows.find((row) => Math.abs(row.px - (hover.hair ?? 0)) < 0.5) ?? hover.rows[0];

function xLabel(near: HoverRow, hover: PanelHover, frame: Frame, width: number): string {
  if (frame.axis === "step") return fullStep(near.step);
  if (frame.axis === "wall") return clockTime(near.wall);
  const x = xAt(frame, width - frame.pad.left - frame.pad.right, hover.hair ?? 0);
  return frame.axis === "metric" ? shortValue(x) : duration(x);
}
