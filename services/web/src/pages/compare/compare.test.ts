import { expect, test } from "vitest";
import type { RunDetail } from "../../api/run";
import { explainGap } from "./gap";
import { asCsv, asLatex, type Column, compareRows } from "./rows";

const column = (name: string, more: Partial<RunDetail>, packages: Record<string, string> = {}): Column => ({
  run: { id: name, name, experiment: "e", status: "finished", created: "", ...more },
  facts: { packages },
});

const columns = [
  column(
    "base",
    {
      params: { lr: 0.1, "stepwell.host": "a" },
      summary: { "val/acc": { last: 0.5, max: 0.6 }, loss: { last: 2, min: 1 } },
    },
    { torch: "2.9.0", numpy: "2" },
  ),
  column(
    "other_1",
    { params: { lr: 0.2, seed: 3 }, summary: { "val/acc": { last: 0.7, max: 0.9 }, loss: { last: "NaN", min: 4 } } },
    { torch: "2.9.1", numpy: "2" },
  ),
];

test("rows say what differs, how far it is, and whether that is better", () => {
  const rows = compareRows(columns, 0, "best");
  const acc = rows.find((row) => row.key === "val/acc")!;
  expect(acc.cells[1]).toMatchObject({ number: 0.9, sign: "better", best: true });
  expect(acc.cells[1].delta).toBeCloseTo(0.3);
  expect(rows.find((row) => row.key === "loss")!.cells[1]).toMatchObject({ sign: "worse", best: false });
  expect(rows.filter((row) => row.differs && row.section !== "metrics").map((row) => row.key)).toEqual([
    "lr",
    "seed",
    "torch",
  ]);
  expect(rows.find((row) => row.key === "seed")!.cells[0].text).toBe("—");
  expect(rows.some((row) => row.key === "stepwell.host")).toBe(false);
});

test("NaN is neither better nor worse, and is no difference from NaN", () => {
  const nan = { summary: { loss: { last: "NaN" } } };
  const [row] = compareRows([column("a", nan), column("b", nan)], 0, "last");
  expect(row.differs).toBe(false);
  expect(row.cells[1].sign).toBe(null);
});

test("CSV has full precision and no formulas, LaTeX escapes and marks the best", () => {
  const rows = compareRows(columns, 0, "best");
  expect(asCsv(columns, rows)).toContain("metrics,val/acc,0.6,0.9\r\n");
  expect(asCsv([column("=1+1", {})], [])).toContain('"\'=1+1"');
  expect(asCsv([column("-1", {})], [])).toContain(",-1");
  const latex = asLatex(columns, rows);
  expect(latex).toContain("other\\_1");
  expect(latex).toContain("\\textbf{0.9000}");
});

test("the parameter that splits the objective comes first; one with a value for each run explains nothing", () => {
  const runs = Array.from({ length: 12 }, (_, i) => ({
    params: { arch: i % 2 ? "big" : "small", noise: i % 3, id: `run ${i}` },
    objective: (i % 2 ? 0.9 : 0.5) + (i % 3) * 0.01,
  }));
  const rows = explainGap(runs);
  expect(rows[0].key).toBe("arch");
  expect(rows[0].share).toBeGreaterThan(0.9);
  expect(rows[0].spread).toBeCloseTo(0.4);
  expect(rows.map((row) => row.key)).not.toContain("id");
  expect(explainGap(runs.slice(0, 3))).toEqual([]);
});

test("many numbers are groups of neighbours", () => {
  const runs = Array.from({ length: 40 }, (_, i) => ({ params: { lr: i / 40 }, objective: i }));
  expect(explainGap(runs)[0].share).toBeGreaterThan(0.9);
});

test("of five hundred parameters of sixty runs the planted one comes first, and noise is not named", () => {
  let state = 7;
  const random = () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const runs = Array.from({ length: 60 }, (_, i) => {
    const noise = Array.from({ length: 498 }, (_, j) => [
      `noise${j}`,
      j % 3 === 0 ? random() : Math.floor(random() * 3),
    ]);
    const lr = [1e-4, 1e-3, 1e-2][Math.floor(random() * 3)];
    const params = { ...Object.fromEntries(noise), lr, seed: i } as Record<string, unknown>;
    return { params, objective: 0.7 + 0.07 * Math.log10(lr * 1e4) + 0.04 * (random() - 0.5) };
  });
  expect(explainGap(runs).map((row) => row.key)).toEqual(["lr"]);
  // Where nothing was planted, nothing is found.
  expect(explainGap(runs.map((run) => ({ ...run, objective: random() })))).toEqual([]);
});

test("a metric that was declared to be small is better when it is smaller, whatever its name", () => {
  const labels = { "stepwell.metric/score": '{"summary":"min"}' };
  const two = [
    column("a", { labels, summary: { score: { last: 2, min: 2, max: 9 } } }),
    column("b", { labels, summary: { score: { last: 1, min: 1, max: 9 } } }),
  ];
  const [row] = compareRows(two, 0, "best");
  expect(row.cells.map((cell) => [cell.number, cell.sign, cell.best])).toEqual([
    [2, null, false],
    [1, "better", true],
  ]);
});
