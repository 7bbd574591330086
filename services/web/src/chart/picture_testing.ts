// Scenes and lines for tests of pictures.

import { decodeSeries } from "../api/series";
import { answerOf, type exactItem } from "../api/series_testing";
import { Line } from "./line";
import { PAD } from "./pad";
import { drawPicture, type Picture, type PictureInput } from "./picture";
import type { PanelSpec, Scene, SceneRun } from "./protocol";
import type { DrawnLine } from "./values";

export type Item = ReturnType<typeof exactItem>;

export const testScene: Scene = {
  runs: [],
  x: "step",
  xTag: null,
  xLog: false,
  range: null,
  smoothing: { kind: "none", amount: 0 },
  y: "lin",
  c: null,
  outliers: false,
  yRange: null,
  focus: null,
  theme: {
    panel: [255, 255, 255],
    grid: [240, 240, 240],
    runs: [[200, 0, 0]],
    envelope: 0.18,
    scale: [
      [220, 240, 240],
      [10, 40, 70],
    ],
  },
};

export const testPanel: PanelSpec = { id: "t", tags: ["t"], pad: PAD, width: 100, height: 60, dpr: 1, order: 0 };

export function itemOf(item: Item) {
  const [decoded] = decodeSeries(answerOf([item]));
  if (decoded.kind === "error") throw new Error("an error item");
  return decoded;
}

export function lineOf(item: Item, run: Partial<SceneRun> = {}): DrawnLine {
  return {
    run: { id: "r", slot: 0, dash: 0, live: false, ...run },
    tag: "t",
    color: [200, 0, 0],
    dash: 0,
    line: new Line(itemOf(item), "step", 0n, 100),
    shift: 0,
  };
}

export const steps = (n: number) => Array.from({ length: n }, (_, i) => BigInt(i));

export const inputOf = (lines: DrawnLine[], change: Partial<Scene> = {}): PictureInput => ({
  panel: testPanel,
  scene: { ...testScene, ...change },
  base: 0n,
  lines,
  loading: false,
  newSteps: 0n,
  held: null,
});

export const picture = (lines: DrawnLine[], change: Partial<Scene> = {}, more: Partial<PictureInput> = {}): Picture =>
  drawPicture({ ...inputOf(lines, change), ...more });

/** Whether the pixel has anything of the run's red in it. */
export function inked({ raster }: Picture, x: number, y: number): boolean {
  return raster.pixels[(Math.floor(y) * raster.width + Math.floor(x)) * 4 + 1] < 235;
}
