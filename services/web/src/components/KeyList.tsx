// What the keys do, on "?".

import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { text } from "../text";
import controls from "./controls.module.css";
import { icon } from "./Shell";
import css from "./Shell.module.css";

export function KeyList({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={controls.narrow}>
          <header>
            <Dialog.Title>{text.keysTitle}</Dialog.Title>
            <Dialog.Close className={controls.square} aria-label={text.close}>
              <X {...icon} />
            </Dialog.Close>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too. */}
          <section className={controls.body} tabIndex={0} aria-label={text.keysTitle}>
            <dl className={controls.keys}>
              {text.keyList.map(([key, what]) => (
                <div key={what} className={css.keyRow}>
                  <dt>{key}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
