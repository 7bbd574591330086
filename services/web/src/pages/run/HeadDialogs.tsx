// The small dialogs of the head: rename, label, move. Enter does it, Escape does not.

import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import type { RunDetail } from "../../api/run";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { icon } from "../../components/Shell";
import { useExperiments } from "../../experiment/data";
import { makeMatcher } from "../../state/match";
import { text } from "../../text";
import type { RunPageActs } from "./acts";
import css from "./Head.module.css";

const LABEL_LENGTH = 64; // the server's limit for a label's key and value
const NAME_LENGTH = 1024;

export function Box({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={true} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={controls.narrow} initialFocus={() => body.current?.querySelector("input")}>
          <header>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className={controls.square} aria-label={text.close}>
              <X {...icon} />
            </Dialog.Close>
          </header>
          <div className={controls.body} ref={body}>
            {children}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface FormProps {
  verb: string;
  act(): Promise<void>;
  onClose(): void;
  children: ReactNode;
}

function Form({ verb, act, onClose, children }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What went wrong stands at the foot; the dialog stays with what was typed.
    act().then(onClose, () => {});
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {children}
      <div className={css.buttons}>
        <button type="button" className={controls.btn} onClick={onClose}>
          {text.run.cancel}
        </button>
        <button type="submit" className={`${controls.btn} ${css.primary}`}>
          {verb}
        </button>
      </div>
    </form>
  );
}

interface Props {
  acts: RunPageActs;
  onClose(): void;
}

export function RenameDialog({ run, acts, onClose }: Props & { run: RunDetail }) {
  const [name, setName] = useState(run.name);
  return (
    <Box title={text.run.rename} onClose={onClose}>
      <Form verb={text.run.rename} onClose={onClose} act={() => acts.rename(name.trim())}>
        <label>
          {text.run.newName}
          <input
            className={controls.text}
            value={name}
            required
            maxLength={NAME_LENGTH}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
      </Form>
    </Box>
  );
}

export function LabelDialog({ acts, onClose }: Props) {
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  return (
    <Box title={text.run.addLabel} onClose={onClose}>
      <Form verb={text.run.addLabel} onClose={onClose} act={() => acts.label(key.trim(), value.trim())}>
        <label>
          {text.run.labelKey}
          <input
            className={controls.text}
            value={key}
            required
            maxLength={LABEL_LENGTH}
            onChange={(event) => setKey(event.target.value)}
          />
        </label>
        <label>
          {text.run.labelValue}
          <input
            className={controls.text}
            value={value}
            maxLength={LABEL_LENGTH}
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
      </Form>
    </Box>
  );
}

export function MoveDialog({ workspace, run, acts, onClose }: Props & { workspace: string; run: RunDetail }) {
  const [find, setFind] = useState("");
  const { data } = useExperiments(workspace);
  const { matches } = makeMatcher(find);
  const found = (data ?? []).filter((e) => e.id !== run.experiment && matches(e.name));
  return (
    <Box title={text.run.moveTitle} onClose={onClose}>
      <input
        className={`${controls.text} ${css.find}`}
        type="search"
        value={find}
        placeholder={text.findExperiment}
        aria-label={text.findExperiment}
        onChange={(event) => setFind(event.target.value)}
      />
      <div className={css.list}>
        {found.slice(0, 200).map((e) => (
          <button
            key={e.id}
            type="button"
            className={controls.item}
            onClick={() => acts.move(e).then(onClose, () => {})}
          >
            <Name name={e.name} />
          </button>
        ))}
        {found.length === 0 && <p className={css.note}>{text.noExperiment(find)}</p>}
      </div>
    </Box>
  );
}
