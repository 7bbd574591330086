// The note: Markdown that people keep about a run.

import { Suspense, useState } from "react";
import type { RunDetail } from "../../api/run";
import controls from "../../components/controls.module.css";
import { later } from "../../components/later";
import { text } from "../../text";
import parts from "../parts.module.css";
import type { RunPageActs } from "./acts";
import { Card } from "./Card";
import css from "./Run.module.css";

const Markdown = later(() => import("../../components/Markdown").then((m) => m.Markdown));

const MOST = 65_536; // the server's limit

export function Note({ run, acts }: { run: RunDetail; acts: RunPageActs }) {
  const [draft, setDraft] = useState<string | null>(null);
  const note = run.note ?? "";
  if (draft !== null) {
    return (
      <Card title={text.run.note} side={text.run.markdown}>
        <form
          className={css.noteEdit}
          onSubmit={(event) => {
            event.preventDefault();
            acts.note(draft).then(
              () => setDraft(null),
              () => {},
            );
          }}
        >
          <textarea
            aria-label={text.run.note}
            value={draft}
            maxLength={MOST}
            // biome-ignore lint/a11y/noAutofocus: whoever asked to write wants to write.
            autoFocus={true}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setDraft(null);
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
          <div className={css.buttons}>
            <button type="button" className={controls.btn} onClick={() => setDraft(null)}>
              {text.run.cancel}
            </button>
            <button type="submit" className={controls.btn}>
              {text.run.save}
            </button>
          </div>
        </form>
      </Card>
    );
  }
  return (
    <Card
      title={text.run.note}
      side={
        <button type="button" className={css.link} onClick={() => setDraft(note)}>
          {note === "" ? text.run.write : text.run.edit}
        </button>
      }
    >
      {note === "" ? (
        <p className={parts.empty}>{text.run.noNote}</p>
      ) : (
        <div className={css.note}>
          <Suspense fallback={<pre>{note.slice(0, 2000)}</pre>}>
            <Markdown source={note} />
          </Suspense>
        </div>
      )}
    </Card>
  );
}
