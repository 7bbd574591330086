// Axes of the pictures of kinds.

import type { Palette } from "../../chart/paint";
import type { Tick } from "../../chart/ticks";
import type { Box } from "./Plot";

type C = CanvasRenderingContext2D;

/** The line and the labels at the foot; ticks from 0 to 1. */
export function paintFoot(c: C, box: Box, ticks: readonly Tick[], palette: Palette): void {
  const foot = Math.round(box.top + box.height) + 0.5;
  c.strokeStyle = palette.axis;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(box.left, foot);
  c.lineTo(box.left + box.width, foot);
  c.stroke();
  c.font = palette.font;
  c.fillStyle = palette.faint;
  c.textAlign = "center";
  c.textBaseline = "middle";
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, label } of ticks) {
    if (at < 0 || at > 1) continue;
    const half = c.measureText(label).width / 2;
    const x = Math.min(box.left + box.width + 8 - half, Math.max(half, box.left + at * box.width));
    if (x - half < free) continue;
    c.fillText(label, x, foot + 10.5);
    free = x + half + 6;
  }
}

/** Labels at the left and lines across; ticks from 0 to 1 upwards. */
export function paintSide(c: C, box: Box, ticks: readonly Tick[], palette: Palette): void {
  c.font = palette.font;
  c.fillStyle = palette.faint;
  c.strokeStyle = palette.line;
  c.textAlign = "right";
  c.textBaseline = "middle";
  c.lineWidth = 1;
  c.beginPath();
  for (const { at, label } of ticks) {
    if (at < 0 || at > 1) continue;
    const y = box.top + (1 - at) * box.height;
    c.fillText(label, box.left - 6, Math.min(y, box.top + box.height - 1), box.left - 8);
    if (at === 0) continue;
    c.moveTo(box.left, Math.round(y) + 0.5);
    c.lineTo(box.left + box.width, Math.round(y) + 0.5);
  }
  c.globalAlpha = 0.5;
  c.stroke();
  c.globalAlpha = 1;
}

/** A line up from a part of the foot: the step of the view, or under the pointer. */
export function paintPin(c: C, box: Box, part: number | null, palette: Palette): void {
  if (part === null || !(part >= 0 && part <= 1)) return;
  const x = Math.round(box.left + part * box.width) + 0.5;
  c.strokeStyle = palette.text;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(x, box.top);
  c.lineTo(x, box.top + box.height);
  c.stroke();
}

/** A place on a line that stands out: its ring keeps it apart from the line. */
export function paintDot(c: C, { x, y, color, ring }: { x: number; y: number; color: string; ring: string }): void {
  c.beginPath();
  c.arc(x, y, 4.5, 0, 2 * Math.PI);
  c.fillStyle = color;
  c.fill();
  c.strokeStyle = ring;
  c.lineWidth = 1.5;
  c.stroke();
}
