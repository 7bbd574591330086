import { describe, expect, it } from "vitest";
import { formatQuery, parseQuery } from "./query";
import { defaultView, formatView, parseView, type View } from "./view";

// A small generator of random views; the seed is in the test's message.
function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const PIECES = [
  "a",
  "train/loss",
  "",
  ",",
  '"',
  "\\",
  "~",
  "+",
  "-",
  "..",
  "%",
  "&",
  "=",
  "#",
  " ",
  "<b>",
  "é",
  "😀",
  "\u0000",
  "top:3",
  "all",
  "none",
  "m.",
  ".last",
  "z".repeat(300),
];

function randomView(seed: number): View {
  const r = random(seed);
  const int = (n: number) => Math.floor(r() * n);
  const pick = <T>(items: readonly T[]): T => items[int(items.length)];
  const word = () => Array.from({ length: 1 + int(3) }, () => pick(PIECES)).join("");
  const words = (most: number) => [...new Set(Array.from({ length: int(most + 1) }, word))];
  const metric = () => ({ tag: word(), stat: pick(["last", "min", "max"] as const) });
  const view = defaultView();
  view.q = word();
  view.t = word();
  const minus = words(2);
  const exceptions = { minus, plus: words(2).filter((id) => !minus.includes(id)) };
  const ids = words(3);
  view.sel = pick<View["sel"]>([
    { base: "top", n: int(1000), ...exceptions },
    { base: "all", ...exceptions },
    { base: "none", ...exceptions },
    ids.length > 0 ? { base: "ids", ids } : { base: "all", minus: [], plus: [] },
  ]);
  view.sort = {
    key: pick<View["sort"]["key"]>([
      { by: "name" },
      { by: "created" },
      { by: "status" },
      { by: "metric", metric: metric() },
    ]),
    descending: r() < 0.5,
  };
  view.col = r() < 0.5 ? null : metric();
  view.closed = words(3);
  view.pin = words(3);
  view.x = pick(["step", "rel", "relproc", "wall", "metric"] as const);
  if (r() < 0.5) {
    const from = BigInt(int(1e9)) * BigInt(int(1e9)) - 5n;
    view.xr =
      view.x === "step"
        ? { axis: "step", from, to: from + 1n + BigInt(int(1e9)) }
        : { axis: view.x, from: r() * 1e9 - 5e8, to: 5e8 + r() * 1e-7 };
  }
  view.sm = pick<View["sm"]>([
    { kind: "none", amount: 0 },
    { kind: "ema", amount: 0.1 + int(90) / 100 },
    { kind: "twema", amount: 0.6 },
    { kind: "twema", amount: 0.97, range: 0.5 + int(1e9) },
    { kind: "gauss", amount: 2.5 },
    { kind: "mean", amount: 2 + int(99) },
  ]);
  view.xTag = view.x === "metric" ? word() : null;
  view.xl = r() < 0.5;
  view.yr = r() < 0.5 ? null : [-r() * 1e300, r() * 1e-300];
  view.at = Array.from({ length: int(3) }, () => (view.x === "step" ? BigInt(int(1e9)) - 7n : (r() - 0.5) * 1e9));
  view.against = pick([null, "difference", "ratio"] as const);
  view.density = pick([null, true, false]);
  view.tip = pick(["pixel", "value", "up", "down", "name"] as const);
  view.y = pick(["lin", "log", "symlog"] as const);
  view.c = view.y === "symlog" && r() < 0.5 ? 1e-3 : null;
  view.outliers = r() < 0.5;
  view.unknown =
    r() < 0.5
      ? []
      : [
          ["hp", word()],
          [`p.${word().replace(/^$/, "x")}`, "y:log;sm:none"],
        ];
  return view;
}

const throughUrl = (view: View) => parseView(parseQuery(formatQuery(formatView(view))));

describe("the address", () => {
  it("says nothing about a fresh view", () => {
    expect(formatQuery(formatView(defaultView()))).toBe("");
  });

  it("gives back the view that it was made from", () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const view = randomView(seed);
      const { view: back, problems } = throughUrl(view);
      expect(problems, `seed ${seed}`).toEqual([]);
      expect(back, `seed ${seed}`).toEqual(view);
    }
  });

  it("is the same for the same view", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const once = formatQuery(formatView(randomView(seed)));
      expect(formatQuery(formatView(throughUrl(randomView(seed)).view))).toBe(once);
    }
  });

  it("is readable", () => {
    const view = defaultView();
    view.sel = { base: "top", n: 10, minus: ["01JB7"], plus: ["01JC2"] };
    view.t = "train/*";
    view.closed = ["system"];
    view.x = "wall";
    view.xr = { axis: "wall", from: 1763974800, to: 1763981000 };
    view.y = "log";
    view.outliers = true;
    view.pin = ["val/acc", "train/loss"];
    view.sort = { key: { by: "metric", metric: { tag: "val/acc", stat: "max" } }, descending: true };
    expect(formatQuery(formatView(view))).toBe(
      "?sel=top:10~-01JB7,+01JC2&sort=-m.val/acc.max&t=train/*&sec=-system&pin=val/acc,train/loss&x=wall&xr=1763974800..1763981000&y=log,out:5",
    );
  });
});

describe("parsing is total", () => {
  const bad: [string, string][] = [
    ["sel", "top:x"],
    ["sel", "top:10~01JB7"],
    ["sel", '"open'],
    ["sel", ""],
    ["sort", "-"],
    ["cols", "loss"],
    ["x", "steps"],
    ["xr", "9..1"],
    ["xr", "0..9223372036854775808"],
    ["xr", "a..b"],
    ["sm", "ema:1"],
    ["sm", "ema:NaN"],
    ["y", "log,lin"],
    ["y", "cubic"],
    ["y", "symlog:0"],
    ["x", "m:"],
    ["sm", "mean:2.5"],
    ["sm", "ema:0.5@100"],
    ["sm", "twema:0.5@0"],
    ["yr", "2..1"],
    ["at", "1,2,3"],
    ["at", "0.5"],
    ["vs", "plus"],
    ["den", "1"],
    ["tip", "far"],
    ["sec", "train"],
    ["pin", ",,"],
  ];
  it.each(bad)("a bad value of %s (%s) falls back and is named", (key, value) => {
    const { view, problems } = parseView([[key, value]]);
    expect(problems).toEqual([[key, value]]);
    expect(view).toEqual(defaultView());
  });

  it("keeps unknown keys, in order, and bad escapes as they are", () => {
    const { view, problems } = parseView(parseQuery("?zz=1&%E0%A4%A=x&q=a&gr"));
    expect(problems).toEqual([]);
    expect(view.unknown).toEqual([
      ["zz", "1"],
      ["%E0%A4%A", "x"],
      ["gr", ""],
    ]);
    expect(formatQuery(formatView(view))).toBe("?q=a&zz=1&%25E0%25A4%25A=x&gr");
  });

  it("does not fall for keys of objects", () => {
    expect(
      parseView([
        ["constructor", "1"],
        ["__proto__", "2"],
      ]).view.unknown.length,
    ).toBe(2);
  });

  it("never throws", () => {
    const r = random(7);
    for (let i = 0; i < 2000; i++) {
      const junk = Array.from({ length: 12 }, () => PIECES[Math.floor(r() * PIECES.length)]).join("");
      for (const key of ["q", "sel", "sort", "cols", "t", "sec", "x", "xr", "sm", "y", "yr", "at", "pin"])
        parseView([[key, junk]]);
      parseView(parseQuery(`?${junk}`));
    }
  });
});
