// Changes to many runs at once, each of which can be taken back for half a minute.

import { useCallback, useMemo, useState } from "react";
import { type Edit, editRuns } from "../api/runs";
import { done, failed } from "../components/undo";
import { text } from "../text";

export interface Bulk {
  /** The runs that a panel of this page is about. */
  aimed: readonly string[];
  aim(runs: readonly string[]): void;
  rename(runs: readonly string[], name: string): void;
  renameEach(runs: readonly string[], match: string, to: string): void;
  label(runs: readonly string[], key: string, value: string | null): void;
  move(runs: readonly string[], experiment: string | { name: string }): void;
  archive(runs: readonly string[], archived: boolean): void;
  remove(runs: readonly string[]): void;
}

type Send = (edits: Edit[], message: (count: number) => string) => void;

/** `changed` is called when the server has done it, or has taken it back. */
export function useBulk(changed: () => void): Bulk {
  const [aimed, aim] = useState<readonly string[]>([]);
  const send = useCallback<Send>(
    async (edits, message) => {
      try {
        const answer = await editRuns(edits);
        const left =
          answer.skipped.length > 0 ? ` ${text.skipped(answer.skipped.length, answer.skipped[0].reason)}` : "";
        const undo = async () => {
          await editRuns(answer.undo.edits);
          changed();
        };
        done(message(answer.changed) + left, answer.changed > 0 ? undo : null);
        changed();
      } catch (error) {
        failed(text.notChanged(error instanceof Error ? error.message : String(error)));
      }
    },
    [changed],
  );
  return useMemo<Bulk>(() => ({ aimed, aim, ...acts(send) }), [aimed, send]);
}

function acts(send: Send): Omit<Bulk, "aimed" | "aim"> {
  const set = (runs: readonly string[], change: Edit["set"], message: (count: number) => string) =>
    send([{ runs: [...runs], set: change }], message);
  return {
    rename: (runs, name) => set(runs, { name }, text.renamed),
    renameEach: (runs, match, to) => set(runs, { rename: { match, to } }, text.renamed),
    label: (runs, key, value) => set(runs, { labels: { [key]: value } }, text.labelled),
    move: (runs, experiment) => set(runs, { experiment }, text.moved),
    archive: (runs, archived) => set(runs, { archived }, archived ? text.archived : text.unarchived),
    remove: (runs) => send([{ runs: [...runs], delete: true }], text.deleted),
  };
}
