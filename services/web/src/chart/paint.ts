// What the page itself paints around the worker's picture: axis labels, marks, and on an overlay the crosshair and the drag.

import { fullStep } from "./format";
import type { Frame, PanelHover } from "./protocol";
import { makeScale } from "./scale";

/** CSS pixels around the plot. */
export const PAD = { top: 8, right: 10, bottom: 20, left: 46 } as const;

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
  const right = width - PAD.right;
  const foot = height - PAD.bottom;
  c.fillStyle = palette.panel;
  c.fillRect(0, 0, width, height);
  c.drawImage(bitmap, PAD.left, PAD.top, right - PAD.left, foot - PAD.top);
  c.font = palette.font;
  c.textBaseline = "middle";
  c.fillStyle = palette.faint;
  c.strokeStyle = palette.line;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(PAD.left, foot + 0.5);
  c.lineTo(right, foot + 0.5);
  c.stroke();
  if (frame.series === 0) return;
  paintYLabels(c, frame, foot);
  paintXLabels(c, frame, right, foot, width);
  paintMarks(c, frame, foot, palette);
}

function paintYLabels(c: CanvasRenderingContext2D, frame: Frame, foot: number): void {
  c.textAlign = "right";
  const scale = makeScale(frame.y[0], frame.y[1], foot, PAD.top, frame.log);
  for (const tick of frame.yTicks) {
    const at = scale(tick.at);
    if (at < PAD.top - 3 || at > foot + 1) continue;
    c.fillText(tick.label, PAD.left - 6, Math.min(at, foot - 1), PAD.left - 8);
  }
}

function paintXLabels(c: CanvasRenderingContext2D, frame: Frame, right: number, foot: number, width: number): void {
  c.textAlign = "center";
  const scale = (right - PAD.left) / (frame.x[1] - frame.x[0] || 1);
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of frame.xTicks) {
    const half = c.measureText(tick.label).width / 2;
    const at = Math.min(Math.max(PAD.left + (tick.at - frame.x[0]) * scale, PAD.left - 6 + half), width - half - 3);
    if (at - half < free) continue;
    c.fillText(tick.label, at, foot + 11);
    free = at + half + 6;
  }
}

/** ▼ and ▲ at the edges where a stretch of NaN or infinities begins, and a thin bar for the stretch. */
function paintMarks(c: CanvasRenderingContext2D, frame: Frame, foot: number, palette: Palette): void {
  c.fillStyle = palette.bad;
  let labelled = Number.NEGATIVE_INFINITY;
  c.textAlign = "left";
  for (const mark of frame.marks) {
    const x = PAD.left + mark.from;
    const low = mark.kind === "-inf";
    const y = low ? foot - 1 : PAD.top;
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
    if (mark.to > mark.from) c.fillRect(x, low ? foot - 2 : PAD.top - 4, mark.to - mark.from, 1.5);
    const label = mark.kind === "nan" ? "NaN" : mark.kind === "+inf" ? "+∞" : "−∞";
    if (x - labelled < 34) continue;
    c.fillText(label, x + 7, low ? foot - 8 : PAD.top + 4);
    labelled = x;
  }
}

export interface OverlayState {
  hover: PanelHover | null;
  owner: boolean;
  /** Dragged range in CSS pixels of the plot. */
  drag: [number, number] | null;
  colorOf: (run: string) => string;
}

export function paintOverlay(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  dpr: number,
  frame: Frame | null,
  state: OverlayState,
  palette: Palette,
): void {
  const c = prepare(canvas, width, height, dpr);
  if (c === null) return;
  c.clearRect(0, 0, width, height);
  const foot = height - PAD.bottom;
  const { hover, drag } = state;
  if (drag !== null) {
    c.fillStyle = palette.accent;
    c.globalAlpha = 0.12;
    c.fillRect(PAD.left + Math.min(...drag), PAD.top, Math.abs(drag[1] - drag[0]), foot - PAD.top);
    c.globalAlpha = 1;
  }
  if (frame === null || hover === null || hover.hair === null || frame.series === 0) return;
  const x = Math.round(PAD.left + hover.hair) + 0.5;
  c.strokeStyle = palette.axis;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(x, PAD.top);
  c.lineTo(x, foot);
  c.stroke();
  for (const row of hover.rows) {
    const y = PAD.top + row.py;
    if (!Number.isFinite(row.py) || row.py < -2 || y > foot + 2) continue;
    dot(c, PAD.left + row.px, y, 3.4, palette.panel);
    dot(c, PAD.left + row.px, y, 2.4, state.colorOf(row.run));
  }
  if (state.owner) paintXLabel(c, x, foot, width, hover, frame, palette);
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
  const near = hover.rows.find((row) => Math.abs(row.px - (hover.hair ?? 0)) < 0.5) ?? hover.rows[0];
  if (near === undefined || frame.axis !== "step") return;
  const label = fullStep(near.step);
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
