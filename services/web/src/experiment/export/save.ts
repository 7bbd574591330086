// Makes the files that a chart is exported as, and hands them to the browser.

import { tagText } from "../../api/tags";
import type { ChartEngine } from "../../chart/engine";
import { type Palette, paintBase } from "../../chart/paint";
import type { Frame, Shape } from "../../chart/protocol";
import type { Rgb } from "../../chart/raster";
import { visible } from "../../components/Name";
import { text } from "../../text";
import { rgbOf } from "../scene";
import { allPoints, type Column, csvOf, jsonOf, pythonOf, rowsOf } from "./data";
import { type LegendEntry, svgOf } from "./svg";

export interface Subject {
  engine: ChartEngine;
  panel: string;
  title: string;
  palette: Palette;
  baseline: string | null;
  nameOf(run: string): string;
}

export type Format = "png" | "png2" | "clear" | "svg" | "csv" | "json" | "allCsv" | "allJson" | "python";

const MAX_LEGEND = 12;
const HEAD = 26;
const ROW = 16;
const MARGIN = 8;

export async function exportChart(subject: Subject, format: Format): Promise<void> {
  switch (format) {
    case "png":
    case "png2":
    case "clear":
      return savePng(subject, format === "png2" ? 2 : 1, format === "clear");
    case "svg":
      return saveSvg(subject);
    case "python": {
      const server = typeof location === "undefined" ? "" : location.origin;
      return navigator.clipboard.writeText(pythonOf(server, await columnsOf(subject)));
    }
    default:
      return saveData(subject, format);
  }
}

/** A name that every system takes. */
const fileName = (title: string) =>
  visible(title)
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .slice(0, 80) || "chart";

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken the blob by then; without this it would be kept as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function tableOf({ engine, panel }: Subject) {
  const table = await engine.ask(panel, { what: "table", range: null, most: Number.MAX_SAFE_INTEGER });
  if (table === null) throw new Error(text.figureEmpty(panel));
  return table;
}

async function columnsOf(subject: Subject): Promise<Column[]> {
  const { columns } = await tableOf(subject);
  return columns.map(({ run, tag }) => ({ run, tag, name: subject.nameOf(run) }));
}

async function saveData(subject: Subject, format: "csv" | "json" | "allCsv" | "allJson"): Promise<void> {
  const all = format === "allCsv" || format === "allJson";
  const json = format === "json" || format === "allJson";
  const rows = all ? await everyPoint(subject) : rowsOf(await tableOf(subject), subject.nameOf);
  const content = json ? jsonOf(rows) : csvOf(rows);
  const type = json ? "application/json" : "text/csv";
  save(new Blob([content], { type }), `${fileName(subject.title)}.${json ? "json" : "csv"}`);
}

async function everyPoint(subject: Subject) {
  const rows = [];
  // One after the other: a server has other things to do than one person's export.
  for (const column of await columnsOf(subject)) rows.push(...(await allPoints(column, subject.baseline)));
  return rows;
}

async function vectorsOf({ engine, panel }: Subject) {
  const vectors = await engine.ask(panel, { what: "vectors" });
  if (vectors === null) throw new Error(text.figureEmpty(panel));
  return vectors;
}

function legendOf(shapes: readonly Shape[], nameOf: Subject["nameOf"]): { entries: LegendEntry[]; more: string } {
  const several = new Set(shapes.map(({ tag }) => tag)).size > 1;
  const known = new Map<string, LegendEntry>();
  for (const { kind, run, tag, color, dash } of shapes) {
    const key = `${run} ${tag}`;
    if (kind !== "line" || known.has(key)) continue;
    const label = visible(several ? `${nameOf(run)} · ${tagText(tag)}` : nameOf(run));
    known.set(key, { label: label.slice(0, 120), color: cssOf(color), dash });
  }
  const entries = [...known.values()];
  const left = entries.length - MAX_LEGEND;
  return { entries: entries.slice(0, MAX_LEGEND), more: left > 0 ? text.exportLegend(left) : "" };
}

const cssOf = (color: Rgb) => `rgb(${color[0]},${color[1]},${color[2]})`;

async function saveSvg(subject: Subject): Promise<void> {
  const vectors = await vectorsOf(subject);
  const { entries, more } = legendOf(vectors.shapes, subject.nameOf);
  const svg = svgOf(vectors, visible(subject.title), entries, more, inkOf(subject.palette));
  save(new Blob([svg], { type: "image/svg+xml" }), `${fileName(subject.title)}.svg`);
}

function inkOf(palette: Palette) {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: palette.text,
    faint: palette.faint,
    grid: token("--grid"),
    axis: palette.line,
    background: palette.panel,
    sans: token("--sans"),
  };
}

async function savePng(subject: Subject, scale: number, clear: boolean): Promise<void> {
  const { palette } = subject;
  const vectors = await vectorsOf(subject);
  const { entries, more } = legendOf(vectors.shapes, subject.nameOf);
  const white = await plotCanvas(subject, scale, clear ? [255, 255, 255] : rgbOf(palette.panel));
  const plot = clear ? unveil(white.canvas, (await plotCanvas(subject, scale, [0, 0, 0])).canvas) : white.canvas;
  const legend = (entries.length + (more ? 1 : 0)) * ROW + MARGIN;
  const canvas = document.createElement("canvas");
  canvas.width = plot.width;
  canvas.height = plot.height + (HEAD + legend) * scale;
  const c = canvas.getContext("2d");
  if (c === null) return;
  if (!clear) {
    c.fillStyle = palette.panel;
    c.fillRect(0, 0, canvas.width, canvas.height);
  }
  c.drawImage(plot, 0, HEAD * scale);
  c.scale(scale, scale);
  words(c, subject.title, entries, more, HEAD + plot.height / scale, palette);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob !== null) save(blob, `${fileName(subject.title)}.png`);
}

function words(
  c: CanvasRenderingContext2D,
  title: string,
  entries: readonly LegendEntry[],
  more: string,
  top: number,
  palette: Palette,
): void {
  c.textBaseline = "middle";
  c.fillStyle = palette.text;
  c.font = `600 ${palette.font.replace(/^\S+/, "12px")}`;
  c.fillText(visible(title), 10, 14);
  c.font = palette.font;
  entries.forEach(({ label, color, dash }, i) => {
    const y = top + i * ROW + ROW / 2;
    c.strokeStyle = color;
    c.lineWidth = 1.8;
    c.setLineDash([...dash]);
    c.beginPath();
    c.moveTo(10, y);
    c.lineTo(28, y);
    c.stroke();
    c.fillText(label, 34, y);
  });
  c.setLineDash([]);
  c.fillStyle = palette.faint;
  c.fillText(more, 34, top + entries.length * ROW + ROW / 2);
}

async function plotCanvas(
  { engine, panel, palette }: Subject,
  dpr: number,
  background: Rgb,
): Promise<{ canvas: HTMLCanvasElement; frame: Frame }> {
  const answer = await engine.ask(panel, { what: "picture", dpr, background });
  if (answer === null) throw new Error(text.figureEmpty(panel));
  const { bitmap, frame, width, height } = answer;
  const canvas = document.createElement("canvas");
  paintBase(canvas, width, height, dpr, bitmap, frame, { ...palette, panel: cssOf(background) });
  bitmap.close();
  return { canvas, frame };
}

/** The same picture before white and before black tells how opaque each pixel is, and in which colour. */
function unveil(onWhite: HTMLCanvasElement, onBlack: HTMLCanvasElement): HTMLCanvasElement {
  const { width, height } = onWhite;
  const pixels = (canvas: HTMLCanvasElement) => canvas.getContext("2d")?.getImageData(0, 0, width, height);
  const white = pixels(onWhite);
  const black = pixels(onBlack);
  if (white === undefined || black === undefined) return onWhite;
  const w = white.data;
  const b = black.data;
  for (let i = 0; i < w.length; i += 4) {
    const alpha = 255 - Math.max(w[i] - b[i], w[i + 1] - b[i + 1], w[i + 2] - b[i + 2]);
    for (let k = i; k < i + 3; k++) w[k] = alpha > 0 ? (b[k] * 255) / alpha : 0;
    w[i + 3] = alpha;
  }
  onWhite.getContext("2d")?.putImageData(white, 0, 0);
  return onWhite;
}
