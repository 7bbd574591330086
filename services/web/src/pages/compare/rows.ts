// From runs to the rows of the comparison: what each has, what differs, how far it is from the reference.

import { toValue } from "../../api/json64";
import type { RunDetail } from "../../api/run";
import { exactValue, shortValue } from "../../chart/format";
import { bestSide } from "../../runs/direction";
import type { Facts } from "../run/data";
import { isCaptured, same, shown } from "../run/params";

export interface Column {
  run: RunDetail;
  facts: Facts;
}

export type SectionName = "metrics" | "params" | "labels" | "environment" | "packages";
export const SECTIONS: readonly SectionName[] = ["metrics", "params", "labels", "environment", "packages"];

export interface Cell {
  text: string;
  /** As it is copied. */
  exact: string;
  number: number | null;
  /** The reference has the same. */
  same: boolean;
  /** Against the reference; null: one of the two is no number. */
  delta: number | null;
  relative: number | null;
  /** Of a metric: better or worse than the reference, by the direction that was declared or is likely. */
  sign: "better" | "worse" | null;
  best: boolean;
}

export interface CompareRow {
  section: SectionName;
  key: string;
  differs: boolean;
  cells: Cell[];
}

export type MetricStat = "best" | "last";

export function compareRows(columns: readonly Column[], reference: number, stat: MetricStat): CompareRow[] {
  return [
    ...metricRows(columns, reference, stat),
    ...valueRows("params", columns, reference, ({ run }) =>
      Object.fromEntries(Object.entries(run.params ?? {}).filter(([key]) => !isCaptured(key))),
    ),
    ...valueRows("labels", columns, reference, ({ run }) =>
      Object.fromEntries(Object.entries(run.labels ?? {}).filter(([key]) => !key.startsWith("stepwell."))),
    ),
    ...valueRows("environment", columns, reference, ({ facts }) => environmentOf(facts)),
    ...valueRows("packages", columns, reference, ({ facts }) => facts.packages ?? {}),
  ];
}

const names = (maps: readonly object[]) =>
  [...new Set(maps.flatMap((map) => Object.keys(map)))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));

function valueRows(
  section: SectionName,
  columns: readonly Column[],
  reference: number,
  valuesOf: (column: Column) => Record<string, unknown>,
): CompareRow[] {
  const maps = columns.map(valuesOf);
  return names(maps).map((key) => {
    const base = Object.hasOwn(maps[reference] ?? {}, key) ? maps[reference][key] : undefined;
    const cells = maps.map((map): Cell => {
      const value = Object.hasOwn(map, key) ? map[key] : undefined;
      const both = typeof value === "number" && typeof base === "number";
      return {
        text: shown(value),
        exact: value === undefined ? "" : shown(value),
        number: typeof value === "number" ? value : null,
        same: same(value, base),
        delta: both ? value - base : null,
        relative: both && base !== 0 ? value / base - 1 : null,
        sign: null,
        best: false,
      };
    });
    return { section, key, cells, differs: cells.some((cell) => !cell.same) };
  });
}

function metricRows(columns: readonly Column[], reference: number, stat: MetricStat): CompareRow[] {
  const tags = [...new Set(columns.flatMap(({ run }) => Object.keys(run.summary ?? {})))].filter(
    (tag) => !/^(?:system|stepwell)\//.test(tag),
  );
  return tags.map((tag) => {
    const higher =
      bestSide(
        columns.map(({ run }) => run),
        tag,
      ) === "max";
    const values = columns.map(({ run }) => {
      const summary = run.summary?.[tag];
      const value = stat === "last" ? summary?.last : higher ? summary?.max : summary?.min;
      return value === undefined || value === null ? null : toValue(value);
    });
    const finite = values.filter((v): v is number => v !== null && Number.isFinite(v));
    const best = finite.length > 1 ? (higher ? Math.max(...finite) : Math.min(...finite)) : null;
    const base = values[reference] ?? null;
    const cells = values.map((value): Cell => {
      const delta = value !== null && base !== null ? value - base : null;
      return {
        text: value === null ? "—" : shortValue(value),
        exact: value === null ? "" : exactValue(value),
        number: value,
        same: Object.is(value, base),
        delta,
        relative: delta !== null && base !== null && base !== 0 ? delta / Math.abs(base) : null,
        sign: delta === null || delta === 0 || Number.isNaN(delta) ? null : delta > 0 === higher ? "better" : "worse",
        best: value !== null && value === best,
      };
    });
    return { section: "metrics" as const, key: tag, cells, differs: cells.some((cell) => !cell.same) };
  });
}

function environmentOf(facts: Facts): Record<string, unknown> {
  const { git, host, gpus, python, environment } = facts;
  const found: Record<string, unknown> = {
    "git.commit": git?.commit?.slice(0, 8),
    "git.branch": git?.branch,
    "git.dirty": git?.dirty,
    command: facts.command?.join(" "),
    host: host?.name,
    "host.system": host?.system,
    "host.cpus": host?.cpus,
    gpu: gpus?.[0]?.name,
    gpus: gpus?.length,
    "gpu.driver": gpus?.[0]?.driver,
    python: python?.version,
  };
  for (const [key, value] of Object.entries(environment ?? {})) found[`$${key}`] = value;
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

const csvCell = (value: string) =>
  // A cell that a spreadsheet would take for a formula is text.
  /^[=+@\t\r]|^-(?![\d.])/.test(value)
    ? `"'${value.replace(/"/g, '""')}"`
    : /[",\r\n]/.test(value)
      ? `"${value.replace(/"/g, '""')}"`
      : value;

export function asCsv(columns: readonly Column[], rows: readonly CompareRow[]): string {
  const head = ["section", "name", ...columns.map(({ run }) => run.name)];
  const lines = rows.map((row) => [row.section, row.key, ...row.cells.map((cell) => cell.exact)]);
  return `${[head, ...lines].map((line) => line.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

const TEX: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};
const tex = (value: string) => value.replace(/[\\~^&%$#_{}]/g, (c) => TEX[c] ?? `\\${c}`).replace(/\s+/g, " ");

/** For booktabs; what is best is bold. */
export function asLatex(columns: readonly Column[], rows: readonly CompareRow[]): string {
  const lines = rows.map((row) =>
    [tex(row.key), ...row.cells.map((cell) => (cell.best ? `\\textbf{${tex(cell.text)}}` : tex(cell.text)))].join(
      " & ",
    ),
  );
  return [
    `\\begin{tabular}{l${"r".repeat(columns.length)}}`,
    "\\toprule",
    `${["", ...columns.map(({ run }) => tex(run.name))].join(" & ")} \\\\`,
    "\\midrule",
    ...lines.map((line) => `${line} \\\\`),
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}
