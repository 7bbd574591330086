import { expect, test } from "vitest";
import type { SeriesItem } from "../../api/run";
import { type Machine, machineOf } from "./machines";
import { systemHosts, withUnit } from "./system";
import { gpuName } from "./writers";

const series = (tag: string, writer: number, count: number): SeriesItem => ({
  tag,
  kind: "scalar",
  plugin: "scalars",
  writer,
  count,
  first_step: 0,
  last_step: 9,
  min_step: 0,
  max_step: 9,
});

const machine = (host: string | null, more: Partial<Machine> = {}): Machine => ({
  host,
  uuids: [],
  gpu: null,
  ...more,
});

const linesOf = (all: SeriesItem[], machines: [number, Machine][]) =>
  systemHosts(all, new Map(machines)).map(({ name, panels }) => [
    name,
    panels.map((panel) => [`${panel.device} ${panel.name}`, panel.lines.map(({ writer }) => writer)]),
  ]);

test("what the processes of one machine measured of it is one line, what they measured of themselves is a line each", () => {
  const tags = ["system/gpu/0/percent", "system/process/cpu_percent"];
  const all = [0, 1, 2].flatMap((writer) => tags.map((tag) => series(tag, writer, writer === 1 ? 9 : 5)));
  const machines: [number, Machine][] = [
    [0, machine("a")],
    [1, machine("a")],
    [2, machine("b")],
  ];
  expect(linesOf(all, machines)).toEqual([
    [
      "a",
      [
        ["gpu percent", [1]],
        ["process cpu_percent", [0, 1]],
      ],
    ],
    [
      "b",
      [
        ["gpu percent", [2]],
        ["process cpu_percent", [2]],
      ],
    ],
  ]);
  const [{ panels }] = systemHosts(all, new Map());
  expect(panels[0].lines.map(({ writer }) => writer)).toEqual([0, 1, 2]);
});

test("GPUs of a machine are lines of one panel in their order, each with the ranks that use it", () => {
  const all = [0, 1].flatMap((writer) => [10, 9].map((gpu) => series(`system/gpu/${gpu}/percent`, writer, 5)));
  const machines = new Map([
    [0, machine("a", { gpu: 10 })],
    [1, machine("a", { gpu: 9 })],
  ]);
  const [{ panels }] = systemHosts(all, machines);
  const names = new Map([
    [0, "rank 0"],
    [1, "rank 1"],
  ]);
  expect(panels.map(({ lines }) => lines.map(({ gpu }) => gpu && gpuName(gpu, names)))).toEqual([
    ["gpu 9 · rank 1", "gpu 10 · rank 0"],
  ]);
});

test("GPUs with one index are two where containers see one each, and their UUIDs tell them apart", () => {
  const all = [0, 1].map((writer) => series("system/gpu/0/percent", writer, 5));
  const lines = (...uuids: string[]) =>
    linesOf(
      all,
      uuids.map((uuid, writer) => [writer, machine("a", { uuids: [uuid] })]),
    );
  expect(lines("GPU-1", "GPU-2")).toEqual([["a", [["gpu percent", [0, 1]]]]]);
  expect(lines("GPU-1", "GPU-1")).toEqual([["a", [["gpu percent", [0]]]]]);
});

test.each([
  [{ LOCAL_RANK: "3" }, 3],
  [{ LOCAL_RANK: "1", CUDA_VISIBLE_DEVICES: "4,6" }, 6],
  [{ CUDA_VISIBLE_DEVICES: "5" }, 5],
  [{ CUDA_VISIBLE_DEVICES: "5", LOCAL_RANK: "3" }, 5],
  [{ CUDA_VISIBLE_DEVICES: "4,6" }, null],
  [{ SLURM_LOCALID: "2", ROCR_VISIBLE_DEVICES: "0,1,2" }, 2],
  [{ CUDA_VISIBLE_DEVICES: "GPU-b" }, 1],
  [{ CUDA_VISIBLE_DEVICES: "" }, null],
  [{ CUDA_VISIBLE_DEVICES: "-1", LOCAL_RANK: "0" }, null],
  [{}, null],
])("which GPU a rank uses is in its environment: %j", (environment, gpu) => {
  const gpus = ["GPU-aa", "GPU-bb"].map((uuid) => ({ name: "A100", uuid }));
  expect(machineOf({ host: { name: "a" }, gpus, environment: environment as Record<string, string> }).gpu).toBe(gpu);
});

test("values have units, and round ones no zeros behind them", () => {
  expect(withUnit("percent", 50)).toBe("50 %");
  expect(withUnit("percent", 94.321)).toBe("94.3 %");
  expect(withUnit("read_bytes_per_second", 713_000)).toBe("713 kB/s");
});
