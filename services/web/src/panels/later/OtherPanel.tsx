// Panels by hand that are not lines: bars, scatter, cards, parallel coordinates, a table, text.

import { lazy, Suspense } from "react";
import { exactValue, shortValue } from "../../chart/format";
import { Name } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import type { PanelShared } from "../../experiment/context";
import type { HandPanel } from "../../state/hand_panels";
import { text } from "../../text";
import { type Cell, type DataRow, useColumns } from "../columns";
import { columnTitle } from "../titles";
import css from "./OtherPanel.module.css";
import { Parallel } from "./Parallel";
import { Scatter } from "./Scatter";

const Markdown = lazy(() => import("../../components/Markdown"));

export function OtherPanel({ panel, shared }: { panel: HandPanel; shared: PanelShared }) {
  if (panel.kind !== "text") return <Columns panel={panel} shared={shared} />;
  if (panel.md.trim() === "") return <p className={css.none}>{text.noMarkdown}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.text} tabIndex={0} aria-label={text.kindName.text}>
      <Suspense fallback={null}>
        <Markdown source={panel.md} />
      </Suspense>
    </section>
  );
}

function Columns({ panel, shared }: { panel: HandPanel; shared: PanelShared }) {
  const columns = panel.kind === "scatter" ? [panel.x, ...panel.y] : panel.y;
  const { rows, error, loading, left } = useColumns(columns, shared);
  if (columns.length === 0 || columns[0] === "") return <p className={css.none}>{text.noColumns}</p>;
  if (shared.noneDrawn) return <p className={css.none}>{text.noneDrawn}</p>;
  if (error !== null && rows.length === 0) return <ProblemBox error={error} />;
  if (loading) return <div className={css.none} />;
  const titles = columns.map(columnTitle);
  const props = { panel, shared, rows, titles, focus: shared.focus };
  return (
    <div className={css.body}>
      {panel.kind === "bar" && <Bars {...props} />}
      {panel.kind === "scatter" && <Scatter {...props} />}
      {panel.kind === "cards" && <Cards {...props} />}
      {panel.kind === "parallel" && <Parallel {...props} />}
      {panel.kind === "table" && <Table {...props} />}
      {left > 0 && <p className={css.note}>{text.runsLeft(left)}</p>}
    </div>
  );
}

export interface ColumnsProps {
  panel: HandPanel;
  shared: PanelShared;
  rows: DataRow[];
  titles: string[];
  focus: string | null;
}

export const cellText = (cell: Cell) => (cell === null ? "" : typeof cell === "number" ? shortValue(cell) : cell);

const isNumber = (cell: Cell): cell is number => typeof cell === "number" && Number.isFinite(cell);

/** A bar for each run and column, from zero. */
function Bars({ rows, titles, focus, shared }: ColumnsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.scroll} tabIndex={0} aria-label={titles.join(", ")}>
      {titles.map((title, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place.
        <BarList key={i} {...{ title, rows, focus, shared }} column={i} />
      ))}
    </section>
  );
}

interface BarListProps {
  title: string;
  rows: DataRow[];
  column: number;
  focus: string | null;
  shared: PanelShared;
}

function BarList({ title, rows, column, focus, shared }: BarListProps) {
  const values = rows.map(({ cells }) => cells[column]);
  const numbers = values.filter(isNumber);
  const lo = Math.min(0, ...numbers);
  const span = Math.max(0, ...numbers) - lo || 1;
  const percent = (value: number) => `${(value / span) * 100}%`;
  return (
    <table className={css.bars}>
      <caption>
        <Name name={title} />
      </caption>
      <tbody>
        {rows.map(({ id, name, color }, i) => {
          const value = values[i];
          const from = isNumber(value) ? Math.min(0, value) - lo : 0;
          return (
            <tr
              key={id}
              data-focus={id === focus || undefined}
              onPointerEnter={() => shared.hoverRun(id)}
              onPointerLeave={() => shared.hoverRun(null)}
            >
              <th scope="row">
                <button type="button" onClick={() => shared.focusRun(id)}>
                  <Name name={name} />
                </button>
              </th>
              <td className={css.track}>
                {isNumber(value) && (
                  <i style={{ left: percent(from), width: percent(Math.abs(value)), background: color }} />
                )}
              </td>
              <td title={typeof value === "number" ? exactValue(value) : undefined}>{cellText(value)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** A number for each column: of the focused run, else of the first; and what the drawn runs span. */
function Cards({ rows, titles, focus }: ColumnsProps) {
  const row = rows.find(({ id }) => id === focus) ?? rows[0];
  if (row === undefined) return <p className={css.none}>{text.noData}</p>;
  return (
    <dl className={css.cards}>
      {titles.map((title, i) => {
        const numbers = rows.map(({ cells }) => cells[i]).filter(isNumber);
        const cell = row.cells[i];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place.
          <div key={i}>
            <dt>
              <Name name={title} />
            </dt>
            <dd title={typeof cell === "number" ? exactValue(cell) : undefined}>
              {cell === null ? text.noValue : typeof cell === "number" ? shortValue(cell) : <Name name={cell} />}
            </dd>
            <dd className={css.span}>
              <i style={{ background: row.color }} />
              <Name name={row.name} />
            </dd>
            {numbers.length > 1 && (
              <dd className={css.span}>
                {text.spanOf(shortValue(Math.min(...numbers)), shortValue(Math.max(...numbers)), numbers.length)}
              </dd>
            )}
          </div>
        );
      })}
    </dl>
  );
}

function Table({ rows, titles, focus }: ColumnsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.scroll} tabIndex={0} aria-label={text.kindName.table}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{text.panelRun}</th>
            {titles.map((title, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place.
              <th scope="col" key={i}>
                <Name name={title} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, name, color, cells }) => (
            <tr key={id} data-focus={id === focus || undefined}>
              <th scope="row">
                <i style={{ background: color }} />
                <Name name={name} />
              </th>
              {cells.map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place.
                <td key={i} title={typeof cell === "number" ? exactValue(cell) : undefined}>
                  {typeof cell === "string" ? <Name name={cell} /> : cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
