import { afterEach, expect, it, vi } from "vitest";
import { encodeValuesAsk, fetchPresent, fetchValues } from "./values";

const MAX = (1n << 63n) - 1n;
const series = [
  { run: "A", tag: "a", kind: "image" },
  { run: "B", tag: "\udfff/w==", kind: "text" },
];

function answer(...bodies: string[]) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (_path: string, { body }: { body: string }) => {
    asked.push(body);
    return new Response(bodies[asked.length - 1] ?? bodies[0]);
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

it("asks with exact steps and the bytes of tags", () => {
  const text = encodeValuesAsk({ series, x: "step", at: MAX, steps: true, spread: 50 });
  expect(text).toContain(`"at":${MAX},`);
  expect(JSON.parse(text)).toMatchObject({
    series: [
      { run: "A", tag: "a", kind: "image" },
      { run: "B", tag_base64: "/w==", kind: "text" },
    ],
    choose: "nearest",
    steps: true,
    spread: 50,
  });
  expect(JSON.parse(encodeValuesAsk({ series: [], x: "wall", at: null }))).toMatchObject({ at: null, steps: false });
});

it("reads points with their exact steps, and what failed as an item", async () => {
  answer(
    `{"items":[{"run":"A","tag":"a","kind":"image","count":2,"point":{"step":${MAX},"wall":1.5,"value":{"items":[]}},` +
      `"steps":{"step":[1,${MAX}],"wall":[1,"NaN"],"thinned":true},"points":[{"step":1,"wall":1,"value":null}]},` +
      `{"run":"B","tag":"\\ufffd","tag_base64":"/w==","kind":"text","error":{"title":"no","detail":"","status":404}}]}`,
  );
  const [a, b] = await fetchValues({ series, x: "step", at: null });
  expect(a).toEqual({
    run: "A",
    tag: "a",
    count: 2,
    point: { step: MAX, wall: 1.5, value: { items: [] } },
    steps: { step: [1n, MAX], wall: [1, Number.NaN], thinned: true },
    points: [{ step: 1n, wall: 1, value: null }],
    damage: "",
    problem: null,
  });
  expect(b).toMatchObject({ tag: "\udfff/w==", count: 0, point: null, steps: null, problem: { status: 404 } });
});

it("asks for a thousand series at a time whether they have points", async () => {
  const items = (count: number, has: number) =>
    JSON.stringify({ items: Array.from({ length: count }, () => ({ run: "A", tag: "a", count: has })) });
  const asked = answer(items(1000, 0), items(1, 3));
  const present = await fetchPresent(Array.from({ length: 1001 }, () => series[0]));
  expect(asked.length).toBe(2);
  expect(asked[0]).toContain('"at":-9223372036854775808,"choose":"before"');
  expect(present.filter(Boolean).length).toBe(1);
  expect(present.at(-1)).toBe(true);
});
