import { describe, expect, it } from "vitest";
import { decodeSeries, encodeAsk } from "./series";
import { answerOf, bucketItem, errorItem, exactItem, rewoundItem, withRewound, withX } from "./series_testing";

describe("decodeSeries", () => {
  it("reads exact points, bit for bit", () => {
    const steps = [-1n, 9007199254740993n, (1n << 63n) - 1n];
    const [item] = decodeSeries(answerOf([exactItem(steps, [1.5, 2.5, 3.5], [Number.NaN, -0, 1e-310])]));
    if (item.kind !== "exact") throw new Error(item.kind);
    expect([...item.points.step]).toEqual(steps);
    expect([...item.points.wall]).toEqual([1.5, 2.5, 3.5]);
    expect(item.points.value[0]).toBeNaN();
    expect(Object.is(item.points.value[1], -0)).toBe(true);
    expect(item.points.value[2]).toBe(1e-310);
    expect([item.count, item.nan]).toEqual([3, 1]);
  });

  it("reads buckets", () => {
    const [item] = decodeSeries(answerOf([bucketItem([{ steps: [0n, 1n, 2n], values: [3, 1, 2] }])]));
    if (item.kind !== "buckets") throw new Error(item.kind);
    expect([item.first.step[0], item.last.step[0], item.min.step[0], item.max.step[0]]).toEqual([0n, 2n, 1n, 0n]);
    expect([item.min.value[0], item.max.value[0], item.sum[0], item.counts[0]]).toEqual([1, 3, 6, 3n]);
  });

  it("says what of an answer is not there", () => {
    const item = exactItem([1n], [1], [1]);
    const items = decodeSeries(
      answerOf([item, { ...item, flags: item.flags | 4 }, { ...item, flags: item.flags | 8 }]),
    );
    expect(items.map((i) => i.kind === "exact" && [i.truncated, i.damaged])).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ]);
  });

  it("goes on behind an error, whatever its length", () => {
    const items = decodeSeries(answerOf([errorItem("no such series"), exactItem([1n], [1], [1])]));
    expect(items.map((item) => item.kind)).toEqual(["error", "exact"]);
    expect(items[0].kind === "error" && items[0].problem.detail).toBe("no such series");
  });

  it("reads an empty answer and an empty series", () => {
    expect(decodeSeries(answerOf([]))).toEqual([]);
    expect(decodeSeries(answerOf([exactItem([], [], [])]))[0]).toMatchObject({ kind: "exact", rows: 0 });
  });

  it("has what rewinds hid with its series, and the next series after it", () => {
    const stretch = rewoundItem({ step: -5n, wall: 7.5 }, withX(exactItem([1n, 2n], [3, 4], [5, Number.NaN]), [8, 9]));
    const columns = rewoundItem({ step: 0n, wall: 1 }, bucketItem([{ steps: [0n, 1n], values: [3, 1] }]));
    const items = decodeSeries(
      answerOf([withRewound(exactItem([1n], [1], [1]), [stretch, columns]), exactItem([6n], [6], [6])]),
    );
    expect(items).toHaveLength(2);
    if (items[0].kind === "error") throw new Error("not a line");
    const [first, second] = items[0].rewound;
    expect(first.rewind).toEqual({ step: -5n, wall: 7.5 });
    expect(first.line).toMatchObject({ kind: "exact", count: 2, nan: 1, rewound: [] });
    expect([...first.line.x!]).toEqual([8, 9]);
    expect(second.line).toMatchObject({ kind: "buckets", rows: 1 });
    expect(items[1]).toMatchObject({ kind: "exact", rewound: [] });
  });

  it("names the place when bytes are missing", () => {
    const whole = answerOf([exactItem([1n, 2n], [1, 2], [1, 2])]);
    for (let size = 0; size < whole.byteLength; size++)
      expect(() => decodeSeries(whole.slice(0, size))).toThrow(RangeError);
    const newer = whole.slice(0);
    new DataView(newer).setUint32(4, 2, true);
    expect(() => decodeSeries(newer)).toThrow(/version 2/);
  });
});

it("asks with int64 as JSON integers", () => {
  const body = encodeAsk({
    series: [{ run: "r", tag: 'a"b' }],
    x: "step",
    range: [9007199254740993n, 9223372036854775807n],
    columns: 300,
  });
  expect(body).toBe(
    '{"series":[{"run":"r","tag":"a\\"b"}],"x":"step","range":[9007199254740993,9223372036854775807],"columns":300}',
  );
});
