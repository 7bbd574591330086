// Who, what, when: name, state, labels, and what can be done to the run.

import { Menu } from "@base-ui/react/menu";
import { Link } from "@tanstack/react-router";
import { Ellipsis, Plus, X } from "lucide-react";
import { useState } from "react";
import type { RunDetail } from "../../api/run";
import { ago, clockTime, duration, fullStep } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { later, Once } from "../../components/later";
import { Name, visible } from "../../components/Name";
import { icon } from "../../components/Shell";
import { slotOf } from "../../runs/looks";
import { n, text } from "../../text";
import type { RunPageActs } from "./acts";
import { BaselinePicker } from "./BaselinePicker";
import { type Span, secondsOf } from "./data";
import css from "./Head.module.css";
import { LabelDialog, MoveDialog, RenameDialog } from "./HeadDialogs";

interface Props {
  workspace: string;
  run: RunDetail;
  acts: RunPageActs;
  step: bigint | null;
  points: number;
  /** What was logged may be older than the run: an upload, or times that were given. */
  span: Span | null;
}

type Opened = "rename" | "label" | "move" | "fork" | "rewind";

const GoOnDialog = later(() => import("./GoOnDialog").then((m) => m.GoOnDialog));

const TOTAL = /^(?:.*\.)?(?:max|total|num|n)_?(?:train_?)?(?:steps|iters|iterations)$/i;

/** How many steps the run was to have, if a parameter says so. */
export function totalSteps(params: Record<string, unknown> | undefined): number | null {
  for (const [key, value] of Object.entries(params ?? {})) {
    if (TOTAL.test(key) && typeof value === "number" && value > 0 && Number.isInteger(value)) return value;
  }
  return null;
}

export function Head({ workspace, run, acts, step, points, span }: Props) {
  const [dialog, setDialog] = useState<Opened | null>(null);
  const total = totalSteps(run.params);
  const share = total !== null && step !== null ? Math.min(1, Number(step) / total) : null;
  const running = run.status === "running";
  const seconds = Math.max(secondsOf(run, Date.now()), span === null ? 0 : span.to - span.from);
  const started = Math.min(Date.parse(run.created) / 1000, span?.from ?? Number.POSITIVE_INFINITY);
  return (
    <header className={css.head}>
      <div className={css.line}>
        <i
          className={running ? `${css.swatch} ${css.live}` : css.swatch}
          style={{ background: `var(--c${slotOf(run)})` }}
          aria-hidden="true"
        />
        <h1>
          <Name name={run.name} />
        </h1>
        <State run={run} step={step} total={total} />
        {run.archived && <span className={controls.tag}>{text.run.isArchived}</span>}
        {Object.entries(run.labels ?? {})
          .filter(([key]) => !key.startsWith("stepwell."))
          .map(([key, value]) => (
            <span key={key} className={css.label}>
              <Name name={key} />{" "}
              <b>
                <Name name={value} />
              </b>
              <button
                type="button"
                aria-label={text.run.removeLabel(visible(key.slice(0, 60)))}
                title={text.run.removeLabel(visible(key.slice(0, 60)))}
                onClick={() => void acts.label(key, null).catch(() => {})}
              >
                <X {...icon} size={12} />
              </button>
            </span>
          ))}
        <button
          type="button"
          className={controls.small}
          aria-label={text.run.addLabel}
          title={text.run.addLabel}
          onClick={() => setDialog("label")}
        >
          <Plus {...icon} size={14} />
        </button>
        <span className={css.right}>
          <BaselinePicker workspace={workspace} run={run} />
          <Acts workspace={workspace} run={run} acts={acts} open={setDialog} />
        </span>
      </div>
      <dl className={css.meta}>
        {run.owner && <Fact name={text.run.by} value={run.owner} />}
        <Fact
          name={text.run.started}
          value={ago(new Date(started * 1000).toISOString(), Date.now())}
          title={clockTime(started)}
        />
        <Fact name={running ? text.run.running : text.run.took} value={duration(seconds)} />
        {running && share !== null && share > 0.01 && share < 1 && (
          <Fact name={text.run.doneIn} value={duration((seconds / share) * (1 - share))} />
        )}
        {typeof run.params?.["stepwell.host"] === "string" && <Fact name={text.run.on} value={machines(run.params)} />}
        <Fact name={text.run.points} value={n(points)} />
        <Fact name={text.run.id} value={run.id} mono />
      </dl>
      {running && share !== null && (
        <div
          className={css.progress}
          role="progressbar"
          aria-label={text.run.progress}
          aria-valuenow={Math.round(share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <i style={{ width: `${share * 100}%` }} />
        </div>
      )}
      {dialog === "rename" && <RenameDialog run={run} acts={acts} onClose={() => setDialog(null)} />}
      {dialog === "label" && <LabelDialog acts={acts} onClose={() => setDialog(null)} />}
      <Once when={dialog === "fork" || dialog === "rewind"}>
        {(dialog === "fork" || dialog === "rewind") && (
          <GoOnDialog how={dialog} workspace={workspace} run={run} last={step} onClose={() => setDialog(null)} />
        )}
      </Once>
      {dialog === "move" && <MoveDialog workspace={workspace} run={run} acts={acts} onClose={() => setDialog(null)} />}
    </header>
  );
}

function machines(params: Record<string, unknown>): string {
  const host = visible(String(params["stepwell.host"]).slice(0, 80));
  const gpus = Number(params["stepwell.gpu_count"]);
  const gpu = params["stepwell.gpu"];
  return gpus > 0 && typeof gpu === "string" ? `${host}, ${gpus} × ${visible(gpu.slice(0, 60))}` : host;
}

function Fact({ name, value, title, mono }: { name: string; value: string; title?: string; mono?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title} className={mono ? "mono" : undefined}>
        {value}
      </dd>
    </div>
  );
}

const CLASS: Record<string, string> = {
  running: css.stateLive,
  failed: css.stateBad,
  crashed: css.stateBad,
  killed: css.stateWarn,
  disconnected: css.stateWarn,
};

function State({ run, step, total }: { run: RunDetail; step: bigint | null; total: number | null }) {
  const word = text.run.status[run.status as keyof typeof text.run.status] ?? run.status;
  const at =
    step === null
      ? ""
      : ` · ${total === null ? text.run.stepAt(fullStep(step)) : text.run.stepOf(fullStep(step), n(total))}`;
  return (
    <span
      className={`${css.state} ${CLASS[run.status] ?? ""}`}
      title={run.updated && text.run.heard(ago(run.updated, Date.now()))}
    >
      {word}
      {at}
    </span>
  );
}

interface ActsProps {
  workspace: string;
  run: RunDetail;
  acts: RunPageActs;
  open(dialog: Opened): void;
}

function Acts({ workspace, run, acts, open }: ActsProps) {
  const quiet = (act: Promise<void>) => void act.catch(() => {});
  return (
    <Menu.Root>
      <Menu.Trigger className={controls.square} aria-label={text.run.more} title={text.run.more}>
        <Ellipsis {...icon} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={controls.layer} sideOffset={4} align="end">
          <Menu.Popup className={controls.popup}>
            <Menu.Item className={controls.item} onClick={() => open("rename")}>
              {text.run.rename}
            </Menu.Item>
            <Menu.Item className={controls.item} onClick={() => open("label")}>
              {text.run.addLabel}
            </Menu.Item>
            <Menu.Item className={controls.item} onClick={() => open("move")}>
              {text.run.move}
            </Menu.Item>
            <Menu.Item className={controls.item} onClick={() => open("fork")}>
              {text.run.goOn.fork}
            </Menu.Item>
            <Menu.Item className={controls.item} onClick={() => open("rewind")}>
              {text.run.goOn.rewind}
            </Menu.Item>
            <Menu.Item
              className={controls.item}
              render={
                <Link
                  to="/w/$workspace/e/$experiment"
                  params={{ workspace, experiment: run.experiment }}
                  search={{ sel: run.id } as never}
                />
              }
            >
              {text.run.onlyThis}
            </Menu.Item>
            <Menu.Item className={controls.item} onClick={() => void navigator.clipboard?.writeText(run.id)}>
              {text.run.copyId}
            </Menu.Item>
            <Menu.Item className={controls.item} onClick={() => quiet(acts.archive(run.archived !== true))}>
              {run.archived ? text.run.unarchive : text.run.archive}
            </Menu.Item>
            <Menu.Item className={`${controls.item} ${css.delete}`} onClick={() => quiet(acts.remove())}>
              {text.run.delete}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
