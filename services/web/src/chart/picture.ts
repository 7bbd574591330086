// One panel's picture: ranges, ticks, then its layers. Pure: lines and a look in, pixels and a frame out. Thousands of lines
// take half a second, so it is made in parts (parts.ts), a line each.

import { endsOf } from "./ends";
import { addBand, dataSpan, type Extent, extentOf, type HeldY, type Ranges, xRange, yRange } from "./extent";
import { type GroupLine, GroupLines, type WantedGroup } from "./groups";
import { drawLayers, findClips, isCrowd, type Layers } from "./layers";
import { inOneGo } from "./parts";
import type { Frame, Look, PanelSpec, RightAxis, Scene } from "./protocol";
import { Raster } from "./raster";
import { makeScale, makeXScale, STRIP } from "./scale";
import {
  logTicks,
  numberTicks,
  relativeTicks,
  stepTicks,
  symlogTicks,
  type Tick,
  valueTicks,
  wallTicks,
} from "./ticks";
import { type DrawnLine, isApproximate, smootherOf, valuesOf } from "./values";

export interface Picture {
  raster: Raster;
  frame: Frame;
  ranges: Ranges;
  layers: Layers;
}

export interface PictureInput {
  panel: PanelSpec;
  scene: Scene;
  base: bigint;
  lines: DrawnLine[];
  /** What rewinds hid and is shown; so many earlier stretches are not. */
  rewound?: DrawnLine[];
  rewoundLeft?: number;
  loading: boolean;
  newSteps: bigint;
  /** null: fit to the data. */
  held: Ranges | null;
  /** The panel's, kept between its pictures. */
  groups?: GroupLines;
}

export const lookOf = (scene: Scene, panel: Pick<PanelSpec, "overrides">): Look => ({ ...scene, ...panel.overrides });

export const drawPicture = (input: PictureInput): Picture => inOneGo(pictureOf(input));

export function* pictureOf(input: PictureInput): Generator<void, Picture> {
  const { panel, scene, base, held, rewound = [] } = input;
  // Hidden members count in their groups.
  const lines = input.lines.filter(({ run }) => run.hidden !== true);
  const all = rewound.length === 0 ? lines : [...lines, ...rewound];
  const look = lookOf(scene, panel);
  const width = Math.max(1, Math.round(panel.width * panel.dpr));
  const height = Math.max(1, Math.round(panel.height * panel.dpr));
  const x = xRange([...input.lines, ...rewound], scene.range, look, base, held);
  const isRight = (d: DrawnLine) => look.right != null && d.tag === look.right;
  const strip = look.xLog && hasNonPositive(all) ? STRIP : 0;
  const span = dataSpan(input.lines);
  const smoothing = held?.smoothing ?? (span === null ? 0 : span[1] - span[0]);
  const smoother = smootherOf(look, smoothing);
  const scaleX = makeXScale(x[0], x[1], 0, width, look.xLog, strip * panel.dpr);
  const members = input.lines.filter((d) => !isRight(d));
  const groups = yield* groupLines(input, members, smoother, [scaleX.lo, scaleX.hi], width);
  const e = yield* extentOf(
    all.filter((d) => !isRight(d)),
    x,
    look.y,
    look.outliers || look.y === "symlog",
  );
  for (const group of groups) addBand(e, group, look.y);
  const { y, c, clipped } = yRange(e, look, held);
  const scaleY = makeScale(y[0], y[1], height, 0, look.y, c);
  const right = yield* rightOf(all.filter(isRight), look, x, held?.right ?? null, panel.height);
  const scaleRight = right === null ? null : makeScale(right.y[0], right.y[1], height, 0, look.y, right.c);
  const layers: Layers = { panel, scene, look, smoother, lines, rewound, groups, scaleX, scaleY, scaleRight };

  // Without a value in view there is no y axis to label.
  const yTicks = e.lo <= e.hi ? yTicksOf(look, y, c, panel.height) : [];
  const raster = new Raster(width, height, scene.theme.panel);
  for (const tick of yTicks) {
    const at = Math.round(scaleY(tick.at) - panel.dpr / 2);
    raster.rect(0, at, width, at + Math.max(1, Math.round(panel.dpr)));
  }
  raster.flush(scene.theme.grid, 1);
  const marks = yield* drawLayers(raster, layers);
  const frame: Frame = {
    pad: panel.pad,
    height: panel.height,
    ends: panel.named ? endsOf(layers) : null,
    axis: look.x,
    base,
    x,
    xLog: look.xLog,
    strip,
    y,
    yMode: look.y,
    c,
    xTicks: xTicksOf(look, x, base, panel.width - strip),
    yTicks,
    right,
    marks,
    clips: look.outliers || look.yRange !== null ? findClips(layers) : [],
    pins: [],
    smoothingRange: smoother.range,
    smoothingApproximate: lines.some(({ line }) => isApproximate(line, smoother)),
    ...counted(input, input.lines),
    ...said(e),
    clipped,
  };
  return { raster, frame, ranges: { x, y, c, smoothing, right }, layers };
}

/** The axis of the lines that have one of their own; null: there are none. */
function* rightOf(
  lines: DrawnLine[],
  look: Look,
  x: [number, number],
  held: HeldY | null,
  pixels: number,
): Generator<void, RightAxis | null> {
  if (look.right == null || lines.length === 0) return null;
  const e = yield* extentOf(lines, x, look.y, look.outliers || look.y === "symlog");
  const { y, c } = yRange(e, { ...look, yRange: null }, held);
  return { tag: look.right, y, c, yTicks: e.lo <= e.hi ? yTicksOf(look, y, c, pixels) : [] };
}

function counted({ scene, loading, newSteps, rewound = [], rewoundLeft = 0 }: PictureInput, lines: DrawnLine[]) {
  const sum = (of: (d: DrawnLine) => number) => lines.reduce((total, d) => total + of(d), 0);
  const series = sum(({ line }) => (line.n > 0 ? 1 : 0));
  return {
    series,
    bucketed: sum(({ line }) => (line.bucketed ? 1 : 0)),
    rewound: rewound.length,
    rewoundLeft,
    density: isCrowd(scene, series),
    loading,
    newSteps,
    nonFinite: sum(({ line }) => line.nonFinite),
    unplaced: sum(({ line }) => line.unplaced),
    truncated: lines.some(({ line }) => line.truncated),
    damaged: lines.some(({ line }) => line.damaged),
  };
}

const said = (e: Extent) => ({
  nonPositive: e.nonPositive,
  nonPositiveAtLeast: e.atLeast,
  lowest: e.lowest,
  highest: e.highest,
});

const hasNonPositive = (lines: DrawnLine[]) =>
  lines.some(({ line, shift }) =>
    line.path ? line.x.some((x) => x <= 0) : line.n > 0 && Math.min(line.firstX, line.x[0]) - shift <= 0,
  );

function* groupLines(
  input: PictureInput,
  lines: DrawnLine[],
  smoother: Layers["smoother"],
  range: [number, number],
  width: number,
): Generator<void, GroupLine[]> {
  const { scene, groups = new GroupLines() } = input;
  const { band = "minmax", centre = "mean" } = scene;
  const look = { band, centre, range, most: Math.max(2, width) };
  return yield* groups.of(yield* membersOf(scene, lines, smoother), look);
}

/** The members of each group and tag. */
function* membersOf(scene: Scene, lines: DrawnLine[], smoother: Layers["smoother"]): Generator<void, WantedGroup[]> {
  const byKey = new Map(
    (scene.groups ?? []).map((group) => [group.key, { group, byTag: new Map<string, WantedGroup>() }]),
  );
  if (byKey.size === 0) return [];
  for (const { run, tag, line, shift } of lines) {
    const found = run.group == null ? undefined : byKey.get(run.group);
    if (found === undefined || line.n === 0 || line.path) continue;
    const { group, byTag } = found;
    const wanted = byTag.get(tag) ?? { group, tag, members: [] };
    byTag.set(tag, wanted);
    wanted.members.push({ line, shift, values: valuesOf(line, smoother) });
    yield;
  }
  return [...byKey.values()].flatMap(({ byTag }) => [...byTag.values()]);
}

function yTicksOf(look: Look, y: [number, number], c: number, pixels: number): Tick[] {
  if (look.y === "log") return logTicks(y[0], y[1], pixels);
  return look.y === "symlog" ? symlogTicks(y[0], y[1], c, pixels) : valueTicks(y[0], y[1], pixels);
}

function xTicksOf(look: Look, x: [number, number], base: bigint, pixels: number): Tick[] {
  if (look.xLog) return logTicks(makeXScale(x[0], x[1], 0, 1, true, 0).lo || 1, x[1], pixels / 2.4);
  if (look.x === "step") return stepTicks(x[0], x[1], base, pixels);
  if (look.x === "wall") return wallTicks(x[0], x[1], pixels);
  return look.x === "metric" ? numberTicks(x[0], x[1], pixels) : relativeTicks(x[0], x[1], pixels);
}
