// A matrix as a heat map at one size. Where cells are smaller than pixels, a pixel has the color of what is farthest from the
// scale's middle of all that it covers, so that nothing that stands out is lost; what is not finite stands out most.

import { shortValue } from "../../../chart/format";
import type { Palette } from "../../../chart/paint";
import type { Rgb } from "../../../chart/raster";
import type { Tick } from "../../../chart/ticks";
import { valueTicks } from "../../../chart/ticks";
import type { Elements } from "../../../components/files/elements";
import { rgbOf } from "../../../experiment/scene";
import { colorAt } from "../../../runs/looks";
import { n, text } from "../../../text";
import { paintFoot, paintSide } from "../axes";
import type { Box, Drawing } from "../Plot";
import { inkOn, placeOn, type Scale } from "./scale";
import { indexText, type LoggedTensor, type Slice } from "./tensor";

export interface Matrix {
  tensor: LoggedTensor;
  slice: Slice;
  /** Those that are shown. */
  elements: Elements;
  /** Null: none is finite. */
  scale: Scale | null;
}

interface Grid {
  wide: number;
  high: number;
  /** For each cell of the grid which element it shows, and its place on the scale; NaN: it has none. */
  shown: Int32Array;
  places: Float32Array;
}

/** Of at most so many columns and rows. */
export function gridOf({ slice, elements, scale }: Matrix, mostWide: number, mostHigh: number): Grid {
  const { shownRows: rows, shownColumns: columns } = slice;
  const wide = Math.max(1, Math.min(columns, mostWide));
  const high = Math.max(1, Math.min(rows, mostHigh));
  const grid: Grid = { wide, high, shown: new Int32Array(wide * high).fill(-1), places: new Float32Array(wide * high) };
  const farness = new Float32Array(wide * high).fill(-1);
  for (let row = 0; row < rows; row++) {
    const base = Math.floor((row * high) / rows) * wide;
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      const place = scale === null ? Number.NaN : placeOn(scale, elements.value(i));
      const far = Number.isNaN(place) ? 1 : Math.abs(place - 0.5);
      const cell = base + Math.floor((column * wide) / columns);
      if (far <= farness[cell]) continue;
      farness[cell] = far;
      grid.shown[cell] = i;
      grid.places[cell] = place;
    }
  }
  return grid;
}

export const colorsOf = (scale: Scale | null, palette: Palette): string[] =>
  scale?.signed ? palette.diverging : palette.scale;

type C = CanvasRenderingContext2D;

const LEFT = 46;
const FOOT = 20;

/** As high as the rows have to be to be told apart; more only if there is room. */
export const heightOf = ({ shownRows }: Slice) => FOOT + 8 + 24 * shownRows;

export function heatDrawing(matrix: Matrix, palette: Palette, width: number, height: number, dpr: number): Drawing {
  const box: Box = {
    left: LEFT,
    top: 4,
    width: Math.max(1, width - LEFT - 12),
    height: Math.max(1, height - FOOT - 8),
  };
  const grid = gridOf(matrix, Math.round(box.width * dpr), Math.round(box.height * dpr));
  const colors = colorsOf(matrix.scale, palette).map(rgbOf);
  const { tensor, slice, elements } = matrix;
  return {
    paint(c) {
      const { from, shownRows, shownColumns } = slice;
      const upwards = indexTicks(from, shownRows, box.height).map(({ at, label }) => ({ at: 1 - at, label }));
      paintSide(c, box, tensor.shape.length > 1 ? upwards : [], palette);
      paintHatch(c, box, palette);
      paintCells(c, box, grid, colors);
      paintFoot(c, box, indexTicks(0, shownColumns, box.width), palette);
      paintValues(c, box, { elements, grid, colors }, palette);
    },
    at(x, y) {
      const column = Math.floor(((x - box.left) / box.width) * grid.wide);
      const row = Math.floor(((y - box.top) / box.height) * grid.high);
      if (column < 0 || row < 0 || column >= grid.wide || row >= grid.high) return null;
      const i = grid.shown[row * grid.wide + column];
      const index = indexText(tensor, slice, Math.floor(i / slice.shownColumns), i % slice.shownColumns);
      return { part: null, title: index, rows: [{ name: text.tensors.value, value: elements.exact(i) }] };
    },
  };
}

/** Labels in the middle of their cells. */
function indexTicks(from: number, count: number, pixels: number): Tick[] {
  return valueTicks(from, from + count - 1, pixels)
    .filter(({ at }) => Number.isInteger(at))
    .map(({ at }) => ({ at: (at - from + 0.5) / count, label: n(at) }));
}

/** What has no color lets it through. */
function paintHatch(c: C, box: Box, palette: Palette): void {
  c.save();
  c.beginPath();
  c.rect(box.left, box.top, box.width, box.height);
  c.clip();
  c.fillStyle = palette.panel;
  c.fill();
  c.strokeStyle = palette.bad;
  c.lineWidth = 1;
  c.beginPath();
  for (let x = box.left - box.height; x < box.left + box.width; x += 4) {
    c.moveTo(x, box.top + box.height);
    c.lineTo(x + box.height, box.top);
  }
  c.stroke();
  c.restore();
}

function paintCells(c: C, box: Box, { wide, high, places }: Grid, colors: readonly Rgb[]): void {
  const cells = new OffscreenCanvas(wide, high);
  const context = cells.getContext("2d");
  if (context === null) return;
  const pixels = context.createImageData(wide, high);
  places.forEach((place, cell) => {
    if (Number.isNaN(place)) return;
    const [r, g, b] = colorAt(colors, place);
    pixels.data.set([r, g, b, 255], 4 * cell);
  });
  context.putImageData(pixels, 0, 0);
  c.imageSmoothingEnabled = false;
  c.drawImage(cells, box.left, box.top, box.width, box.height);
}

// CSS pixels of a cell that its value is written in.
const WORD_WIDE = 44;
const WORD_HIGH = 15;

interface Inked {
  elements: Elements;
  grid: Grid;
  colors: readonly Rgb[];
}

function paintValues(c: C, box: Box, { elements, grid, colors }: Inked, palette: Palette): void {
  const { wide, high, shown, places } = grid;
  const [cellWide, cellHigh] = [box.width / wide, box.height / high];
  if (cellWide < WORD_WIDE || cellHigh < WORD_HIGH) return;
  c.textAlign = "center";
  c.textBaseline = "middle";
  const inks = [palette.text, palette.panel];
  const tones = inks.map(rgbOf);
  places.forEach((place, cell) => {
    const x = box.left + ((cell % wide) + 0.5) * cellWide;
    const y = box.top + (Math.floor(cell / wide) + 0.5) * cellHigh;
    const word = shortValue(elements.value(shown[cell]));
    if (Number.isNaN(place)) {
      c.fillStyle = palette.panel;
      const half = c.measureText(word).width / 2 + 3;
      c.fillRect(x - half, y - WORD_HIGH / 2, 2 * half, WORD_HIGH);
    }
    c.fillStyle = Number.isNaN(place) ? palette.text : inks[inkOn(colorAt(colors, place), tones)];
    c.fillText(word, x, y, cellWide - 4);
  });
}
