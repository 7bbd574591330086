// A picture as strokes and areas, for SVG: the same layers as the raster's, in CSS pixels of the plot.

import type { GroupLine } from "./groups";
import {
  envelopeLook,
  HATCH_ALPHA,
  hatchOf,
  type LineLook,
  lineLook,
  rewoundLook,
  scaleYFor,
  stretches,
} from "./layers";
import type { Picture } from "./picture";
import type { Shape, Vectors } from "./protocol";
import { type DrawnLine, valuesOf } from "./values";

export function vectorsOf({ layers, frame }: Picture): Vectors {
  const { lines, rewound, groups, scene, panel, scaleX } = layers;
  const shapes: Shape[] = [];
  for (const group of groups) if (scene.band !== "none") shapes.push(bandOf(group, layers));
  if (groups.length === 0) {
    for (const [i, d] of lines.entries()) {
      const look = envelopeLook(layers, d, lines.length);
      if (look === "whole") shapes.push(envelopeOf(d, layers, scene.theme.envelope));
      if (look === "hatched") shapes.push(hatchedOf(d, layers, i));
    }
  }
  for (const d of rewound) {
    const { width, alpha, envelope } = rewoundLook(layers, d);
    if (envelope > 0) shapes.push(envelopeOf(d, layers, envelope));
    shapes.push(...strokesOf(d, layers, { width, alpha, dash: [], values: valuesOf(d.line, layers.smoother) }));
  }
  for (const d of lines) shapes.push(...strokesOf(d, layers, lineLook(layers, d, lines.length)));
  for (const group of groups) shapes.push(...centresOf(group, layers));
  return { what: "vectors", frame, width: Math.round(scaleX(scaleX.hi) / panel.dpr), height: heightOf(layers), shapes };
}

type Layers = Picture["layers"];

const heightOf = ({ scaleY, panel }: Layers) => Math.round(scaleY(scaleY.lo) / panel.dpr);

type Stroke = Pick<LineLook, "width" | "dash" | "alpha" | "values">;

function strokesOf(d: DrawnLine, layers: Layers, { width, dash, alpha, values }: Stroke): Shape[] {
  const { scaleX, panel } = layers;
  const scaleY = scaleYFor(layers, d.tag);
  const [from, to] = d.line.touching(scaleX.lo + d.shift, scaleX.hi + d.shift);
  const out: Shape[] = [];
  let points: number[] = [];
  const finish = () => {
    if (points.length > 0)
      out.push({
        kind: "line",
        run: d.run.id,
        tag: d.tag,
        color: d.color,
        alpha,
        width,
        dash,
        points: new Float32Array(points),
      });
    points = [];
  };
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (!Number.isFinite(value) || (scaleY.log && value <= 0) || Number.isNaN(d.line.x[i])) finish();
    else points.push(scaleX(d.line.x[i] - d.shift) / panel.dpr, scaleY(value) / panel.dpr);
  }
  finish();
  return out;
}

function envelopeOf(d: DrawnLine, layers: Layers, alpha: number): Shape {
  const { scaleX, panel } = layers;
  const scaleY = scaleYFor(layers, d.tag);
  const { line, shift } = d;
  const [from, to] = line.touching(scaleX.lo + shift, scaleX.hi + shift);
  const place = (value: number) => (scaleY.log && value <= 0 ? heightOf(layers) : scaleY(value) / panel.dpr);
  const upper: number[] = [];
  const lower: [number, number][] = [];
  for (let i = from; i < to; i++) {
    if (!Number.isFinite(line.hi[i])) continue;
    upper.push(scaleX(line.hiX[i] - shift) / panel.dpr, place(line.hi[i]));
    lower.push([scaleX(line.loX[i] - shift) / panel.dpr, place(line.lo[i])]);
  }
  return area(d.run.id, d.tag, d.color, alpha, [...upper, ...lower.reverse().flat()]);
}

function hatchedOf(d: DrawnLine, layers: Layers, index: number): Shape {
  const { scaleX, panel } = layers;
  const { dpr } = panel;
  const size = { width: Math.round(scaleX(scaleX.hi)), height: heightOf(layers) * dpr };
  const { upper, lower } = hatchOf(size, layers, d, index);
  const points: number[] = [];
  for (let column = 0; column < size.width; column++) {
    if (upper[column] > lower[column]) continue;
    const x = (column + 0.5) / dpr;
    points.push(x, upper[column] / dpr, x, lower[column] / dpr);
  }
  return {
    kind: "hatch",
    run: d.run.id,
    tag: d.tag,
    color: d.color,
    alpha: HATCH_ALPHA,
    width: 1 / dpr,
    dash: [],
    points: new Float32Array(points),
  };
}

function bandOf(g: GroupLine, layers: Layers): Shape {
  const { scaleX, scaleY, panel, scene } = layers;
  const upper: number[] = [];
  const lower: [number, number][] = [];
  for (let i = 0; i < g.x.length; i++) {
    if (!Number.isFinite(g.hi[i]) || (scaleY.log && g.lo[i] <= 0)) continue;
    const x = scaleX(g.x[i]) / panel.dpr;
    upper.push(x, scaleY(g.hi[i]) / panel.dpr);
    lower.push([x, scaleY(g.lo[i]) / panel.dpr]);
  }
  const color = scene.theme.runs[g.group.slot % scene.theme.runs.length];
  return area(g.group.key, "", color, scene.theme.envelope, [...upper, ...lower.reverse().flat()]);
}

function centresOf(g: GroupLine, layers: Layers): Shape[] {
  const { scaleX, scaleY, panel, scene } = layers;
  const color = scene.theme.runs[g.group.slot % scene.theme.runs.length];
  return stretches(g).map(({ from, to, fewer }) => {
    const points: number[] = [];
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(g.centre[i]) || (scaleY.log && g.centre[i] <= 0)) continue;
      points.push(scaleX(g.x[i]) / panel.dpr, scaleY(g.centre[i]) / panel.dpr);
    }
    const dash = fewer ? [4, 3] : [];
    return {
      kind: "line",
      run: g.group.key,
      tag: "",
      color,
      alpha: 1,
      width: 1.8,
      dash,
      points: new Float32Array(points),
    };
  });
}

const area = (run: string, tag: string, color: Shape["color"], alpha: number, points: number[]): Shape => ({
  kind: "area",
  run,
  tag,
  color,
  alpha,
  width: 0,
  dash: [],
  points: new Float32Array(points),
});
