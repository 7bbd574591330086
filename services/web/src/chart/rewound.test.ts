import { describe, expect, it } from "vitest";
import { answerOf, exactItem } from "../api/series_testing";
import { RewoundLines, stretchesOf } from "./rewound";

const counted = (n: number) => exactItem(new Array(n).fill(0n), new Array(n).fill(0), new Array(n).fill(0));

describe("what rewinds hid", () => {
  it("is taken apart where steps go back, and keeps steps and what is not finite", () => {
    const big = 1n << 60n;
    const at = (step: bigint, wall: number, value = 1) => ({ step, wall, value });
    const parts = stretchesOf([at(5n, 1), at(6n, 2, Number.NaN), at(6n, 3), at(2n, 4), at(big, 5), at(1n, 6)]);
    expect(parts.map(({ step }) => [...step])).toEqual([[5n, 6n, 6n], [2n, big], [1n]]);
    expect(parts[0].value[1]).toBeNaN();
  });

  it("is read only of series that have something hidden, and once", async () => {
    const asked: { body: { include_hidden?: boolean; columns: number; series: object[] }; binary: boolean }[] = [];
    const changed: string[] = [];
    const read = { exact: true, step: [0, 1, 1, 2], wall: [1, 2, 8, 9], value: [4, 5, "NaN", 7] };
    const json = JSON.stringify({ items: [{ ...read, hidden: [false, true, true, false] }] });
    let done = () => {};
    const ready = new Promise<void>((resolve) => (done = resolve));
    const rewound = new RewoundLines(
      (names) => {
        changed.push(...names.map(({ run }) => run));
        done();
      },
      async (body, binary) => {
        asked.push({ body: JSON.parse(body), binary });
        if (!binary) return new Response(json);
        const hidden = JSON.parse(body).include_hidden === true;
        return new Response(answerOf([counted(3), counted(hidden ? 4 : 2)]));
      },
    );
    const names = [
      { run: "a", tag: "t" },
      { run: "b", tag: "t" },
    ];
    rewound.want(names);
    await ready;
    rewound.want(names);
    expect(asked.map(({ body, binary }) => [body.columns, binary, body.series.length])).toEqual([
      [1, true, 2],
      [1, true, 2],
      [25_000, false, 1],
    ]);
    expect(changed).toEqual(["b"]);
    expect(rewound.linesOf(names[0], "step", 0n)).toEqual([]);
    const [line] = rewound.linesOf(names[1], "step", 0n);
    expect([[...line.x], line.nonFinite]).toEqual([[1, 1], 1]);
    rewound.want([names[0]]);
    expect(rewound.linesOf(names[1], "step", 0n)).toEqual([]);
  });
});
