import { Link } from "@tanstack/react-router";
import { Pin, X } from "lucide-react";
import { Fragment } from "react";
import { tagText } from "../../api/tags";
import { shortValue } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { sharedView } from "../../components/places";
import { icon } from "../../components/Shell";
import { slotOf } from "../../runs/looks";
import { text } from "../../text";
import css from "./Compare.module.css";
import { type Cell, type Column, type CompareRow, SECTIONS } from "./rows";

export type Look = "value" | "change" | "percent";

interface Props {
  workspace: string;
  columns: readonly Column[];
  /** Those that are shown. */
  rows: readonly CompareRow[];
  totals: readonly CompareRow[];
  reference: number;
  look: Look;
  onReference(run: string): void;
  onRemove(run: string): void;
}

const MOST_ROWS = 400; // of a section

export function CompareTable({ workspace, columns, rows, totals, reference, look, onReference, onRemove }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.card} tabIndex={0} aria-label={text.compare.table}>
      <table className={css.table} style={{ minWidth: 190 + columns.length * 128 }}>
        <thead>
          <tr>
            <td />
            {columns.map(({ run }, i) => {
              const name = visible(run.name.slice(0, 100));
              return (
                <th key={run.id} scope="col" className={i === reference ? css.ref : undefined}>
                  <span className={css.column}>
                    <i className={css.swatch} style={{ background: `var(--c${slotOf(run)})` }} aria-hidden="true" />
                    <Link to="/w/$workspace/r/$run" params={{ workspace, run: run.id }} search={sharedView as never}>
                      <Name name={run.name} />
                    </Link>
                  </span>
                  <small>
                    {i === reference ? (
                      text.compare.reference
                    ) : (
                      <>
                        {text.run.status[run.status as keyof typeof text.run.status] ?? run.status}
                        <button
                          type="button"
                          className={controls.small}
                          aria-label={text.compare.makeReference(name)}
                          title={text.compare.makeReference(name)}
                          onClick={() => onReference(run.id)}
                        >
                          <Pin {...icon} size={12} />
                        </button>
                        <button
                          type="button"
                          className={controls.small}
                          aria-label={text.compare.remove(name)}
                          title={text.compare.remove(name)}
                          onClick={() => onRemove(run.id)}
                        >
                          <X {...icon} size={12} />
                        </button>
                      </>
                    )}
                  </small>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {SECTIONS.map((section) => {
            const list = rows.filter((row) => row.section === section);
            const total = totals.filter((row) => row.section === section).length;
            if (total === 0) return null;
            return (
              <Fragment key={section}>
                <tr className={css.section}>
                  <th scope="rowgroup" colSpan={columns.length + 1}>
                    {text.compare.sections[section]} <span>{text.compare.of(list.length, total)}</span>
                  </th>
                </tr>
                {list.slice(0, MOST_ROWS).map((row) => (
                  <tr key={row.key}>
                    <th scope="row">
                      <Name name={tagText(row.key)} />
                    </th>
                    {row.cells.map((cell, i) => (
                      <Value key={columns[i].run.id} cell={cell} isReference={i === reference} look={look} />
                    ))}
                  </tr>
                ))}
                {list.length > MOST_ROWS && (
                  <tr>
                    <td colSpan={columns.length + 1}>{text.firstOf(MOST_ROWS)}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Value({ cell, isReference, look }: { cell: Cell; isReference: boolean; look: Look }) {
  const change = isReference || look === "value" || cell.delta === null || cell.delta === 0 ? null : cell;
  const className = [isReference ? css.ref : cell.same ? css.same : "", cell.best ? css.best : ""].join(" ");
  return (
    <td className={className} title={cell.exact.slice(0, 1000)}>
      <Name name={cell.text} title={false} />
      {change !== null && (
        <small
          className={cell.sign === "better" ? css.better : undefined}
          title={cell.sign === null ? undefined : text.compare.sign[cell.sign]}
        >
          {look === "percent" ? percent(change.relative) : signed(change.delta ?? 0)}
        </small>
      )}
    </td>
  );
}

const signed = (delta: number) => `${delta > 0 ? "+" : "−"}${shortValue(Math.abs(delta))}`;

const percent = (relative: number | null) =>
  relative === null ? "" : `${relative > 0 ? "+" : "−"}${(Math.abs(relative) * 100).toPrecision(3)} %`;
