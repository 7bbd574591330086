import { describe, expect, it } from "vitest";
import { answerOf, bucketItem, exactItem, rewoundItem, smoothedItem, withRewound, withX } from "../api/series_testing";
import { expressionKey } from "../api/tags";
import type { Wish } from "./held";
import type { LiveColumns, XRange } from "./protocol";
import { SeriesStore } from "./store";
import { isApproximate, valuesOf } from "./values";
import { lineFor, rewoundFor } from "./zoom";

interface Asked {
  body: {
    series: { run: string; tag: string }[];
    range?: number[];
    columns: number;
    base?: string;
    include_rewound?: boolean;
  };
  signal: AbortSignal;
  answer(buffer: ArrayBuffer): Promise<void>;
  refuse(status: number, problem: object): Promise<void>;
}

function harness() {
  const asked: Asked[] = [];
  const changed: string[] = [];
  const problems: (string | null)[] = [];
  let now = 1_000_000;
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  const store = new SeriesStore(
    {
      changed: (panels) => changed.push(...panels),
      failed: (_panels, problem) => problems.push(problem?.title ?? null),
    },
    (body, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
        asked.push({
          body: JSON.parse(body),
          signal,
          answer: (buffer) => {
            resolve(new Response(buffer));
            return settle();
          },
          refuse: (status, problem) => {
            resolve(new Response(JSON.stringify(problem), { status }));
            return settle();
          },
        });
      }),
    () => now,
  );
  return { store, asked, changed, problems, tick: (ms: number) => (now += ms) };
}

const wish = (tag: string, range: XRange | null = null): Wish => ({
  panel: tag,
  tag,
  columns: 100,
  axis: "step",
  xTag: null,
  range,
  smoother: null,
  rewound: false,
});
const runs = [{ id: "a" }, { id: "b" }];
const points = (n: number) =>
  exactItem(
    Array.from({ length: n }, (_, i) => BigInt(i)),
    Array.from({ length: n }, (_, i) => i),
    new Array(n).fill(1),
  );
const coarse = () =>
  bucketItem([
    { steps: [0n, 500n], values: [1, 2] },
    { steps: [501n, 1000n], values: [2, 1] },
  ]);
const live = (run: string, tag: string, step: bigint): LiveColumns => ({
  run,
  tag,
  step: BigInt64Array.of(step),
  wall: Float64Array.of(Number(step)),
  value: Float64Array.of(5),
});

describe("the series store", () => {
  const seriesOf = ({ body }: Asked) => body.series.map((s) => `${s.run} ${s.tag}`);

  it("asks for the first panel of all by itself, so that its picture waits for no other's points", async () => {
    const { store, asked, changed } = harness();
    store.want([wish("t1"), wish("t2"), wish("t3")], runs);
    expect(asked.map(seriesOf)).toEqual([
      ["a t1", "b t1"],
      ["a t2", "b t2", "a t3", "b t3"],
    ]);
    await asked[0].answer(answerOf([points(3), points(3)]));
    expect(changed).toEqual(["t1"]);
    store.reset();
    store.want([wish("t1"), wish("t2")], runs);
    expect(asked.slice(2).map(seriesOf)).toEqual([
      ["a t1", "b t1"],
      ["a t2", "b t2"],
    ]);
  });

  it("asks for all other panels of a frame in one request, in order, and for nothing twice", async () => {
    const { store, asked, changed } = harness();
    const first = [wish("t0")];
    store.want(first, runs);
    const all = [...first, wish("t1"), wish("t2")];
    store.want(all, runs);
    expect(asked.slice(1).map(seriesOf)).toEqual([["a t1", "b t1", "a t2", "b t2"]]);
    store.want(all, runs);
    expect(asked).toHaveLength(2);
    await asked[1].answer(answerOf([points(3), points(3), points(3), points(3)]));
    expect(new Set(changed)).toEqual(new Set(["t1", "t2"]));
    store.want(all, runs);
    expect(asked).toHaveLength(2);
  });

  it("aborts what has scrolled away", () => {
    const { store, asked } = harness();
    store.want([wish("t1")], runs);
    store.want([wish("t2")], runs);
    expect(asked[0].signal.aborted).toBe(true);
    expect(asked[1].body.series[0].tag).toBe("t2");
  });

  it("asks for a zoom by process time in wall time, and draws it without the pauses of the whole", async () => {
    const { store, asked } = harness();
    // A pause of 10,000 s behind step 500: its wall times are the steps.
    const parts = Array.from({ length: 50 }, (_, b) => {
      const from = BigInt(b * 20 + (b < 25 ? 0 : 10_000));
      return { steps: [from, from + 19n], values: [1, 2] };
    });
    const zoomed = { ...wish("t", { axis: "relproc", from: 600, to: 680 }), axis: "relproc" as const };
    store.want([{ ...zoomed, range: null }], [{ id: "a" }]);
    await asked[0].answer(answerOf([bucketItem(parts)]));
    store.want([zoomed], [{ id: "a" }]);
    expect(asked[1].body.range?.map(Math.round)).toEqual([10_591, 10_691]);
  });

  it("asks for a zoom by another tag's values by the steps that hold them", async () => {
    const { store, asked } = harness();
    const parts = Array.from({ length: 10 }, (_, b) => ({
      steps: [BigInt(b * 100), BigInt(b * 100 + 99)],
      values: [1, 2],
    }));
    const zoomed = { ...wish("t", { axis: "metric", from: 30, to: 50 }), axis: "metric" as const, xTag: "x" };
    store.want([{ ...zoomed, range: null }], [{ id: "a" }]);
    await asked[0].answer(answerOf([withX(bucketItem(parts), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])]));
    store.want([zoomed], [{ id: "a" }]);
    expect(asked[1].body.range).toEqual([299, 699]);
    await asked[1].answer(answerOf([withX(points(4), [30, 40, 45, 50])]));
    const held = store.get("a", "t", "metric", "x");
    expect(lineFor(held, zoomed.range)?.bucketed).toBe(false);
    expect(lineFor(held, { axis: "metric", from: 500, to: 600 })).toBe(held.full.line);
  });

  it("has at most four requests in flight", () => {
    const { store, asked } = harness();
    store.want(
      [1, 2, 3, 4, 5, 6].map((i) => ({ ...wish(`t${i}`), columns: i * 10 })),
      runs,
    );
    expect(asked).toHaveLength(4);
  });

  it("asks for a zoomed range only where the whole is not exact, and beyond the edges", async () => {
    const { store, asked } = harness();
    store.want([wish("t1")], runs);
    await asked[0].answer(answerOf([points(3), coarse()]));
    const range = { axis: "step", from: 100n, to: 180n } as const;
    store.want([wish("t1", range)], runs);
    expect(asked[1].body.series).toEqual([{ run: "b", tag: "t1" }]);
    expect(asked[1].body.range).toEqual([89, 191]);
    expect(lineFor(store.get("b", "t1", "step"), range)?.bucketed).toBe(true);
    await asked[1].answer(answerOf([points(8)]));
    expect(lineFor(store.get("b", "t1", "step"), range)).toMatchObject({ bucketed: false, partial: true });
    expect(lineFor(store.get("b", "t1", "step"), null)?.partial).toBe(false);
  });

  it("loses no live point that comes while an answer is on its way, and doubles none", async () => {
    const { store, asked } = harness();
    store.want([wish("t1")], [{ id: "a" }]);
    store.append([live("a", "t1", 2n), live("a", "t1", 3n)]);
    // The answer was made after the first of the two.
    await asked[0].answer(answerOf([points(3)]));
    const line = store.get("a", "t1", "step").full.line;
    expect([...(line?.step.subarray(0, line.n) ?? [])]).toEqual([0n, 1n, 2n, 3n]);
  });

  it("fetches a series again when a point lies before its end, but not at once for each", async () => {
    const { store, asked, tick } = harness();
    store.want([wish("t1")], [{ id: "a" }]);
    await asked[0].answer(answerOf([points(10)]));
    const back = { ...live("a", "t1", 4n), wall: Float64Array.of(99) };
    store.append([back]);
    store.want([wish("t1")], [{ id: "a" }]);
    expect(asked).toHaveLength(1);
    tick(2000);
    store.want([wish("t1")], [{ id: "a" }]);
    expect(asked).toHaveLength(2);
  });

  it("has what rewinds hid beside the line, and of a zoom the sharper stretches", async () => {
    const { store, asked } = harness();
    const range: XRange = { axis: "step", from: 400n, to: 600n };
    const shown = (zoom: XRange | null) => ({ ...wish("t", zoom), rewound: true });
    const stretch = (step: bigint, line: ReturnType<typeof points>) => rewoundItem({ step, wall: 9 }, line);
    store.want([wish("t")], [{ id: "a" }]);
    await asked[0].answer(answerOf([points(10)]));
    store.want([shown(null)], [{ id: "a" }]);
    expect(asked.map(({ body }) => body.include_rewound ?? false)).toEqual([false, true]);
    await asked[1].answer(answerOf([withRewound(points(10), [stretch(300n, coarse()), stretch(5n, points(4))], 23)]));
    store.want([shown(null)], [{ id: "a" }]);
    const held = store.get("a", "t", "step");
    expect(held.full.rewoundLeft).toBe(23);
    expect(rewoundFor(held, null).map(({ line }) => [line.bucketed, line.n])).toEqual([
      [true, 2],
      [false, 4],
    ]);
    // The line is exact, and one of its stretches is not.
    store.want([shown(range)], [{ id: "a" }]);
    expect(asked).toHaveLength(3);
    await asked[2].answer(answerOf([withRewound(points(2), [stretch(300n, points(50))])]));
    expect(rewoundFor(held, range).map(({ line }) => [line.bucketed, line.n])).toEqual([
      [false, 50],
      [false, 4],
    ]);
    expect(lineFor(held, range)?.n).toBe(10);
  });

  it("asks for what rewinds hid of the whole before it asks for a zoom's", async () => {
    const { store, asked } = harness();
    const zoomed = { ...wish("t", { axis: "step", from: 400n, to: 600n }), rewound: true };
    store.want([wish("t")], [{ id: "a" }]);
    await asked[0].answer(answerOf([coarse()]));
    store.want([zoomed], [{ id: "a" }]);
    await asked[1].answer(answerOf([coarse()]));
    store.want([zoomed], [{ id: "a" }]);
    expect(asked.map(({ body }) => [body.range !== undefined, body.include_rewound === true])).toEqual([
      [false, false],
      [false, true],
      [true, true],
    ]);
  });

  it("keeps the old line while a rewound run is fetched", async () => {
    const { store, asked } = harness();
    store.want([wish("t1")], [{ id: "a" }]);
    await asked[0].answer(answerOf([points(10)]));
    store.markStale("a");
    store.want([wish("t1")], [{ id: "a" }]);
    expect(asked).toHaveLength(2);
    expect(store.get("a", "t1", "step").full.line?.n).toBe(10);
    await asked[1].answer(answerOf([points(4)]));
    expect(store.get("a", "t1", "step").full.line?.n).toBe(4);
  });

  it("says a refusal in the server's words and waits before it asks again", async () => {
    const { store, asked, problems } = harness();
    store.want([wish("t1")], [{ id: "a" }]);
    await asked[0].refuse(503, { title: "Ingest is not reachable", detail: "…" });
    expect(problems).toEqual(["Ingest is not reachable"]);
    store.want([wish("t1")], [{ id: "a" }]);
    expect(asked).toHaveLength(1);
    store.reset();
  });

  it("takes a refusal back when what was refused is not wanted any more, as after a zoom that failed", async () => {
    const { store, asked, problems } = harness();
    store.want([wish("t")], [{ id: "a" }]);
    await asked[0].answer(answerOf([coarse()]));
    store.want([wish("t", { axis: "step", from: 100n, to: 200n })], [{ id: "a" }]);
    await asked[1].refuse(503, { title: "The store rests" });
    store.want([wish("t", { axis: "step", from: 100n, to: 200n })], [{ id: "a" }]);
    expect(problems).toEqual([null, "The store rests"]);
    store.want([wish("t")], [{ id: "a" }]);
    expect(problems).toEqual([null, "The store rests", null]);
  });

  it("has columns smoothed by the server once they are there, and keeps them meanwhile", async () => {
    const { store, asked } = harness();
    const smoother = { how: { kind: "twema", amount: 0.6 }, range: 1000 } as const;
    const wishes = [{ ...wish("t1"), smoother }];
    store.want(wishes, runs);
    expect(asked[0].body.series).toEqual([
      { run: "a", tag: "t1" },
      { run: "b", tag: "t1" },
    ]);
    await asked[0].answer(answerOf([points(3), coarse()]));
    store.want(wishes, runs);
    const smoothing = { kind: "twema", amount: 0.6, range: 1000 };
    expect(asked[1].body.series).toEqual([{ run: "b", tag: "t1", smoothing }]);
    expect(store.isLoading("t1")).toBe(false);
    await asked[1].answer(answerOf([smoothedItem(coarse(), [1.25, 1.5])]));
    const line = store.get("b", "t1", "step").full.line;
    expect([...valuesOf(line!, smoother)]).toEqual([1.25, 1.5]);
    expect(isApproximate(line!, smoother)).toBe(false);
    store.want(wishes, runs);
    expect(asked).toHaveLength(2);
  });

  it("does not insist where the server will not smooth", async () => {
    const { store, asked, problems, tick } = harness();
    const wishes: Wish[] = [{ ...wish("t1"), smoother: { how: { kind: "ema", amount: 0.6 }, range: 1 } }];
    store.want(wishes, [{ id: "a" }]);
    await asked[0].answer(answerOf([coarse()]));
    store.want(wishes, [{ id: "a" }]);
    await asked[1].refuse(400, { title: "Bad Request", detail: "…" });
    tick(60_000);
    store.want(wishes, [{ id: "a" }]);
    expect(asked).toHaveLength(2);
    expect(problems).toEqual([null]);
  });

  it("asks for another tag's values as x, and again when points come", async () => {
    const { store, asked, tick } = harness();
    const wishes: Wish[] = [{ ...wish("loss"), axis: "metric", xTag: "acc" }];
    store.want(wishes, [{ id: "a" }]);
    expect(asked[0].body.series).toEqual([{ run: "a", tag: "loss", x_tag: "acc" }]);
    await asked[0].answer(answerOf([withX(points(3), [5, 2, 9])]));
    const { line } = store.get("a", "loss", "metric", "acc").full;
    expect([line?.path, ...(line?.x ?? [])]).toEqual([true, 5, 2, 9]);
    store.append([live("a", "loss", 7n)]);
    tick(2000);
    store.want(wishes, [{ id: "a" }]);
    expect(asked).toHaveLength(2);
  });

  it("asks for an expression by its text, and again when its run gets points or the baseline changes", async () => {
    const { store, asked, tick } = harness();
    const wishes = [wish(expressionKey("base(m.loss) - m.loss"))];
    store.want(wishes, [{ id: "a" }], "b");
    expect(asked[0].body).toMatchObject({ series: [{ run: "a", expression: "base(m.loss) - m.loss" }], base: "b" });
    await asked[0].answer(answerOf([points(3)]));
    store.append([live("a", "loss", 7n)]);
    tick(2000);
    store.want(wishes, [{ id: "a" }], "b");
    await asked[1].answer(answerOf([points(4)]));
    tick(2000);
    store.want(wishes, [{ id: "a" }], "c");
    expect(asked[2].body).toMatchObject({ base: "c" });
  });
});
