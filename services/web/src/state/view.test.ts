import { describe, expect, it } from "vitest";
import type { AxisView } from "./axes";
import { type Column, formatColumn, RUN_KEYS, STATS, type Stat } from "./columns";
import { emptyHand, HAND_KINDS, type HandPanel, withAxis } from "./hand_panels";
import { quoteItem } from "./list";
import { formatId, handId, kindId, OWN_SECTION, PANEL_KINDS, parseId } from "./panel_ids";
import { formatRight, type Override } from "./panels_view";
import { formatQuery, parseQuery } from "./query";
import { BANDS, CENTRES } from "./runs_view";
import { ADDRESS_KEYS, defaultView, formatView, parseView, type View } from "./view";

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

const PATIENCE = 60_000; // ms; a loaded machine may stand still for seconds

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
  "@image:",
  ":",
  "(",
  ")",
];

interface Dice {
  r(): number;
  int(n: number): number;
  pick<T>(items: readonly T[]): T;
  word(): string;
  words(most: number): string[];
}

/** Columns, order, groups and colours of the run table. */
function randomTable(view: View, { r, int, pick, word, words }: Dice): void {
  const some = <T>(make: () => T, most: number) => Array.from({ length: int(most + 1) }, make);
  const once = <T>(items: T[], columnOf: (item: T) => Column) => [
    ...new Map(items.map((item) => [formatColumn(columnOf(item)), item])).values(),
  ];
  const own = (): Column =>
    pick<Column>([
      { space: "run", name: pick(RUN_KEYS) },
      { space: "param", name: word() },
      { space: "label", name: word() },
    ]);
  const column = (stats: readonly Stat[]): Column =>
    r() < 0.4 ? { space: "metric", name: word(), stat: pick(stats) } : own();
  const sort = () => ({ column: column(["last", "min", "max"]), descending: r() < 0.5 });
  view.sort = once([sort(), ...some(sort, 3)], (s) => s.column);
  const shown = () => ({ column: column(STATS), pinned: r() < 0.3, width: r() < 0.5 ? null : 32 + int(1000) });
  view.cols = r() < 0.3 ? null : once(some(shown, 5), (s) => s.column);
  view.group = once(some(own, 3), (c) => c);
  view.open = words(2);
  view.band = pick(BANDS);
  view.centre = pick(CENTRES);
  view.archived = pick(["no", "too", "only"] as const);
  view.differing = r() < 0.5;
  view.base = r() < 0.5 ? null : word();
  view.table = { place: pick(["side", "below", "hidden"] as const), size: r() < 0.5 ? null : 10 + int(9000) };
  view.colors = {
    own: Object.fromEntries(words(3).map((id) => [id, r() < 0.5 ? int(12) : "#12abef"])),
    rule: pick<View["colors"]["rule"]>([
      { by: "run" },
      { by: "group" },
      { by: "experiment" },
      { by: "key", column: { space: "label", name: word() } },
      { by: "key", column: { space: "metric", name: word(), stat: pick(STATS) } },
      { by: "match", regex: pick(["(seed\\d+)", "a,b=c", "^/x/$"]) },
    ]),
  };
}

function randomView(seed: number): View {
  const r = random(seed);
  const int = (n: number) => Math.floor(r() * n);
  const pick = <T>(items: readonly T[]): T => items[int(items.length)];
  const word = () => Array.from({ length: 1 + int(3) }, () => pick(PIECES)).join("");
  const words = (most: number) => [...new Set(Array.from({ length: int(most + 1) }, word))];
  const view = defaultView();
  view.q = word();
  view.t = word();
  const minus = words(2);
  const signed = (without: string[]) => ({ minus: without, plus: words(2).filter((id) => !without.includes(id)) });
  const groups = signed(words(2));
  const exceptions = { ...signed(minus), ...(groups.minus.length + groups.plus.length > 0 ? { groups } : {}) };
  const ids = words(3);
  view.sel = pick<View["sel"]>([
    { base: "top", n: int(1000), ...exceptions },
    { base: "all", ...exceptions },
    { base: "none", ...exceptions },
    ids.length > 0 ? { base: "ids", ids } : { base: "all", minus: [], plus: [] },
  ]);
  randomTable(view, { r, int, pick, word, words });
  randomPanels(view, { r, int, pick, word, words });
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
  view.rewound = r() < 0.5;
  view.brushed = r() < 0.5 ? null : view.xr;
  view.tip = pick(["pixel", "value", "up", "down", "name"] as const);
  view.y = pick(["lin", "log", "symlog"] as const);
  view.c = view.y === "symlog" && r() < 0.5 ? 1e-3 : null;
  view.outliers = r() < 0.5;
  view.unknown =
    r() < 0.5
      ? []
      : [
          ["hp", word()],
          [`zz.${word()}`, "y:log;sm:none"],
        ];
  return view;
}

function randomPanels(view: View, { r, int, pick, word, words }: Dice): void {
  const ids = (most: number) => [
    ...new Set(
      words(most).map((w) => {
        if (r() < 0.2) return handId(1 + int(9));
        const tag = r() < 0.1 ? "\udfff/w==" : w;
        return r() < 0.3 ? kindId(pick(PANEL_KINDS), tag) : tag;
      }),
    ),
  ];
  const sections = (most: number) => [...new Set(words(most).map((w) => (r() < 0.2 ? OWN_SECTION : w)))];
  view.closed = sections(3);
  view.first = sections(3);
  view.pin = ids(3);
  view.hidden = ids(3);
  view.moves = [ids(3), ids(3)]
    .flatMap(([panel, beside]) => (panel !== undefined && beside !== undefined ? [[panel, beside]] : []))
    .map(([panel, beside]) => ({ panel, beside, after: r() < 0.5 }));
  view.lay = { columns: r() < 0.5 ? null : 1 + int(12), height: r() < 0.5 ? null : 120 + int(1881) };
  view.saved = pick([null, "none", "01JA9"]);
  view.full = r() < 0.5 ? null : (ids(1)[0] ?? null);
  const overrides = (of: string[], extra: [string, string][]): Override[] =>
    of.sort().map((name) => ({ of: name, set: [["sm", "none"], ["y", pick(["log", "lin", "log,out:5"])], ...extra] }));
  view.sections = overrides(sections(3), []);
  view.panels = overrides(ids(3), [
    ["y2", formatRight(word())],
    ["w", String(1 + int(12))],
    ["h", String(120 + int(1881))],
    ["as", pick(["ridge", "raw"])],
    ["run", `r${word()}`],
    ["bins", "equal"],
    ["fix", "on"],
    ["br", String(int(401))],
    ["ct", String(int(401))],
    ["size", "actual"],
    ["i", String(1 + int(100))],
    ["off", formatRight(word())],
    ["see", quoteItem(`${word()}.${int(9)}`)],
  ]);
  const randomAxis = (): AxisView => ({
    scale: pick([null, "lin", "log", "cat"]),
    flip: r() < 0.5,
    brushes: Array.from({ length: int(3) }, () => (r() < 0.5 ? word() : [-1 - int(100), int(100) / 7])),
  });
  view.hand = Array.from({ length: int(4) }, (_, i): HandPanel => {
    const panel = emptyHand(handId(1 + i * 7), pick(HAND_KINDS));
    for (const key of ["title", "match", "x", "md"] as const) if (r() < 0.5) panel[key] = word();
    panel.y = words(4);
    return panel.kind === "parallel" ? panel.y.reduce((all, y) => withAxis(all, y, randomAxis()), panel) : panel;
  });
}

const throughUrl = (view: View) => parseView(parseQuery(formatQuery(formatView(view))));

describe("the address", () => {
  it("says nothing about a fresh view", () => {
    expect(formatQuery(formatView(defaultView()))).toBe("");
  });

  it(
    "gives back the view that it was made from",
    () => {
      for (let seed = 1; seed <= 1000; seed++) {
        const view = randomView(seed);
        const { view: back, problems } = throughUrl(view);
        expect(problems, `seed ${seed}`).toEqual([]);
        expect(back, `seed ${seed}`).toEqual(view);
      }
    },
    PATIENCE,
  );

  it("is the same for the same view", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const once = formatQuery(formatView(randomView(seed)));
      expect(formatQuery(formatView(throughUrl(randomView(seed)).view))).toBe(once);
    }
  });

  it("is readable", () => {
    const view = defaultView();
    view.sel = { base: "top", n: 10, minus: ["01JB7"], plus: ["01JC2"], groups: { minus: [], plus: ["[true,3]"] } };
    view.t = "train/*";
    view.closed = ["system"];
    view.x = "wall";
    view.xr = { axis: "wall", from: 1763974800, to: 1763981000 };
    view.y = "log";
    view.outliers = true;
    view.pin = ["val/acc", "train/loss"];
    view.sort = [
      { column: { space: "metric", name: "val/acc", stat: "max" }, descending: true },
      { column: { space: "param", name: "weight decay" }, descending: false },
    ];
    view.group = [{ space: "param", name: "arch" }];
    view.cols = [{ column: { space: "param", name: "lr" }, pinned: true, width: 80 }];
    view.base = "01JA9";
    view.colors = { own: { "01JA": 3 }, rule: { by: "match", regex: "(seed\\d)" } };
    expect(formatQuery(formatView(view))).toBe(
      "?sel=top:10~-01JB7,+01JC2,++%22%5Btrue,3%5D%22&g=params.arch&sort=-m.val/acc.max,params.%22weight%20decay%22&cols=*params.lr:80&base=01JA9&c=01JA%3D3,by:/(seed%5Cd)/&t=train/*&sec=-system&pin=val/acc,train/loss&x=wall&xr=1763974800..1763981000&y=log,out:5",
    );
  });
});

it("a link of before groups could be chosen means the same", () => {
  const sel = (text: string) => parseView([["sel", text]]).view.sel;
  expect(sel('top:4~-a,+"+b"')).toEqual({ base: "top", n: 4, minus: ["a"], plus: ["+b"] });
  expect(sel('none~+"-c",-"--d"')).toEqual({ base: "none", minus: ["--d"], plus: ["-c"] });
  expect(sel("a,b")).toEqual({ base: "ids", ids: ["a", "b"] });
});

describe("the panels' part of the address", () => {
  it("is readable", () => {
    const view = defaultView();
    view.first = ["val"];
    view.closed = ["system"];
    view.pin = ["val/acc", handId(1)];
    view.moves = [
      { panel: "train/lr", beside: "train/loss", after: false },
      { panel: handId(1), beside: "a:b", after: true },
    ];
    view.hidden = ["train/grad"];
    view.lay = { columns: 3, height: 208 };
    view.full = "val/acc";
    view.sections = [{ of: "train", set: [["y", "log"]] }];
    view.panels = [
      {
        of: "train/loss",
        set: [
          ["sm", "none"],
          ["w", "2"],
        ],
      },
    ];
    view.hand = [
      { ...emptyHand(handId(1), "lines"), y: ["train/loss", '=m."a b" / 2'], x: "lr", title: "Loss; and rate" },
      { ...emptyHand(handId(2), "scatter"), x: "params.lr", y: ["m.val/acc.max"] },
    ];
    expect(formatView(view).map(([key, value]) => `${key}=${value}`)).toEqual([
      "sec=+val,-system",
      "pin=val/acc,+1",
      'ord=train/lr:train/loss,(+1):+"a:b"',
      "hide=train/grad",
      "lay=3x208",
      "full=val/acc",
      "sec.train=y:log",
      "p.train/loss=sm:none;w:2",
      'add.1=lines;title:"Loss; and rate";y:train/loss,"=m.\\"a b\\" / 2";x:lr',
      "add.2=scatter;y:m.val/acc.max;x:params.lr",
    ]);
    expect(throughUrl(view)).toEqual({ view, problems: [] });
  });

  it("names panels of other kinds than scalars with their kind", () => {
    const view = defaultView();
    const sample = kindId("image", "sample");
    view.pin = [sample, kindId("text", 'a "b":c'), "@image:sample", "@sample"];
    view.moves = [{ panel: kindId("audio", "a:b"), beside: sample, after: true }];
    view.hidden = [kindId("pr_curve", "\udfff/w==")];
    view.full = sample;
    view.panels = [{ of: sample, set: [["w", "2"]] }];
    expect(formatView(view).map(([key, value]) => `${key}=${value}`)).toEqual([
      'pin=@image:sample,@text:"a \\"b\\":c","@image:sample",@sample',
      'ord=(@audio:"a:b"):+(@image:sample)',
      "hide=@pr_curve:~/w==",
      "full=@image:sample",
      "p.@image:sample=w:2",
    ]);
    expect(throughUrl(view)).toEqual({ view, problems: [] });
  });

  it("tells the panel of a scalar tag from that of another kind, whatever the tag is", () => {
    for (const tag of PIECES.flatMap((a) => PIECES.map((b) => a + b)).filter((tag) => tag !== "")) {
      expect(parseId(formatId(tag)), tag).toBe(tag);
      for (const kind of PANEL_KINDS) expect(parseId(formatId(kindId(kind, tag))), tag).toBe(kindId(kind, tag));
    }
  });
});

describe("parsing is total", () => {
  const bad: [string, string][] = [
    ["sel", "top:x"],
    ["sel", "top:10~01JB7"],
    ["sel", "a,++b"],
    ["sel", "none~++"],
    ["sel", '"open'],
    ["sel", ""],
    ["sort", "-"],
    ["sort", "m.loss.at"],
    ["cols", "loss"],
    ["cols", 'params."open'],
    ["g", "m.loss.last"],
    ["gb", "sd"],
    ["tb", "left"],
    ["c", "by:lr"],
    ["c", "by:/(/"],
    ["c", "01JA=red"],
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
    ["sec", "-"],
    ["view", "a b"],
    ["ord", "a"],
    ["ord", "a:a"],
    ["ord", "a:b:c"],
    ["ord", "+1:a"],
    ["lay", "x"],
    ["lay", "13x"],
    ["lay", "3x99"],
    ["full", "a,b"],
    ["p.a", ""],
    ["p.a", "y:cubic"],
    ["p.a", "xr:1..2"],
    ["p.a", "w:0"],
    ["p.a", "as:Ridge 2"],
    ["p.a", "fix:off"],
    ["p.a", "run:"],
    ["p.a", "bins:30"],
    ["p.a", "br:401"],
    ["p.a", "i:0"],
    ["p.a", "see:,"],
    ["pin", "@image:"],
    ["ord", "@image:a:b"],
    ["ord", "(@image:a:b"],
    ["p.a", "y:log;y:lin"],
    ["p.+0", "y:log"],
    ["sec.a", "w:2"],
    ["add.0", "lines"],
    ["add.1", "pie;y:a"],
    ["add.1", "lines;y:"],
    ["add.1", "lines;z:1"],
    ["add.1", 'text;md:"open'],
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

  it(
    "never throws",
    () => {
      const r = random(7);
      for (let i = 0; i < 500; i++) {
        const junk = Array.from({ length: 12 }, () => PIECES[Math.floor(r() * PIECES.length)]).join("");
        for (const key of [...ADDRESS_KEYS, "p.a", "sec.a", "add.1", `p.${junk}`]) parseView([[key, junk]]);
        parseView(parseQuery(`?${junk}`));
      }
    },
    PATIENCE,
  );
});
