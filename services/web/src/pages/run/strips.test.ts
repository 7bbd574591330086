import { expect, test } from "vitest";
import type { SeriesItem } from "../../api/run";
import { CELLS, makeStrips, shownStrips, silences, stripRows } from "./strips";
import type { WriterLine } from "./writerData";

const line = (writer: number, walls: number[], value: (wall: number) => number): WriterLine => {
  const values = Float64Array.from(walls, value);
  return {
    tag: "system/gpu/0/percent",
    writer,
    wall: Float64Array.from(walls),
    value: values,
    min: values,
    max: values,
    count: new Float64Array(walls.length).fill(1),
  };
};
const scalar = (tag: string, writer: number): SeriesItem => ({
  tag,
  kind: "scalar",
  plugin: "scalars",
  writer,
  count: 9,
  first_step: 0,
  last_step: 9,
  min_step: 0,
  max_step: 9,
});
const every = (step: number, from: number, to: number) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

test("the one slow GPU is below its peers, and only while it is slow", () => {
  const walls = every(10, 0, 1200);
  const lines = [0, 1, 2, 3].map((w) => line(w, walls, (wall) => (w === 2 && wall >= 600 ? 60 : 97)));
  const strips = makeStrips(lines, "gpu", 0, 1200);
  expect(strips[2].below.slice(0, 59).some(Boolean)).toBe(false);
  expect(strips[2].below.slice(61).every(Boolean)).toBe(true);
  expect(strips[1].below.some(Boolean)).toBe(false);
  expect(strips[1].mean).toBeCloseTo(97);
});

test("every GPU has one strip however many ranks measured it, and the one slow of many is among those shown", () => {
  const gpus = Array.from({ length: 8 }, (_, gpu) => gpu);
  const series = gpus.flatMap((writer) => gpus.map((gpu) => scalar(`system/gpu/${gpu}/percent`, writer)));
  const machines = new Map(gpus.map((writer) => [writer, { host: "a", uuids: [], gpu: writer }]));
  const { kind, rows } = stripRows(series, machines);
  expect([kind, rows.map(({ gpu }) => [gpu?.index, gpu?.users])]).toEqual(["gpu", gpus.map((gpu) => [gpu, [gpu]])]);
  const walls = every(10, 0, 1200);
  const strips = makeStrips(
    gpus.map((gpu) => line(gpu, walls, () => (gpu === 6 ? 60 : 97))),
    kind,
    0,
    1200,
  );
  expect(shownStrips(strips, 3).map(({ writer }) => writer)).toEqual([0, 1, 6]);
});

test("a pause of all is silence; a wide pace of samples is none", () => {
  const walls = [...every(30, 0, 480), ...every(30, 720, 1200)];
  const strips = makeStrips([line(0, walls, () => 90), line(1, walls, () => 90)], "gpu", 0, 1200);
  const found = silences(strips, 0, 1200);
  expect(found).toHaveLength(1);
  expect(found[0].from).toBeGreaterThan(440);
  expect(found[0].to).toBeLessThanOrEqual(720);
  expect([...strips[0].cells.slice(0, 40)].some(Number.isNaN)).toBe(false);
  expect(strips[0].cells).toHaveLength(CELLS);
});
