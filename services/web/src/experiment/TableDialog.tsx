// The table behind a chart: rows are steps in view, columns the drawn runs.

import { Dialog } from "@base-ui/react/dialog";
import { Copy, X } from "lucide-react";
import { useEffect, useState } from "react";
import { tagText } from "../api/tags";
import type { Run } from "../api/types";
import type { ChartEngine } from "../chart/engine";
import { clockTime, exactValue, fullStep } from "../chart/format";
import type { Table as Answer } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { Name, visible } from "../components/Name";
import { icon } from "../components/Shell";
import { text } from "../text";
import css from "./TableDialog.module.css";

const MAX_ROWS = 1000;

interface Props {
  tag: string | null;
  engine: ChartEngine;
  runs: Map<string, Run>;
  onClose(): void;
}

export function TableDialog({ tag, engine, runs, onClose }: Props) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    setAnswer(null);
    if (tag === null) return;
    let current = true;
    void engine.ask(tag, { what: "table", range: null, most: MAX_ROWS }).then((table) => {
      if (current) setAnswer(table);
    });
    return () => {
      current = false;
    };
  }, [tag, engine]);
  return (
    <Dialog.Root open={tag !== null} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={controls.dialog}>
          <header>
            <Dialog.Title>
              {text.tableTitle(tag === null ? "" : visible(tagText(tag).slice(0, 200)) || text.empty)}
            </Dialog.Title>
            {answer !== null && (
              <button
                type="button"
                className={controls.btn}
                onClick={() => void navigator.clipboard?.writeText(asText(answer, runs))}
              >
                <Copy {...icon} size={14} />
                {text.copy}
              </button>
            )}
            <Dialog.Close className={controls.square} aria-label={text.close}>
              <X {...icon} />
            </Dialog.Close>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
          <section className={controls.body} tabIndex={0} aria-label={text.showTable}>
            {answer !== null && <Table answer={answer} runs={runs} />}
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Table({ answer, runs }: { answer: Answer; runs: Map<string, Run> }) {
  if (answer.rows.length === 0) return <p className={css.note}>{text.tableEmpty}</p>;
  return (
    <>
      {answer.bucketed && <p className={css.note}>{text.tableBuckets}</p>}
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{text.tableStep}</th>
            <th scope="col">{text.tableTime}</th>
            {answer.columns.map(({ run, tag }) => (
              <th scope="col" key={`${run} ${tag}`}>
                <Name name={runs.get(run)?.name ?? run} />
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
                <td key={`${answer.columns[i].run} ${answer.columns[i].tag}`}>
                  {value === null ? "" : exactValue(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.left > 0 && <p className={css.note}>{text.tableLeft(answer.left)}</p>}
    </>
  );
}

const cell = (name: string) => name.replace(/[\t\r\n]/g, " ");

/** Tab-separated, full precision. */
function asText(answer: Answer, runs: Map<string, Run>): string {
  const head = ["step", "wall", ...answer.columns.map(({ run }) => cell(runs.get(run)?.name ?? run))];
  const body = answer.rows.map((row) => [
    row.step.toString(),
    String(row.wall),
    ...row.values.map((v) => (v === null ? "" : exactValue(v))),
  ]);
  return [head, ...body].map((line) => line.join("\t")).join("\n");
}
