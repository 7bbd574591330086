// Forms for changing the chosen runs: name, label, experiment.

import { type FormEvent, type ReactNode, useId, useState } from "react";
import controls from "../../components/controls.module.css";
import { useExperiments } from "../../experiment/data";
import { isRegex } from "../../state/run_colors";
import { text } from "../../text";
import css from "./popups.module.css";
import type { PopupProps } from "./TablePopup";

interface FormProps {
  children: ReactNode;
  act: string;
  ready: boolean;
  onSubmit(): void;
  onClose(): void;
}

function Form({ children, act, ready, onSubmit, onClose }: FormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    onSubmit();
    onClose();
  };
  return (
    <form className={css.panel} onSubmit={submit}>
      {children}
      <button type="submit" className={controls.btn} disabled={!ready}>
        {act}
      </button>
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string;
  wrong?: boolean;
  options?: readonly string[];
}

function Field({ label, value, onChange, placeholder, wrong = false, options }: FieldProps) {
  const id = useId();
  return (
    <label className={css.field} htmlFor={id}>
      {label}
      <input
        id={id}
        className={controls.text}
        value={value}
        placeholder={placeholder}
        aria-invalid={wrong}
        list={options === undefined ? undefined : `${id}-list`}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
      {options !== undefined && (
        <datalist id={`${id}-list`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** One run gets a name; of several each a part of its own is replaced. */
export function RenamePanel({ bulk, rows, onClose }: PopupProps) {
  const { aimed } = bulk;
  const only = aimed.count === 1 ? rows.byId.get(aimed.known[0]) : undefined;
  const [name, setName] = useState(only?.name ?? "");
  const [match, setMatch] = useState("");
  const [to, setTo] = useState("");
  if (only !== undefined) {
    return (
      <Form act={text.rename} ready={name !== ""} onSubmit={() => bulk.rename(aimed, name)} onClose={onClose}>
        <Field label={text.newName} value={name} onChange={setName} />
      </Form>
    );
  }
  const example = rows.byId.get(aimed.known[0])?.name;
  const ok = match !== "" && isRegex(match);
  return (
    <Form
      act={text.renameRuns(aimed.count)}
      ready={ok}
      onSubmit={() => bulk.renameEach(aimed, match, to)}
      onClose={onClose}
    >
      <Field
        label={text.renameMatch}
        value={match}
        onChange={setMatch}
        placeholder="^(.*)$"
        wrong={match !== "" && !ok}
      />
      <Field label={text.renameTo} value={to} onChange={setTo} placeholder="\1" />
      {ok && example !== undefined && (
        <p className={css.none}>{text.renameExample(example, example.replace(new RegExp(match, "g"), toJs(to)))}</p>
      )}
    </Form>
  );
}

// \1 as RE2 has it is $1 here, and a dollar is itself.
const toJs = (to: string) => to.replace(/\$/g, "$$$$").replace(/\\(\d)/g, "$$$1");

export function LabelPanel({ bulk, rows, onClose }: PopupProps) {
  const { aimed } = bulk;
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const labels = aimed.known.flatMap((id) => Object.entries(rows.byId.get(id)?.labels ?? {}));
  const keys = [...new Set(labels.map(([label]) => label))];
  const values = [...new Set(labels.filter(([label]) => label === key).map(([, own]) => own))];
  return (
    <Form
      act={value === "" ? text.removeLabel : text.setLabel}
      ready={key !== ""}
      onSubmit={() => bulk.label(aimed, key, value === "" ? null : value)}
      onClose={onClose}
    >
      <Field label={text.labelKey} value={key} onChange={setKey} options={keys} />
      <Field label={text.labelValue} value={value} onChange={setValue} options={values} />
    </Form>
  );
}

export function MovePanel({ bulk, workspace, experiment, onClose }: PopupProps) {
  const [name, setName] = useState("");
  const experiments = useExperiments(workspace).data ?? [];
  const others = experiments.filter((e) => e.id !== experiment);
  const found = others.find((e) => e.name === name);
  return (
    <Form
      act={found === undefined ? text.moveToNew : text.moveTo}
      ready={name.trim() !== ""}
      onSubmit={() => bulk.move(bulk.aimed, found?.id ?? { name: name.trim() })}
      onClose={onClose}
    >
      <Field label={text.experimentName} value={name} onChange={setName} options={others.map((e) => e.name)} />
    </Form>
  );
}
