// The table behind a picture, at full precision.

import { Dialog } from "@base-ui/react/dialog";
import { Copy, X } from "lucide-react";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { icon } from "../../components/Shell";
import css from "../../experiment/TableDialog.module.css";
import { text } from "../../text";

export interface TableContent {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

interface Props {
  title: string;
  content: TableContent;
  onClose(): void;
}

const MOST_ROWS = 1_000; // that are shown; all are copied

const clean = (cell: string) => cell.replace(/[\t\r\n]/g, " ");

export function KindTable({ title, content: { head, rows }, onClose }: Props) {
  const copy = () => {
    const lines = [head, ...rows].map((row) => row.map(clean).join("\t"));
    void navigator.clipboard?.writeText(lines.join("\n"));
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={controls.dialog}>
          <header>
            <Dialog.Title>{text.tableTitle(title)}</Dialog.Title>
            <button type="button" className={controls.btn} onClick={copy}>
              <Copy {...icon} size={14} />
              {text.copy}
            </button>
            <Dialog.Close className={controls.square} aria-label={text.close}>
              <X {...icon} />
            </Dialog.Close>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
          <section className={controls.body} tabIndex={0} aria-label={text.showTable}>
            {rows.length === 0 ? <p className={css.note}>{text.kinds.tableEmpty}</p> : <Rows head={head} rows={rows} />}
            {rows.length > MOST_ROWS && <p className={css.note}>{text.kinds.tableLeft(rows.length - MOST_ROWS)}</p>}
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
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
