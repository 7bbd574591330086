import { expect, test } from "vitest";
import type { RunDetail, SeriesItem, WriterItem } from "../../api/run";
import { happenings, type Known, lanes } from "./happened";

const run: RunDetail = {
  id: "r",
  name: "r",
  experiment: "e",
  status: "failed",
  created: new Date(1_000_000).toISOString(),
  finished: new Date(1_900_000).toISOString(),
};
const series = (tag: string, more: Partial<SeriesItem>): SeriesItem => ({
  tag,
  kind: "scalar",
  plugin: "scalars",
  writer: 0,
  count: 10,
  first_step: 0,
  last_step: 9,
  min_step: 0,
  max_step: 9,
  ...more,
});
const known: Known = {
  run,
  series: [],
  writers: [],
  names: new Map([
    [0, "rank 0"],
    [1, "rank 1"],
  ]),
  silences: [],
  span: { from: 1000, to: 2000 },
  firstError: null,
  notFinite: new Map(),
  rewinds: { last: [], before: 0 },
  parent: null,
  forks: [],
};
const said = (more: Partial<Known>) => happenings({ ...known, ...more }).map(({ at, text }) => [at, text]);

test("the first NaN is told with its step and time, and of many tags how many more there are", () => {
  const sick = ["a", "b", "c", "d", "e"].map((tag) => series(tag, { nan: 3 }));
  const told = said({ series: sick, notFinite: new Map([["a 0", { step: 7n, wall: 1700, value: Number.NaN }]]) });
  expect(told).toContainEqual([1700, "first NaN of a at step 7, 3 in all"]);
  expect(told).toContainEqual([null, "2 more tags with NaN or infinite values"]);
});

test("a writer that ends long before the others was lost; one that was opened again began again", () => {
  const writer = (number: number, opened: number, last: number, epoch: number): WriterItem => ({
    writer: number,
    name: "",
    opened: new Date(opened * 1000).toISOString(),
    epoch,
    first_wall: 1000,
    last_wall: last,
  });
  const told = said({ writers: [writer(0, 1500, 2000, 2), writer(1, 1000, 1600, 1)] });
  expect(told).toContainEqual([1500, "rank 0 began again (2 times in all)"]);
  expect(told).toContainEqual([1600, "rank 1 was last heard"]);
  expect(said({ writers: [writer(0, 1000, 1600, 1), writer(1, 1700, 2000, 1)] })).toContainEqual([
    1700,
    "resumed by rank 1",
  ]);
  // A deletion that was taken back raises the number too.
  expect(said({ writers: [writer(0, 1000, 2000, 2)] }).flat()).not.toContain("rank 0 began again (2 times in all)");
});

test("forks and rewinds stand at their times and steps", () => {
  const told = said({
    run: { ...run, forked_from: { run: "p", step: 40 } },
    parent: "parent",
    rewinds: { last: [{ step: 1500n, wall: 1300 }], before: 7 },
  });
  expect(told).toContainEqual([1000, "forked from parent at step 40"]);
  expect(told).toContainEqual([1300, "rewound to step 1,500"]);
  expect(told).toContainEqual([1300, "rewound 7 times before"]);
});

test("forks that were made of it are told with their step, also long after its end; those of one time are counted", () => {
  const fork = (name: string, at: number): RunDetail => ({
    ...run,
    name,
    created: new Date(at * 1000).toISOString(),
    forked_from: { run: "r", step: 70 },
  });
  const told = said({ forks: [fork("a", 1500), fork("b", 5000), fork("c", 5001)] });
  expect(told).toContainEqual([1500, "forked into a at step 70"]);
  expect(told.at(-1)).toEqual([5000, "forked into 2 runs"]);
});

test("words of the timeline never lie on each other", () => {
  const items = Array.from({ length: 8 }, (_, i) => ({ part: 40 + i, text: "something happened" }));
  const found = lanes(items);
  expect(found.slice(0, 3)).toEqual([0, 1, 2]);
  expect(found.slice(3)).toEqual([-1, -1, -1, -1, -1]);
  expect(
    lanes([
      { part: 10, text: "a" },
      { part: 50, text: "b" },
    ]),
  ).toEqual([0, 0]);
});
