// The layers of a picture, in the order that they lie over each other: bands and envelopes, faint raw lines, lines and dots.

import { DASHES } from "./dashes";
import {
  drawBand,
  drawDots,
  drawEnvelope,
  drawLine,
  drawSpans,
  findMarks,
  hatchSpans,
  isDense,
  type LineStyle,
} from "./geometry";
import type { GroupLine } from "./groups";
import { PickBuffer } from "./pick";
import type { Clip, Look, Mark, PanelSpec, Scene } from "./protocol";
import { Density, type Raster, type Rgb } from "./raster";
import type { Scale } from "./scale";
import { smooths } from "./smooth";
import { type DrawnLine, type Smoother, valuesOf } from "./values";

// Above 40 series envelopes would be a fog and are hatched, above 300 lines are drawn thin and translucent without them, above
// 5,000 only their density.
const MAX_ENVELOPES = 40;
const MAX_SOLID = 300;
const MAX_LINES = 5_000;
// Above so many lines the one under the pointer is found by the picture.
const MAX_ASKED = 1_000;
const HATCH = 4; // CSS pixels from one stroke of a hatched envelope to the next
export const HATCH_ALPHA = 0.08;
const MAX_MARKS = 60;
const MEMBER_ALPHA = 0.22;
const REWOUND_ALPHA = 0.5;

const BASELINE_DASH: readonly number[] = [6, 4];
const FEWER_DASH: readonly number[] = [4, 3];

export interface Layers {
  panel: Pick<PanelSpec, "dpr">;
  scene: Scene;
  look: Look;
  smoother: Smoother;
  lines: DrawnLine[];
  /** What rewinds hid: thin, beneath the lines. */
  rewound: DrawnLine[];
  groups: GroupLine[];
  scaleX: Scale;
  scaleY: Scale;
  /** Of the lines whose axis is at the right. */
  scaleRight: Scale | null;
  /** Of a crowd: which of `picked` is where. Made while it is drawn. */
  pick?: PickBuffer | null;
  picked?: DrawnLine[];
}

/** The y scale that a line is drawn by. */
export const scaleYFor = ({ look, scaleY, scaleRight }: Layers, tag: string): Scale =>
  scaleRight !== null && tag === look.right ? scaleRight : scaleY;

export const isCrowd = (scene: Scene, lines: number): boolean => scene.density ?? lines > MAX_LINES;

/** Ascending: what is drawn later lies on top. */
function zOrder({ scene, lines }: Layers): DrawnLine[] {
  const rank = ({ run }: DrawnLine) => (run.id === scene.focus ? 3 : run.id === scene.baseline ? 2 : run.live ? 1 : 0);
  return lines.filter(({ line }) => line.n > 0).sort((a, b) => rank(a) - rank(b));
}

export interface LineLook {
  width: number;
  dash: readonly number[];
  alpha: number;
  values: Float64Array;
  crowd: boolean;
  thick: boolean;
}

/** How one line of the picture looks; widths and dashes in CSS pixels. */
export function lineLook(layers: Layers, d: DrawnLine, count: number): LineLook {
  const { scene, smoother, groups } = layers;
  const thick = d.run.id === scene.focus;
  const focused = scene.focus !== null && layers.lines.some(({ run }) => run.id === scene.focus);
  const dim = focused && !thick ? 0.3 : 1;
  const many = count > MAX_SOLID;
  const member = groups.length > 0 && d.run.group != null && !thick;
  const crowd = (many && !thick) || member;
  const alpha = member ? MEMBER_ALPHA : crowd ? Math.max(0.12, 3 / Math.sqrt(count)) * dim : dim;
  const dash = d.run.id === scene.baseline ? BASELINE_DASH : DASHES[d.dash % DASHES.length];
  return { width: thick ? 2.2 : crowd ? 1 : 1.4, dash, alpha, values: valuesOf(d.line, smoother), crowd, thick };
}

/** Yields after each line, so that somebody can be answered meanwhile. */
export function* drawLayers(raster: Raster, layers: Layers): Generator<void, Mark[]> {
  const lines = zOrder(layers);
  layers.pick = null;
  if (lines.length > MAX_ASKED && layers.groups.length === 0) {
    layers.pick = new PickBuffer(raster.width, raster.height);
    layers.picked = lines;
  }
  if (isCrowd(layers.scene, lines.length)) {
    yield* drawDensity(raster, layers, lines);
    const over = lines.filter(({ run }) => run.id === layers.scene.focus || run.id === layers.scene.baseline);
    return yield* drawLines(raster, layers, over, over.length);
  }
  for (const group of layers.groups) drawGroupBand(raster, layers, group);
  if (layers.groups.length === 0) yield* drawEnvelopes(raster, layers, lines);
  for (const d of layers.rewound) {
    drawRewound(raster, layers, d);
    yield;
  }
  const marks = yield* drawLines(raster, layers, lines, lines.length);
  for (const group of layers.groups) drawCentre(raster, layers, group);
  return marks;
}

function* drawEnvelopes(raster: Raster, layers: Layers, lines: DrawnLine[]): Generator<void, void> {
  const { scene, scaleX, panel, look } = layers;
  const { envelope } = scene.theme;
  const focused = scene.focus !== null && lines.some((d) => d.run.id === scene.focus);
  for (const [i, d] of lines.entries()) {
    yield;
    if (lines.length > MAX_ENVELOPES && d.run.id !== scene.focus) {
      if (envelopeLook(layers, d, lines.length) === "hatched") {
        const { upper, lower } = hatchOf(raster, layers, d, i);
        raster.spans(upper, lower, d.color, HATCH_ALPHA);
      }
      continue;
    }
    const dim = focused && d.run.id !== scene.focus ? 0.3 : 1;
    const scaleY = scaleYFor(layers, d.tag);
    if (d.line.bucketed && !d.line.path) {
      drawEnvelope(raster, d.line, d.shift, scaleX, scaleY, raster.height);
      raster.flush(d.color, envelope * dim);
    } else if (smooths(look.smoothing)) {
      const alpha = (envelope + 0.1) * dim;
      if (isDense(d.line, d.shift, scaleX, raster.width)) {
        drawSpans(raster, d.line, d.shift, scaleX, scaleY, d.line.value, d.color, alpha, panel.dpr / 2);
        continue;
      }
      drawLine(raster, d.line, d.shift, scaleX, scaleY, { width: panel.dpr, dash: [], values: d.line.value });
      raster.flush(d.color, alpha);
    }
  }
}

/** How the range of a line's columns is shown among so many lines; null: the line has none, or there is no room for it. */
export function envelopeLook({ scene }: Layers, { line, run }: DrawnLine, count: number): "whole" | "hatched" | null {
  if (!line.bucketed || line.path) return null;
  if (count <= MAX_ENVELOPES || run.id === scene.focus) return "whole";
  return count <= MAX_SOLID ? "hatched" : null;
}

/** The strokes of a hatched envelope, by pixel column. Neighbours in order have theirs beside each other. */
export function hatchOf(size: Pick<Raster, "width" | "height">, layers: Layers, d: DrawnLine, index: number) {
  const gap = Math.max(2, Math.round(HATCH * layers.panel.dpr));
  return hatchSpans(size, d.line, d.shift, layers.scaleX, scaleYFor(layers, d.tag), gap, index % gap);
}

function* drawLines(raster: Raster, layers: Layers, lines: DrawnLine[], count: number): Generator<void, Mark[]> {
  const { panel, scene, scaleX } = layers;
  const { dpr } = panel;
  const marks: Mark[] = [];
  for (const [i, d] of lines.entries()) {
    yield;
    const how = lineLook(layers, d, count);
    const scaleY = scaleYFor(layers, d.tag);
    if (how.crowd && !d.line.path) {
      const target = layers.pick == null ? raster : picking(raster, layers.pick, i);
      drawSpans(target, d.line, d.shift, scaleX, scaleY, how.values, d.color, how.alpha);
      continue;
    }
    const dash = how.dash.map((length) => length * dpr);
    const style: LineStyle = { width: dpr * how.width, dash, values: how.values };
    if (isDense(d.line, d.shift, scaleX, raster.width))
      drawSpans(raster, d.line, d.shift, scaleX, scaleY, how.values, d.color, how.alpha, style.width / 2, dash);
    else drawLine(raster, d.line, d.shift, scaleX, scaleY, style);
    drawDots(raster, d.line, d.shift, scaleX, scaleY, style, dpr);
    raster.flush(d.color, how.alpha);
    if (d.run.live && !how.crowd) drawHead(raster, d, scaleX, scaleY, style.values, dpr, scene.theme.panel);
    if (marks.length < MAX_MARKS) marks.push(...findMarks(d.line, d.shift, scaleX, dpr, MAX_MARKS - marks.length));
  }
  return marks;
}

function drawRewound(raster: Raster, layers: Layers, d: DrawnLine): void {
  const { scaleX, panel, smoother } = layers;
  const scaleY = scaleYFor(layers, d.tag);
  const { width, alpha, envelope } = rewoundLook(layers, d);
  if (envelope > 0) {
    drawEnvelope(raster, d.line, d.shift, scaleX, scaleY, raster.height);
    raster.flush(d.color, envelope);
  }
  const values = valuesOf(d.line, smoother);
  if (isDense(d.line, d.shift, scaleX, raster.width)) {
    drawSpans(raster, d.line, d.shift, scaleX, scaleY, values, d.color, alpha, (width * panel.dpr) / 2);
    return;
  }
  drawLine(raster, d.line, d.shift, scaleX, scaleY, { width: width * panel.dpr, dash: [], values });
  raster.flush(d.color, alpha);
}

/** `envelope`: how strong it is; 0: there is none. */
export function rewoundLook(
  { scene, rewound }: Pick<Layers, "scene" | "rewound">,
  d: DrawnLine,
): { width: number; alpha: number; envelope: number } {
  const strength = scene.focus !== null && d.run.id !== scene.focus ? 0.3 : 1;
  const enveloped = d.line.bucketed && !d.line.path && rewound.length <= MAX_ENVELOPES;
  return { width: 1, alpha: REWOUND_ALPHA * strength, envelope: enveloped ? scene.theme.envelope * strength : 0 };
}

const groupColor = ({ scene }: Layers, { group }: GroupLine): Rgb =>
  scene.theme.runs[group.slot % scene.theme.runs.length];

function drawGroupBand(raster: Raster, layers: Layers, g: GroupLine): void {
  if (layers.scene.band === "none") return;
  drawBand(raster, g.x, g.lo, g.hi, layers.scaleX, layers.scaleY);
  raster.flush(groupColor(layers, g), layers.scene.theme.envelope);
}

/** The centre is dashed where it stands for fewer members than it did before: some have ended. */
function drawCentre(raster: Raster, layers: Layers, g: GroupLine): void {
  const { panel, scaleX, scaleY } = layers;
  for (const { from, to, fewer } of stretches(g)) {
    const style: LineStyle = {
      width: 1.8 * panel.dpr,
      dash: fewer ? FEWER_DASH.map((length) => length * panel.dpr) : [],
      values: g.centre.subarray(from, to),
    };
    drawLine(raster, asRows(g, from, to), 0, scaleX, scaleY, style);
  }
  raster.flush(groupColor(layers, g), 1);
}

export interface Stretch {
  from: number;
  to: number;
  fewer: boolean;
}

/** The rows of a centre in stretches of full and of fewer members; neighbours share a row, so the line has no gap. */
export function stretches(g: Pick<GroupLine, "n">): Stretch[] {
  const out: Stretch[] = [];
  let most = 0;
  for (let i = 0; i < g.n.length; i++) {
    most = Math.max(most, g.n[i]);
    const fewer = g.n[i] < most;
    const open = out[out.length - 1];
    if (open !== undefined && open.fewer === fewer) open.to = i + 1;
    else out.push({ from: Math.max(0, i - 1), to: i + 1, fewer });
  }
  return out;
}

/** What drawLine needs of a line. */
const asRows = (g: GroupLine, from: number, to: number) => ({
  x: g.x.subarray(from, to),
  touching: (): [number, number] => [0, to - from],
});

/** The end of a run that is still writing: a dot with a rim. */
function drawHead(
  raster: Raster,
  d: DrawnLine,
  scaleX: Scale,
  scaleY: Scale,
  values: Float64Array,
  dpr: number,
  rim: Rgb,
): void {
  let i = d.line.n - 1;
  while (i >= 0 && !Number.isFinite(values[i])) i--;
  if (i < 0 || (scaleY.log && values[i] <= 0)) return;
  const x = Math.min(scaleX(d.line.x[i] - d.shift), raster.width - 4 * dpr);
  if (scaleX(d.line.x[i] - d.shift) > raster.width + 1 || x < 0) return;
  const y = scaleY(values[i]);
  raster.dot(x, y, 3.6 * dpr);
  raster.flush(rim, 1);
  raster.dot(x, y, 2.6 * dpr);
  raster.flush(d.color, 1);
}

type Spans = Pick<Raster, "width" | "spans">;

/** Draws, and writes down which line it was. */
const picking = (raster: Spans, pick: PickBuffer, index: number): Spans => ({
  width: raster.width,
  spans(upper, lower, color, alpha) {
    raster.spans(upper, lower, color, alpha);
    pick.spans(upper, lower, index);
  },
});

function* drawDensity(raster: Raster, layers: Layers, lines: DrawnLine[]): Generator<void, void> {
  const { smoother, scene, scaleX } = layers;
  const density = new Density(raster.width, raster.height);
  for (const [i, d] of lines.entries()) {
    const scaleY = scaleYFor(layers, d.tag);
    const target = layers.pick == null ? density : picking(density, layers.pick, i);
    drawSpans(target, d.line, d.shift, scaleX, scaleY, valuesOf(d.line, smoother), d.color, 1);
    yield;
  }
  density.paint(raster, scene.theme.scale);
}

/** The farthest point of each run beyond each edge of y. */
export function findClips(layers: Layers): Clip[] {
  const { lines, scaleX, panel } = layers;
  const { dpr } = panel;
  const clips: Clip[] = [];
  for (const { line, shift, run, color, tag } of lines) {
    const scaleY = scaleYFor(layers, tag);
    const [from, to] = line.within(scaleX.lo + shift, scaleX.hi + shift);
    let above = -1;
    let below = -1;
    for (let i = from; i < to; i++) {
      if (line.hi[i] > scaleY.hi && (above < 0 || line.hi[i] > line.hi[above])) above = i;
      if (line.lo[i] < scaleY.lo && (below < 0 || line.lo[i] < line.lo[below])) below = i;
    }
    const put = (i: number, top: boolean, x: number, value: number, step: bigint) => {
      if (i >= 0) clips.push({ px: scaleX(x - shift) / dpr, top, run: run.id, color: cssOf(color), value, step });
    };
    put(above, true, line.hiX[above], line.hi[above], line.hiStep[above]);
    put(below, false, line.loX[below], line.lo[below], line.loStep[below]);
    if (clips.length >= MAX_MARKS) break;
  }
  return clips;
}

export const cssOf = (color: Rgb): string => `rgb(${color[0]} ${color[1]} ${color[2]})`;
