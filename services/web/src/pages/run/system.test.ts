import { expect, test } from "vitest";
import type { SeriesItem } from "../../api/run";
import { systemHosts, withUnit } from "./system";

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

test("what the processes of one machine measured of it is one line, what they measured of themselves is a line each", () => {
  const tags = ["system/gpu/0/percent", "system/process/cpu_percent"];
  const all = [0, 1, 2].flatMap((writer) => tags.map((tag) => series(tag, writer, writer === 1 ? 9 : 5)));
  const hosts = systemHosts(
    all,
    new Map([
      [0, "a"],
      [1, "a"],
      [2, "b"],
    ]),
  );
  const lines = hosts.map(({ name, devices }) => [
    name,
    devices.map((device) => [device.name, device.panels.map((panel) => panel.writers)]),
  ]);
  expect(lines).toEqual([
    [
      "a",
      [
        ["gpu 0", [[1]]],
        ["process", [[0, 1]]],
      ],
    ],
    [
      "b",
      [
        ["gpu 0", [[2]]],
        ["process", [[2]]],
      ],
    ],
  ]);
  expect(systemHosts(all, new Map())[0].devices[0].panels[0].writers).toEqual([0, 1, 2]);
});

test("values have units, and round ones no zeros behind them", () => {
  expect(withUnit("percent", 50)).toBe("50 %");
  expect(withUnit("percent", 94.321)).toBe("94.3 %");
  expect(withUnit("read_bytes_per_second", 713_000)).toBe("713 kB/s");
});
