import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./types";
import type { ValuesAsk } from "./values";
import { askValues } from "./values_batch";

interface Request {
  body: { series: { run: string; tag: string }[]; at: number | null };
  signal: AbortSignal;
}

let requests: Request[] = [];
/** Instead of a full answer. */
let refuse: (request: Request) => Response | null = () => null;

const item = ({ run, tag }: { run: string; tag: string }, error?: object) => ({ run, tag, count: 1, error });

beforeEach(() => {
  requests = [];
  refuse = () => null;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (_path: string, { body, signal }: { body: string; signal: AbortSignal }) => {
    const request = { body: JSON.parse(body), signal };
    requests.push(request);
    const items = request.body.series.map((series: { run: string; tag: string }) => item(series));
    return refuse(request) ?? new Response(JSON.stringify({ items }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const ask = (tag: string, series = 1, at: number | null = null): ValuesAsk => ({
  series: Array.from({ length: series }, (_, i) => ({ run: `r${i}`, tag, kind: "text" })),
  x: "wall",
  at,
});
const asked = (wanted: ValuesAsk, numbers?: number) => askValues(wanted, new AbortController().signal, numbers);
const tags = async (items: Promise<{ tag: string }[]>) => (await items).map(({ tag }) => tag);
const sizes = () => requests.map(({ body }) => body.series.length);

describe("askValues", () => {
  it("asks once for what is wanted in one moment, and gives each its own", async () => {
    const [a, b] = [asked(ask("a", 2)), asked(ask("b"))];
    await vi.runAllTimersAsync();
    expect(sizes()).toEqual([3]);
    expect([await tags(a), await tags(b)]).toEqual([["a", "a"], ["b"]]);
  });

  it("asks again for what is wanted later", async () => {
    void asked(ask("a"));
    await vi.runAllTimersAsync();
    void asked(ask("b"));
    await vi.runAllTimersAsync();
    expect(sizes()).toEqual([1, 1]);
  });

  it("keeps other places apart", async () => {
    for (const at of [1, 2, 1]) void asked(ask("a", 1, at));
    await vi.runAllTimersAsync();
    expect(requests.map(({ body }) => [body.at, body.series.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it("asks for no more than a thousand series, nor for more numbers than are read without a pause", async () => {
    for (const series of [600, 400, 1]) void asked(ask("a", series));
    await vi.runAllTimersAsync();
    expect(sizes()).toEqual([1000, 1]);
    requests = [];
    for (const numbers of [60_000, 60_000, 10_000]) void asked(ask("a"), numbers);
    await vi.runAllTimersAsync();
    expect(sizes()).toEqual([1, 2]);
  });

  it("leaves a request to the others when one goes, and ends it with the last of them", async () => {
    vi.stubGlobal("fetch", (_path: string, { body, signal }: { body: string; signal: AbortSignal }) => {
      requests.push({ body: JSON.parse(body), signal });
      return new Promise(() => {});
    });
    const controls = [new AbortController(), new AbortController(), new AbortController()];
    const parts = controls.map(({ signal }, i) => askValues(ask(`t${i}`), signal).catch((error) => error.name));
    controls[2].abort();
    await vi.runAllTimersAsync();
    expect(sizes()).toEqual([2]);
    controls[0].abort();
    expect(await parts[0]).toBe("AbortError");
    expect(requests[0].signal.aborted).toBe(false);
    controls[1].abort();
    expect(requests[0].signal.aborted).toBe(true);
    expect([await parts[1], await parts[2]]).toEqual(["AbortError", "AbortError"]);
  });

  it("asks alone for what a common answer had no room for", async () => {
    const full = { title: "", detail: "full", status: 429 };
    refuse = ({ body: { series } }) =>
      series.length > 1 ? new Response(JSON.stringify({ items: [item(series[0]), item(series[1], full)] })) : null;
    const [a, b] = [asked(ask("a")), asked(ask("b"))];
    await vi.runAllTimersAsync();
    expect(sizes()).toEqual([2, 1]);
    expect([(await a)[0].problem, (await b)[0].problem]).toEqual([null, null]);
  });

  it("gives the failure of one series to who asked for it", async () => {
    const broken = { title: "", detail: "broken", status: 500 };
    refuse = ({ body: { series } }) =>
      new Response(JSON.stringify({ items: [item(series[0], broken), item(series[1])] }));
    const [a, b] = [asked(ask("a")), asked(ask("b"))];
    await vi.runAllTimersAsync();
    expect([(await a)[0].problem, (await b)[0].problem]).toEqual([broken, null]);
    expect(sizes()).toEqual([2]);
  });

  it.each([
    ["refuses", () => new Response('{"title":"bad","detail":""}', { status: 400 })],
    ["breaks off", () => new Response('{"items":[')],
  ])("asks for each alone where the server %s, so that the others have their values", async (_how, answer) => {
    refuse = ({ body: { series } }) => (series.some(({ tag }) => tag === "bad") ? answer() : null);
    const [good, bad] = [asked(ask("good")), asked(ask("bad")).catch((error) => error)];
    await vi.runAllTimersAsync();
    expect(await tags(good)).toEqual(["good"]);
    expect(await bad).toBeInstanceOf(Error);
    expect(sizes()).toEqual([2, 1, 1]);
  });

  it("tells all of a server that is not there, and asks no more", async () => {
    vi.stubGlobal("fetch", async (_path: string, { body, signal }: { body: string; signal: AbortSignal }) => {
      requests.push({ body: JSON.parse(body), signal });
      throw new TypeError("no connection");
    });
    const parts = ["a", "b"].map((tag) => asked(ask(tag)).catch((error) => error));
    await vi.runAllTimersAsync();
    for (const error of await Promise.all(parts)) expect(error).toBeInstanceOf(ApiError);
    expect(sizes()).toEqual([2]);
  });
});
