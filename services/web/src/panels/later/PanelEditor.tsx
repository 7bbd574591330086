// The dialog in which a panel is made or changed by hand, with the panel itself as a preview beside the fields.

import { Dialog } from "@base-ui/react/dialog";
import { Plus, X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { tagText } from "../../api/tags";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { Boundary } from "../../components/Problem";
import { icon } from "../../components/Shell";
import { PanelContext, type PanelShared } from "../../experiment/context";
import { Panel } from "../../experiment/Panel";
import { HAND_KINDS, type HandPanel } from "../../state/hand_panels";
import { PREVIEW } from "../../state/panel_ids";
import { text } from "../../text";
import { panelColumn } from "../columns";
import { putHand } from "../edit";
import { useColumnNames } from "./columnNames";
import css from "./PanelEditor.module.css";

interface Props {
  panel: HandPanel | null;
  shared: PanelShared;
  onClose(): void;
}

export function PanelEditor({ panel, shared, onClose }: Props) {
  return (
    <Dialog.Root open={panel !== null} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={controls.backdrop} />
        <Dialog.Popup className={`${controls.dialog} ${css.dialog}`}>
          {panel !== null && <Form key={panel.id} panel={panel} shared={shared} onClose={onClose} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Form({ panel, shared, onClose }: { panel: HandPanel; shared: PanelShared; onClose(): void }) {
  const [draft, setDraft] = useState(panel);
  const change = (next: Partial<HandPanel>) => setDraft((old) => ({ ...old, ...next }));
  const known = shared.hand.has(panel.id);
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        shared.edit((view) => putHand(view, draft));
        onClose();
      }}
    >
      <header>
        <Dialog.Title>{known ? text.changePanel : text.newPanel}</Dialog.Title>
        <Dialog.Close className={controls.square} aria-label={text.close}>
          <X {...icon} />
        </Dialog.Close>
      </header>
      <div className={css.body}>
        <div className={css.fields}>
          <Kinds draft={draft} change={change} />
          <Field label={text.panelTitle}>
            <input
              className={controls.text}
              value={draft.title}
              placeholder={text.panelTitleHint}
              onChange={(event) => change({ title: event.target.value })}
            />
          </Field>
          <Contents draft={draft} change={change} shared={shared} />
        </div>
        <Preview draft={draft} change={change} shared={shared} />
      </div>
      <footer className={css.foot}>
        <Dialog.Close className={controls.btn}>{text.cancel}</Dialog.Close>
        <button type="submit" className={`${controls.btn} ${css.primary}`} disabled={isEmpty(draft)}>
          {text.savePanel}
        </button>
      </footer>
    </form>
  );
}

const isEmpty = ({ kind, y, x, match, md }: HandPanel) =>
  kind === "text" ? md.trim() === "" : (y.length === 0 && match === "") || (kind === "scatter" && x === "");

interface FormProps {
  draft: HandPanel;
  change(next: Partial<HandPanel>): void;
}

function Kinds({ draft, change }: FormProps) {
  return (
    <div className={css.kinds} role="group" aria-label={text.panelKind}>
      {HAND_KINDS.map((kind) => {
        // Tags are no columns: what was chosen for lines is not taken along, and the other way round.
        const same = (kind === "lines") === (draft.kind === "lines");
        return (
          <button
            key={kind}
            type="button"
            aria-pressed={kind === draft.kind}
            onClick={() => change(same ? { kind } : { kind, y: [], x: "", match: "" })}
          >
            {text.kindName[kind]}
          </button>
        );
      })}
    </div>
  );
}

function Contents({ draft, change, shared }: FormProps & { shared: PanelShared }) {
  const columns = useColumnNames(shared);
  const tags = useMemo(() => shared.tags.map(tagText), [shared.tags]);
  if (draft.kind === "text") {
    return (
      <Field label={text.panelMarkdown}>
        <textarea
          className={`${controls.text} ${css.markdown}`}
          value={draft.md}
          rows={12}
          onChange={(event) => change({ md: event.target.value })}
        />
      </Field>
    );
  }
  if (draft.kind === "lines") {
    return (
      <>
        <Items
          label={text.panelTags}
          hint={text.panelTagsHint}
          offered={tags}
          items={draft.y}
          onChange={(y) => change({ y })}
        />
        <Field label={text.panelMatch}>
          <input
            className={controls.text}
            value={draft.match}
            placeholder={text.panelMatchHint}
            spellCheck={false}
            onChange={(event) => change({ match: event.target.value })}
          />
        </Field>
        <Offered
          label={text.panelX}
          hint={text.panelXTagHint}
          offered={tags}
          value={draft.x}
          onChange={(x) => change({ x })}
        />
      </>
    );
  }
  return (
    <>
      {draft.kind === "scatter" && (
        <Offered
          label={text.panelXColumn}
          hint={text.panelColumnsHint}
          offered={columns}
          value={draft.x}
          onChange={(x) => change({ x })}
          problem={badColumn(draft.x)}
        />
      )}
      <Items
        label={draft.kind === "scatter" ? text.panelY : text.panelColumns}
        hint={text.panelColumnsHint}
        offered={columns}
        items={draft.y}
        onChange={(y) => change({ y })}
        check={badColumn}
      />
    </>
  );
}

const badColumn = (column: string) =>
  column === "" || panelColumn(column) !== null ? null : text.badColumn(visible(column.slice(0, 80)));

function Field({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className={css.field}>
      <span>{label}</span>
      {children}
    </label>
  );
}

const MOST_OFFERED = 200; // options in the list; the field takes any text

interface OfferedProps {
  label: string;
  hint: string;
  offered: readonly string[];
  value: string;
  onChange(value: string): void;
  problem?: string | null;
  onEnter?(): void;
}

/** A text field with a list of what it may be. */
function Offered({ label, hint, offered, value, onChange, problem = null, onEnter }: OfferedProps) {
  const id = useId();
  const lower = value.toLowerCase();
  const options = offered.filter((option) => option.toLowerCase().includes(lower)).slice(0, MOST_OFFERED);
  return (
    <Field label={label}>
      <input
        className={controls.text}
        value={value}
        list={id}
        placeholder={hint}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== null}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || onEnter === undefined) return;
          event.preventDefault(); // it adds, and does not save
          if (value !== "") onEnter();
        }}
      />
      <datalist id={id}>
        {options.map((option) => (
          <option key={option} value={option} />
        ))}
      </datalist>
      {problem !== null && (
        <small className={css.problem} role="alert">
          {problem}
        </small>
      )}
    </Field>
  );
}

interface ItemsProps {
  label: string;
  hint: string;
  offered: readonly string[];
  items: readonly string[];
  onChange(items: string[]): void;
  check?(item: string): string | null;
}

/** A list of tags, expressions or columns. */
function Items({ label, hint, offered, items, onChange, check = () => null }: ItemsProps) {
  const [typed, setTyped] = useState("");
  const problem = check(typed);
  const add = (item: string) => {
    setTyped("");
    if (!items.includes(item)) onChange([...items, item]);
  };
  return (
    <div className={css.items}>
      <div className={css.adding}>
        <Offered
          label={label}
          hint={hint}
          offered={offered}
          value={typed}
          problem={typed === "" || offered.some((option) => option.startsWith(typed)) ? null : problem}
          // What was chosen from the list is whole at once; typing goes letter by letter.
          onChange={(next) => (next.length > typed.length + 1 && offered.includes(next) ? add(next) : setTyped(next))}
          onEnter={() => problem === null && add(typed)}
        />
        <button
          type="button"
          className={controls.btn}
          disabled={typed === "" || problem !== null}
          onClick={() => add(typed)}
        >
          <Plus {...icon} size={14} />
          {text.addItem}
        </button>
      </div>
      {items.length > 0 && (
        <ul>
          {items.map((item) => (
            <li key={item}>
              <Name name={tagText(item)} />
              <button
                type="button"
                className={controls.small}
                aria-label={text.removeItem(visible(tagText(item).slice(0, 80)))}
                onClick={() => onChange(items.filter((other) => other !== item))}
              >
                <X {...icon} size={13} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The panel as it will be, with the data of the drawn runs. */
function Preview({ draft, change, shared }: FormProps & { shared: PanelShared }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: `change` does the same in every render.
  const value = useMemo<PanelShared>(
    () => ({
      ...shared,
      hand: new Map([[PREVIEW, { ...draft, id: PREVIEW }]]),
      changeHand: ({ y, axes }) => change({ y, axes }),
    }),
    [shared, draft],
  );
  return (
    <section className={css.preview} aria-label={text.preview}>
      <PanelContext value={value}>
        <Boundary>
          <Panel id={PREVIEW} order={0} columns={1} width={1} bare />
        </Boundary>
      </PanelContext>
    </section>
  );
}
