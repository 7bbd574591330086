// What a panel of histograms draws at one size, and says under the pointer: the bucket as it was logged.

import { exactValue } from "../../../chart/format";
import type { Palette } from "../../../chart/paint";
import { text } from "../../../text";
import { paintPin } from "../axes";
import type { Box, Drawing, Pointed } from "../Plot";
import { type AxisKind, cellAt, type PointAxis } from "../point_axis";
import { bucketAt, type Histogram, type Range } from "./bins";
import { paintBands, paintHeatMap, paintOverlay, paintRidges } from "./paint";
import { BASES } from "./percentiles";
import { bands, heatMap, type Look, outlines, type Ridges, ridges, type Shot } from "./picture";

export interface LoggedShot extends Shot {
  logged: Histogram;
  /** Its step, and on axes of time its time; and on its own in a place beside it. */
  title: string;
  label: string;
}

export interface Layer {
  shot: LoggedShot;
  /** With its step. */
  name: string;
  color: string;
  /** The run that has the focus. */
  strong: boolean;
}

/** One run over its steps. */
export interface Strand {
  shots: readonly LoggedShot[];
  /** Which of them is at the step of the view; null: the view has none. */
  mark: number | null;
  color: string;
}

export interface Canvas {
  width: number;
  height: number;
  dpr: number;
  look: Look;
  palette: Palette;
}

const boxOf = ({ width, height }: Canvas, left: number, right: number): Box => ({
  left,
  top: 8,
  width: Math.max(1, width - left - right),
  height: Math.max(1, height - 8 - 20),
});

const SLACK = 2; // CSS pixels beside a bucket that still mean it

const valueAt = ([lo, hi]: Range, part: number) => lo * (1 - part) + hi * part;

/** Count and edges. */
function bucketWords({ bins, logged }: LoggedShot, value: number, slack: number) {
  const bucket = bucketAt(bins, value, slack);
  if (bucket === null) return null;
  const [left, right, count] = [logged.left, logged.right, logged.count].map((column) => exactValue(column[bucket]));
  return { value: count, detail: text.histogram.edges(left, right) };
}

const partOf = (at: number, from: number, size: number) => (at - from) / size;
const within = (part: number) => part >= 0 && part <= 1;

export function overlayDrawing(layers: readonly Layer[], title: string, canvas: Canvas): Drawing {
  const box = boxOf(canvas, 46, 10);
  // What has the focus lies on top.
  const order = [...layers].sort((a, b) => Number(a.strong) - Number(b.strong));
  const picture = outlines(
    order.map(({ shot }) => shot),
    box,
    canvas.look,
    canvas.dpr,
  );
  const slack = (SLACK / box.width) * (picture.range[1] - picture.range[0]);
  return {
    paint: (c) => paintOverlay(c, box, picture, order, canvas.palette),
    at(x) {
      const part = partOf(x, box.left, box.width);
      if (!within(part)) return null;
      const value = valueAt(picture.range, part);
      const rows = layers.flatMap(({ shot, name, color }) => {
        const words = bucketWords(shot, value, slack);
        return words === null ? [] : [{ color, name, ...words }];
      });
      return rows.length === 0 ? null : { part: null, title, rows };
    },
  };
}

const CHARACTER = 6.2; // CSS pixels of a digit beside the plot

export function ridgeDrawing({ shots, color, mark }: Strand, by: AxisKind | null, canvas: Canvas): Drawing {
  const labels = shots.map(({ label }) => label);
  const box = boxOf(canvas, 12, 14 + CHARACTER * Math.max(0, ...labels.map((label) => label.length)));
  const picture = ridges(shots, box, canvas.look, by, canvas.dpr);
  const slack = (SLACK / box.width) * (picture.range[1] - picture.range[0]);
  return {
    paint: (c, part) => paintRidges(c, box, picture, { color, labels, part: part ?? mark, palette: canvas.palette }),
    at(x, y) {
      const along = partOf(x, box.left, box.width);
      const part = within(along) ? ridgeAt(picture, along, y - box.top) : null;
      return part === null ? null : pointedBucket(shots[part], part, valueAt(picture.range, along), slack);
    },
  };
}

/** The front-most ridge that covers the place, else the one whose line is nearest below it. */
function ridgeAt({ bases, heights, reach }: Ridges, along: number, y: number): number | null {
  for (let i = bases.length - 1; i >= 0; i--) {
    const outline = heights[i];
    const height = outline[Math.min(outline.length - 1, Math.floor(along * outline.length))];
    if (y <= bases[i] && y >= bases[i] - height * reach - 1) return i;
  }
  const below = bases.findIndex((base) => base >= y);
  return below < 0 ? null : below;
}

function pointedBucket(shot: LoggedShot, part: number, value: number, slack: number): Pointed {
  const words = bucketWords(shot, value, slack) ?? { value: text.histogram.noBucket };
  return { part, title: shot.title, rows: [{ name: text.histogram.bucketName, ...words }] };
}

const centreOf = ({ centres }: PointAxis, part: number | null) => (part === null ? null : centres[part]);

export function heatDrawing({ shots, mark }: Strand, axis: AxisKind, canvas: Canvas): Drawing {
  const box = boxOf(canvas, 46, 10);
  const picture = heatMap(shots, box, canvas.look, axis, canvas.dpr);
  const slack = (SLACK / box.height) * (picture.range[1] - picture.range[0]);
  return {
    paint(c, part) {
      paintHeatMap(c, box, picture, canvas.palette);
      paintPin(c, box, centreOf(picture.axis, part ?? mark), canvas.palette);
    },
    at(x, y) {
      const up = 1 - partOf(y, box.top, box.height);
      const cell = within(up) ? cellAt(picture.axis.edges, partOf(x, box.left, box.width)) : null;
      return cell === null ? null : pointedBucket(shots[cell], cell, valueAt(picture.range, up), slack);
    },
  };
}

export function bandDrawing({ shots, color, mark }: Strand, axis: AxisKind, canvas: Canvas): Drawing {
  const box = boxOf(canvas, 46, 10);
  const picture = bands(shots, box, axis);
  return {
    paint(c, part) {
      paintBands(c, box, picture, color, canvas.palette);
      paintPin(c, box, centreOf(picture.axis, part ?? mark), canvas.palette);
    },
    at(x) {
      const cell = cellAt(picture.axis.edges, partOf(x, box.left, box.width));
      if (cell === null) return null;
      const values = picture.lines[cell]?.values;
      const rows = BASES.map((base, k) => ({
        name: text.histogram.base(base),
        value: values === undefined ? "" : exactValue(values[k]),
      }));
      return { part: cell, title: shots[cell].title, rows: values === undefined ? [] : rows.reverse() };
    },
  };
}
