// Precision over recall at one size: curves in their runs' colours over lines of equal F1.

import { DASHES } from "../../../chart/dashes";
import { exactValue, shortValue } from "../../../chart/format";
import type { Palette } from "../../../chart/paint";
import { valueTicks } from "../../../chart/ticks";
import { text } from "../../../text";
import { nearestMark } from "../../nearest";
import { paintDot, paintFoot, paintSide } from "../axes";
import type { Box, Drawing } from "../Plot";
import { averagePrecision, F1_LINES, f1Line, isPlaced, type PrPoint } from "./curve";

export interface DrawnCurve {
  run: string;
  points: readonly PrPoint[];
  /** With its step. */
  name: string;
  color: string;
  dash: number;
  /** Of the run that has the focus. */
  strong: boolean;
  /** At the threshold that the panel looks at; null: it looks at none. */
  mark: PrPoint | null;
}

interface Mark {
  x: number;
  y: number;
  point: PrPoint;
}

interface Line extends DrawnCurve {
  /** Parted where a point has no place. */
  parts: Mark[][];
}

export function curveDrawing(curves: readonly DrawnCurve[], palette: Palette, width: number, height: number): Drawing {
  const box: Box = { left: 46, top: 8, width: Math.max(1, width - 64), height: Math.max(1, height - 28) };
  const place = ({ recall, precision }: Pick<PrPoint, "recall" | "precision">) => ({
    x: box.left + recall * box.width,
    y: box.top + (1 - precision) * box.height,
  });
  // What has the focus lies on top.
  const lines: Line[] = [...curves]
    .sort((a, b) => Number(a.strong) - Number(b.strong))
    .map((curve) => ({ ...curve, parts: partsOf(curve.points, place) }));
  const marks = lines.flatMap((line) => line.parts.flatMap((part) => part.map((mark) => ({ ...mark, line }))));
  return {
    paint(c) {
      paintF1(c, palette, place);
      paintSide(c, box, valueTicks(0, 1, box.height), palette);
      for (const line of lines) paintLine(c, line);
      for (const { mark, color } of lines)
        if (mark !== null && isPlaced(mark)) paintDot(c, { ...place(mark), color, ring: palette.panel });
      paintFoot(c, box, valueTicks(0, 1, box.width / 2), palette);
    },
    at(x, y) {
      const mark = nearestMark(marks, x, y);
      if (mark === null) return null;
      const { point, line } = mark;
      const values = [point.precision, point.recall, point.tp, point.fp, point.tn, point.fn].map(exactValue);
      const average = averagePrecision(line.points);
      return {
        part: null,
        run: line.run,
        title: text.prCurve.threshold(exactValue(point.threshold)),
        rows: [
          {
            color: line.color,
            name: line.name,
            value: average === null ? "" : text.prCurve.average(shortValue(average)),
          },
          ...text.prCurve.counts.map((name, i) => ({ name, value: values[i] })),
        ],
      };
    },
  };
}

const APART = 0.5; // CSS pixels; a point that is nearer to the one before is not seen

function partsOf(points: readonly PrPoint[], place: (point: PrPoint) => { x: number; y: number }): Mark[][] {
  const parts: Mark[][] = [[]];
  points.forEach((point, i) => {
    const part = parts.at(-1)!;
    if (!isPlaced(point)) {
      if (part.length > 0) parts.push([]);
      return;
    }
    const mark = { ...place(point), point };
    const before = part.at(-1);
    const near = before !== undefined && Math.hypot(mark.x - before.x, mark.y - before.y) < APART;
    if (!near || i === points.length - 1) part.push(mark);
  });
  return parts;
}

function paintLine(c: CanvasRenderingContext2D, { parts, color, dash, strong }: Line): void {
  c.strokeStyle = color;
  c.fillStyle = color;
  c.lineWidth = strong ? 2.25 : 1.5;
  c.lineJoin = "round";
  c.setLineDash([...DASHES[dash % DASHES.length]]);
  for (const part of parts) {
    c.beginPath();
    for (const { x, y } of part) c.lineTo(x, y);
    c.stroke();
    // One threshold alone is no line.
    if (part.length === 1) c.fillRect(part[0].x - 2, part[0].y - 2, 4, 4);
  }
  c.setLineDash([]);
}

function paintF1(
  c: CanvasRenderingContext2D,
  palette: Palette,
  place: (point: Pick<PrPoint, "recall" | "precision">) => { x: number; y: number },
): void {
  c.strokeStyle = palette.line;
  c.fillStyle = palette.faint;
  c.font = palette.font;
  c.textAlign = "right";
  c.textBaseline = "bottom";
  c.lineWidth = 1;
  for (const f1 of F1_LINES) {
    const line = f1Line(f1).map(place);
    c.setLineDash([2, 3]);
    c.beginPath();
    for (const { x, y } of line) c.lineTo(x, y);
    c.stroke();
    c.setLineDash([]);
    c.fillText(text.prCurve.f1(f1), line[0].x - 2, line[0].y - 1);
  }
}
