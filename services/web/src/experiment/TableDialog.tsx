// The table behind a chart: its steps in view (or of a range) with a column for each line, or a row for each line with what
// it is in the range and at the pin.

import { useEffect, useState } from "react";
import { tagText } from "../api/tags";
import type { ChartEngine } from "../chart/engine";
import { clockTime, exactValue, fullStep } from "../chart/format";
import type { Table as Answer, Summary, SummaryRow } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { Name, visible } from "../components/Name";
import { TableFrame } from "../components/TableFrame";
import css from "../components/TableFrame.module.css";
import { text } from "../text";

const MAX_ROWS = 1000;

interface Props {
  /** The panel's id; null: closed. */
  tag: string | null;
  /** Instead of what is in view. */
  range?: [number, number];
  /** x of the pin. */
  pin?: bigint | number;
  engine: ChartEngine;
  /** A run's name, or a group's label. */
  nameOf(key: string): string;
  onClose(): void;
}

export function TableDialog({ tag, range, pin, engine, nameOf, onClose }: Props) {
  const [kind, setKind] = useState<"table" | "summary">("table");
  const [answer, setAnswer] = useState<Answer | Summary | null>(null);
  useEffect(() => {
    if (tag === null) return;
    let current = true;
    const asked =
      kind === "table"
        ? engine.ask(tag, { what: "table", range: range ?? null, most: MAX_ROWS, groups: true })
        : engine.ask(tag, { what: "summary", range: range ?? null, at: pin ?? null });
    void asked.then((found) => {
      if (current) setAnswer(found);
    });
    return () => {
      current = false;
    };
  }, [tag, kind, range, pin, engine]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another panel's values are not this one's.
  useEffect(() => setAnswer(null), [tag]);
  const choices = (
    <div className={controls.seg} role="group" aria-label={text.tableKind}>
      {(["table", "summary"] as const).map((k) => (
        <button key={k} type="button" aria-pressed={kind === k} onClick={() => setKind(k)}>
          {text.tableKinds[k]}
        </button>
      ))}
    </div>
  );
  return (
    <TableFrame
      open={tag !== null}
      title={tag === null ? "" : visible(tagText(tag).slice(0, 200)) || text.empty}
      choices={choices}
      rows={answer && (() => rowsOf(answer, nameOf))}
      onClose={onClose}
    >
      {answer?.what === "table" && <Steps answer={answer} nameOf={nameOf} />}
      {answer?.what === "summary" && <Lines answer={answer} nameOf={nameOf} />}
    </TableFrame>
  );
}

type NameOf = Props["nameOf"];

/** A run's name, with the tag where the panel has several; of a group also what. */
function titles(columns: Answer["columns"], nameOf: NameOf): string[] {
  const several = columns.some(({ tag }) => tag !== columns[0].tag);
  return columns.map(({ run, tag, of }) =>
    [nameOf(run), several ? tagText(tag) : "", of === undefined ? "" : text.tableOfGroup[of]]
      .filter(Boolean)
      .join(" · "),
  );
}

const keyOf = ({ run, tag, of }: Answer["columns"][number]) => `${run} ${tag} ${of ?? ""}`;

function Steps({ answer, nameOf }: { answer: Answer; nameOf: NameOf }) {
  if (answer.rows.length === 0) return <p className={css.note}>{text.tableEmpty}</p>;
  const { columns } = answer;
  return (
    <>
      {answer.bucketed && <p className={css.note}>{text.tableBuckets}</p>}
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{text.tableStep}</th>
            <th scope="col">{text.tableTime}</th>
            {titles(columns, nameOf).map((title, i) => (
              <th scope="col" key={keyOf(columns[i])}>
                <Name name={title} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row) => (
            <tr key={row.step.toString()}>
              <th scope="row">{fullStep(row.step)}</th>
              <td>{clockTime(row.wall)}</td>
              {row.values.map((value, i) => (
                <td key={keyOf(columns[i])}>{value === null ? "" : exactValue(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.left > 0 && <p className={css.note}>{text.tableLeft(answer.left)}</p>}
    </>
  );
}

/** The cells of a line, as they are shown and copied. */
function cellsOf(row: SummaryRow, pinned: boolean): string[] {
  const extreme = (e: SummaryRow["min"]) => (e === null ? ["", ""] : [exactValue(e.value), e.step.toString()]);
  const change = row.end - row.start;
  return [
    ...(pinned
      ? [
          row.at?.step.toString() ?? "",
          row.at ? exactValue(row.at.value) : "",
          row.at ? exactValue(row.at.smoothed) : "",
        ]
      : []),
    exactValue(row.start),
    exactValue(row.end),
    ...extreme(row.min),
    ...extreme(row.max),
    exactValue(row.mean),
    exactValue(change),
    row.start === 0 ? "" : `${((100 * change) / Math.abs(row.start)).toPrecision(4)} %`,
  ];
}

const headOf = (pinned: boolean): readonly string[] => [...(pinned ? text.tableAtPin : []), ...text.tableSummary];
const isPinned = (answer: Summary) => answer.rows.some(({ at }) => at !== null);

function Lines({ answer, nameOf }: { answer: Summary; nameOf: NameOf }) {
  if (answer.rows.length === 0) return <p className={css.note}>{text.tableEmpty}</p>;
  const pinned = isPinned(answer);
  const names = titles(answer.rows, nameOf);
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{text.runKey.name}</th>
          {headOf(pinned).map((head) => (
            <th scope="col" key={head}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row, i) => (
          <tr key={`${row.run} ${row.tag}`}>
            <th scope="row">
              <Name name={names[i]} />
            </th>
            {cellsOf(row, pinned).map((cell, k) => (
              <td key={headOf(pinned)[k]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** At full precision. */
function rowsOf(answer: Answer | Summary, nameOf: NameOf): string[][] {
  if (answer.what === "summary") {
    const names = titles(answer.rows, nameOf);
    const pinned = isPinned(answer);
    return [[text.runKey.name, ...headOf(pinned)], ...answer.rows.map((row, i) => [names[i], ...cellsOf(row, pinned)])];
  }
  return [
    ["step", "wall", ...titles(answer.columns, nameOf)],
    ...answer.rows.map(({ step, wall, values }) => [
      step.toString(),
      String(wall),
      ...values.map((v) => (v === null ? "" : exactValue(v))),
    ]),
  ];
}
