// The numbers behind a chart as CSV, JSON or a program: what is drawn, or every point from the server.

import { parseJson, toStep, toValue } from "../../api/json64";
import { isExpression, tagText, wireTag } from "../../api/tags";
import { exactValue } from "../../chart/format";
import type { Table } from "../../chart/protocol";

export interface Column {
  run: string;
  name: string;
  tag: string;
}

export interface Row {
  column: Column;
  step: bigint;
  wall: number | null;
  value: number;
}

/** One row a value, in the order of columns; empty places are left out. */
export function rowsOf(table: Table, nameOf: (run: string) => string): Row[] {
  return table.columns.flatMap(({ run, tag }, i) => {
    const column = { run, name: nameOf(run), tag };
    return table.rows.flatMap(({ step, wall, values }) => {
      const value = values[i];
      return value === null ? [] : [{ column, step, wall, value }];
    });
  });
}

// A text that a spreadsheet would take for a formula begins with an apostrophe.
const cell = (text: string) => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ column, step, wall, value }) =>
    [cell(column.run), cell(column.name), cell(tagText(column.tag)), step, wall ?? "", exactValue(value)].join(","),
  );
  return `${["run,name,tag,step,wall,value", ...lines].join("\r\n")}\r\n`;
}

// By hand: steps are int64, and NaN and infinities are written as the server writes them.
export function jsonOf(rows: readonly Row[]): string {
  const number = (value: number | null) =>
    value === null || Number.isFinite(value) ? JSON.stringify(value) : `"${exactValue(value)}"`;
  const series = new Map<Column, Row[]>();
  for (const row of rows) {
    const points = series.get(row.column);
    if (points === undefined) series.set(row.column, [row]);
    else points.push(row);
  }
  const items = [...series].map(([column, points]) => {
    const list = (of: (row: Row) => string) => `[${points.map(of).join(",")}]`;
    const head = JSON.stringify({ run: column.run, name: column.name, tag: tagText(column.tag) }).slice(0, -1);
    const step = list((row) => row.step.toString());
    return `${head},"step":${step},"wall":${list((row) => number(row.wall))},"value":${list((row) => number(row.value))}}`;
  });
  return `[${items.join(",\n")}]\n`;
}

/** Every visible point of a series. */
export async function allPoints(column: Column, base: string | null): Promise<Row[]> {
  const response = await fetch("/api/v1/series:query", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      series: [{ run: column.run, ...wireTag(column.tag) }],
      columns: null,
      ...(base === null ? {} : { base }),
    }),
  });
  const answer = parseJson(await response.text()) as {
    detail?: string;
    items?: { step: unknown[]; wall: unknown[]; value: unknown[]; error?: { detail?: string } }[];
  };
  const item = answer.items?.[0];
  if (item === undefined || item.error !== undefined) throw new Error(item?.error?.detail ?? answer.detail ?? "");
  return item.step.map((step, i) => ({
    column,
    step: toStep(step),
    wall: toValue(item.wall[i]),
    value: toValue(item.value[i]),
  }));
}

const python = (text: string) =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A program that reads the same points. */
export function pythonOf(server: string, columns: readonly Column[]): string {
  const named = columns.filter(({ tag }) => !isExpression(tag));
  const lines = named.map(
    ({ run, name, tag }) =>
      `    (${python(run)}, ${python(tagText(tag))}),  # ${name.replace(/[\p{C}\p{Z}]+/gu, " ").slice(0, 100)}`,
  );
  return `import stepwell

api = stepwell.Api(${python(server)})
wanted = [
${lines.join("\n")}
]
curves = {(run, tag): api.run(run).series(tag).to_numpy() for run, tag in wanted}
for (run, tag), curve in curves.items():
    print(run, tag, len(curve["step"]), "points, last", curve["value"][-1:])
`;
}
