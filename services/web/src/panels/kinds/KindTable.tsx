// The table behind a picture, at full precision.

import { Name } from "../../components/Name";
import { TableFrame, type TableRows } from "../../components/TableFrame";
import css from "../../components/TableFrame.module.css";
import { text } from "../../text";

export interface TableContent {
  head: readonly string[];
  rows: TableRows;
}

interface Props {
  title: string;
  content: TableContent;
  onClose(): void;
}

const MOST_ROWS = 1_000; // that are shown; all are copied

export function KindTable({ title, content: { head, rows }, onClose }: Props) {
  return (
    <TableFrame open title={title} rows={() => [head, ...rows]} onClose={onClose}>
      {rows.length === 0 ? <p className={css.note}>{text.kinds.tableEmpty}</p> : <Rows head={head} rows={rows} />}
      {rows.length > MOST_ROWS && <p className={css.note}>{text.kinds.tableLeft(rows.length - MOST_ROWS)}</p>}
    </TableFrame>
  );
}

function Rows({ head, rows }: TableContent) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, MOST_ROWS).map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows and cells are known by their place.
          <tr key={i}>
            {row.map((cell, k) =>
              k === 0 ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <th key={k} scope="row">
                  <Name name={cell} />
                </th>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <td key={k}>{cell}</td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
