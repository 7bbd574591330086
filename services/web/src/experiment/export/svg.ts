// A chart as SVG: true vectors, with axes and a legend, and the names of its fonts.

import { tagText } from "../../api/tags";
import { scaleXOf, scaleYOf } from "../../chart/paint";
import type { Frame, Shape, Vectors } from "../../chart/protocol";
import type { Rgb } from "../../chart/raster";
import { makeScale } from "../../chart/scale";
import { visible } from "../../components/Name";

export interface Ink {
  text: string;
  faint: string;
  grid: string;
  axis: string;
  /** null: transparent. */
  background: string | null;
  sans: string;
}

export interface LegendEntry {
  label: string;
  color: string;
  dash: readonly number[];
}

const HEAD = 26;
const ROW = 16;
const SIZE = 10.5;

const xml = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
const rgb = (color: Rgb) => `rgb(${color[0]},${color[1]},${color[2]})`;
const num = (value: number) => String(Math.round(value * 100) / 100);

export function svgOf(vectors: Vectors, title: string, legend: readonly LegendEntry[], more: string, ink: Ink): string {
  const { width: plot, height, frame, shapes } = vectors;
  const { pad } = frame;
  const width = pad.left + plot + pad.right;
  const foot = HEAD + pad.top + height + pad.bottom;
  const rows = legend.length + (more ? 1 : 0);
  const total = foot + rows * ROW + (rows > 0 ? 8 : 0);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${xml(ink.sans)}" font-size="${SIZE}">`,
    ink.background === null ? "" : `<rect width="${width}" height="${total}" fill="${ink.background}"/>`,
    `<text x="10" y="17" font-size="12" font-weight="600" fill="${ink.text}">${xml(title)}</text>`,
    `<g transform="translate(${pad.left},${HEAD + pad.top})">`,
    axes(frame, plot, height, ink),
    `<clipPath id="plot"><rect width="${plot}" height="${height}"/></clipPath><g clip-path="url(#plot)">`,
    ...shapes.map(shapeOf),
    "</g></g>",
    ...legend.map((entry, i) => legendRow(entry, foot + i * ROW, ink)),
    more ? `<text x="34" y="${foot + legend.length * ROW + 11}" fill="${ink.faint}">${xml(more)}</text>` : "",
    "</svg>",
  ];
  return parts.filter(Boolean).join("\n");
}

function axes(frame: Frame, width: number, height: number, ink: Ink): string {
  const x = scaleXOf(frame, width);
  const y = scaleYOf(frame, height);
  const grid = frame.yTicks.map((tick) => {
    const at = num(y(tick.at));
    return `<path d="M0 ${at}H${width}" stroke="${ink.grid}"/><text x="-6" y="${at}" dy="0.35em" text-anchor="end" fill="${ink.faint}">${xml(tick.label)}</text>`;
  });
  const labels = frame.xTicks.map(
    (tick) =>
      `<text x="${num(x(tick.at))}" y="${height + 15}" text-anchor="middle" fill="${ink.faint}">${xml(tick.label)}</text>`,
  );
  return [
    ...grid,
    rightAxis(frame, width, height, ink),
    `<path d="M0 ${height}.5H${width}" stroke="${ink.axis}"/>`,
    ...labels,
  ].join("");
}

function rightAxis({ right, yMode }: Frame, width: number, height: number, ink: Ink): string {
  if (right === null) return "";
  const y = makeScale(right.y[0], right.y[1], height, 0, yMode, right.c);
  const labels = right.yTicks.map(({ at, label }) => {
    const place = num(y(at));
    return `<path d="M${width} ${place}h3" stroke="${ink.axis}"/><text x="${width + 6}" y="${place}" dy="0.35em" fill="${ink.faint}">${xml(label)}</text>`;
  });
  const name = xml(`${visible(tagText(right.tag).slice(0, 60))} →`);
  const title = `<text x="${width - 6}" y="6" dy="0.35em" text-anchor="end" fill="${ink.faint}">${name}</text>`;
  return `<path d="M${width} 0V${height}" stroke="${ink.axis}"/>${labels.join("")}${title}`;
}

function shapeOf({ kind, color, alpha, width, dash, points }: Shape): string {
  if (points.length < 2) return "";
  // A point without neighbours is a dot.
  if (points.length === 2 && kind === "line")
    return `<circle cx="${num(points[0])}" cy="${num(points[1])}" r="2.4" fill="${rgb(color)}"/>`;
  let d = "";
  const isStart = (i: number) => (kind === "hatch" ? i % 4 === 0 : i === 0);
  for (let i = 0; i < points.length; i += 2) d += `${isStart(i) ? "M" : "L"}${num(points[i])} ${num(points[i + 1])}`;
  if (kind === "area") return `<path d="${d}Z" fill="${rgb(color)}" fill-opacity="${num(alpha)}"/>`;
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  return `<path d="${d}" fill="none" stroke="${rgb(color)}" stroke-opacity="${num(alpha)}" stroke-width="${width}"${dashes} stroke-linejoin="round"/>`;
}

function legendRow({ label, color, dash }: LegendEntry, y: number, ink: Ink): string {
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  return `<path d="M10 ${y + 7.5}h18" stroke="${color}" stroke-width="1.8"${dashes}/><text x="34" y="${y + 11}" fill="${ink.text}">${xml(label)}</text>`;
}
