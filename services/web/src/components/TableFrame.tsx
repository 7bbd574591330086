// The dialog around a table that is behind a picture: its title, what can be chosen, and Copy.

import { Dialog } from "@base-ui/react/dialog";
import { Copy, X } from "lucide-react";
import type { ReactNode } from "react";
import { text } from "../text";
import controls from "./controls.module.css";
import { icon } from "./Shell";

export type TableRows = readonly (readonly string[])[];

interface Props {
  open: boolean;
  /** What the values are of. */
  title: string;
  choices?: ReactNode;
  /** What is copied, the head included; null: nothing is there yet. */
  rows: (() => TableRows) | null;
  onClose(): void;
  children: ReactNode;
}

const clean = (cell: string) => cell.replace(/[\t\r\n]/g, " ");

const tabbed = (rows: TableRows) => rows.map((row) => row.map(clean).join("\t")).join("\n");

export function TableFrame({ open, title, choices, rows, onClose, children }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={controls.dialog}>
          <header>
            <Dialog.Title>{text.tableTitle(title)}</Dialog.Title>
            {choices}
            {rows !== null && (
              <button
                type="button"
                className={controls.btn}
                onClick={() => void navigator.clipboard?.writeText(tabbed(rows()))}
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
            {children}
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
