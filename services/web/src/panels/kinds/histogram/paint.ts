// Painting of the pictures of histograms, in CSS pixels.

import type { Palette } from "../../../chart/paint";
import { rgbOf } from "../../../experiment/scene";
import { onScale } from "../../../runs/looks";
import { paintFoot, paintSide } from "../axes";
import type { Box } from "../Plot";
import type { Bands, HeatMap, Outlines, Ridges } from "./picture";
import { labelled } from "./picture";

type C = CanvasRenderingContext2D;

/** The outline as steps: each column flat, its edges upright; apart where nothing is between. */
function trace(c: C, heights: Float64Array, left: number, width: number, base: number, reach: number): void {
  const column = width / heights.length;
  c.beginPath();
  let height = 0;
  for (let i = 0; i <= heights.length; i++) {
    const next = heights[i] ?? 0;
    if (next === height) continue;
    const x = left + i * column;
    if (height === 0) c.moveTo(x, base);
    else c.lineTo(x, base - height * reach);
    c.lineTo(x, base - next * reach);
    height = next;
  }
}

export interface Ink {
  color: string;
  strong: boolean;
}

const FILLED = 3; // histograms on top of each other whose areas can still be told apart

export function paintOverlay(c: C, box: Box, picture: Outlines, inks: readonly Ink[], palette: Palette): void {
  paintSide(c, box, picture.densities, palette);
  picture.heights.forEach((heights, i) => {
    const { color, strong } = inks[i];
    trace(c, heights, box.left, box.width, box.top + box.height, box.height);
    c.fillStyle = color;
    c.strokeStyle = color;
    c.globalAlpha = inks.length <= FILLED || strong ? 0.16 : 0;
    c.fill();
    c.globalAlpha = 1;
    c.lineWidth = strong ? 2 : 1.25;
    c.lineJoin = "round";
    c.stroke();
  });
  paintFoot(c, box, picture.values, palette);
}

// Opacity of the ridges at the back and at the front.
const FAINTEST = 0.08;
const DARKEST = 0.5;

/** Darker to the front; `part`: the ridge under the pointer, or at the step of the view. */
export function paintRidges(
  c: C,
  box: Box,
  picture: Ridges,
  { color, labels, part, palette }: { color: string; labels: readonly string[]; part: number | null; palette: Palette },
): void {
  const { heights, bases, reach } = picture;
  c.lineJoin = "round";
  heights.forEach((outline, i) => {
    const shade = heights.length < 2 ? 1 : i / (heights.length - 1);
    trace(c, outline, box.left, box.width, box.top + bases[i], reach);
    c.fillStyle = palette.panel;
    c.fill();
    c.fillStyle = color;
    c.globalAlpha = FAINTEST + shade * (DARKEST - FAINTEST);
    c.fill();
    c.globalAlpha = 1;
    c.strokeStyle = i === part ? palette.text : color;
    c.lineWidth = i === part ? 1.5 : 0.75;
    c.globalAlpha = i === part ? 1 : 0.3 + shade * 0.7;
    c.stroke();
    c.globalAlpha = 1;
  });
  paintFoot(c, box, picture.values, palette);
  c.textAlign = "left";
  for (const i of labelled(bases, 13)) c.fillText(labels[i], box.left + box.width + 6, box.top + bases[i]);
}

/** Cells as wide as their steps reach, a pixel of them for each part of the range. */
export function paintHeatMap(c: C, box: Box, picture: HeatMap, palette: Palette): void {
  const scale = palette.scale.map(rgbOf);
  const { cells, axis } = picture;
  const rows = cells[0]?.length ?? 0;
  paintSide(c, box, picture.values, palette);
  if (rows > 0) {
    const columns = new OffscreenCanvas(cells.length, rows);
    const context = columns.getContext("2d")!;
    const pixels = context.createImageData(cells.length, rows);
    cells.forEach((column, x) => {
      column.forEach((place, y) => {
        if (Number.isNaN(place)) return;
        const [r, g, b] = onScale(scale, place);
        pixels.data.set([r, g, b, 255], 4 * (y * cells.length + x));
      });
    });
    context.putImageData(pixels, 0, 0);
    c.imageSmoothingEnabled = false;
    for (let x = 0; x < cells.length; x++) {
      const from = box.left + axis.edges[x] * box.width;
      const width = (axis.edges[x + 1] - axis.edges[x]) * box.width;
      c.drawImage(columns, x, 0, 1, rows, from, box.top, width, box.height);
    }
  }
  paintFoot(c, box, axis.ticks, palette);
}

/** Four bands about the middle, each darker than the one that it lies in. */
export function paintBands(c: C, box: Box, picture: Bands, color: string, palette: Palette): void {
  paintSide(c, box, picture.values, palette);
  c.save();
  c.beginPath();
  c.rect(box.left, box.top, box.width, box.height);
  c.clip();
  const { lines, axis } = picture;
  const y = (place: number) => box.top + (1 - place) * box.height;
  for (const [from, to] of stretches(lines)) {
    const at = (i: number) => box.left + box.width * axis.centres[i];
    // As far to either side as the first and the last cell reach.
    const ends = [box.left + box.width * axis.edges[from], box.left + box.width * axis.edges[to + 1]];
    const along = (k: number, back: boolean) => {
      const order = Array.from({ length: to - from + 1 }, (_, i) => (back ? to - i : from + i));
      c.lineTo(ends[back ? 1 : 0], y(lines[order[0]]!.places[k]));
      for (const i of order) c.lineTo(at(i), y(lines[i]!.places[k]));
      c.lineTo(ends[back ? 0 : 1], y(lines[order.at(-1)!]!.places[k]));
    };
    c.fillStyle = color;
    c.globalAlpha = 0.2;
    for (let k = 0; k < 4; k++) {
      c.beginPath();
      along(k, false);
      along(8 - k, true);
      c.fill();
    }
    c.globalAlpha = 1;
    c.strokeStyle = color;
    c.lineWidth = 1.5;
    c.beginPath();
    along(4, false);
    c.stroke();
  }
  c.restore();
  paintFoot(c, box, axis.ticks, palette);
}

/** From and to of each row of points that have values. */
function stretches(lines: Bands["lines"]): [number, number][] {
  const out: [number, number][] = [];
  lines.forEach((line, i) => {
    if (line === null) return;
    const last = out.at(-1);
    if (last !== undefined && last[1] === i - 1) last[1] = i;
    else out.push([i, i]);
  });
  return out;
}
