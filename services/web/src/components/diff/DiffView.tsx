// A diff, folded to its hunks: unified, or with both sides beside each other.

import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { text } from "../../text";
import { Name, visible } from "../Name";
import { icon } from "../Shell";
import css from "./DiffView.module.css";
import type { DiffLine, FileDiff, Hunk } from "./diff";

export type DiffLook = "unified" | "split";

const MOST_LINES = 2_000; // of a file that are shown at once

export function DiffView({ files, look }: { files: readonly FileDiff[]; look: DiffLook }) {
  return (
    <div className={css.files}>
      {files.map((file) => (
        <File key={file.path} file={file} look={look} />
      ))}
    </div>
  );
}

function File({ file, look }: { file: FileDiff; look: DiffLook }) {
  const size = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const [open, setOpen] = useState(size <= MOST_LINES);
  return (
    <section className={css.file}>
      <button type="button" className={css.name} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <ChevronDown {...icon} size={14} /> : <ChevronRight {...icon} size={14} />}
        <Name name={file.path} />
        {file.from !== null && (
          <small>
            {text.diff.from} <Name name={file.from} />
          </small>
        )}
        {file.kind !== "changed" && <small>{text.diff.kind[file.kind]}</small>}
        <span className={css.counts}>
          <b className={css.plus}>+{file.added}</b> <b className={css.minus}>−{file.removed}</b>
        </span>
      </button>
      {open && file.hunks.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
        <div className={css.body} tabIndex={0} role="region" aria-label={visible(file.path.slice(0, 200))}>
          {file.hunks.map((hunk, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: hunks have no other name.
            <div key={i}>
              <div className={css.context}>
                {hunk.lines[0] && text.diff.line(hunk.lines[0].now ?? hunk.lines[0].old ?? 0)}{" "}
                <span>{visible(hunk.context)}</span>
              </div>
              {look === "unified" ? <Unified hunk={hunk} /> : <Split hunk={hunk} />}
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

const CLASS = { "+": css.added, "-": css.removed, " ": "" };
const sign = (line: DiffLine) => (line.kind === "-" ? "−" : line.kind);

function Unified({ hunk }: { hunk: Hunk }) {
  return (
    <>
      {hunk.lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
        <div key={i} className={`${css.line} ${CLASS[line.kind]}`}>
          <i>{line.old}</i>
          <i>{line.now}</i>
          <i>{sign(line)}</i>
          <code>{visible(line.text.replace(/\t/g, "    ")) || " "}</code>
        </div>
      ))}
    </>
  );
}

/** Removed lines stand beside those that took their place. */
export function pairs(lines: readonly DiffLine[]): [DiffLine | null, DiffLine | null][] {
  const rows: [DiffLine | null, DiffLine | null][] = [];
  let i = 0;
  while (i < lines.length) {
    if (lines[i].kind === " ") {
      rows.push([lines[i], lines[i]]);
      i++;
      continue;
    }
    const old: DiffLine[] = [];
    const now: DiffLine[] = [];
    while (i < lines.length && lines[i].kind !== " ") (lines[i].kind === "-" ? old : now).push(lines[i++]);
    for (let k = 0; k < Math.max(old.length, now.length); k++) rows.push([old[k] ?? null, now[k] ?? null]);
  }
  return rows;
}

function Split({ hunk }: { hunk: Hunk }) {
  return (
    <>
      {pairs(hunk.lines).map(([old, now], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
        <div key={i} className={css.pair}>
          <Side line={old} number={old?.old ?? null} />
          <Side line={now} number={now?.now ?? null} />
        </div>
      ))}
    </>
  );
}

function Side({ line, number }: { line: DiffLine | null; number: number | null }) {
  return (
    <div className={`${css.half} ${line === null ? css.void : CLASS[line.kind]}`}>
      <i>{number}</i>
      <i>{line === null ? "" : sign(line)}</i>
      <code>{line === null ? " " : visible(line.text.replace(/\t/g, "    ")) || " "}</code>
    </div>
  );
}
