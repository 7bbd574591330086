// Changes to many runs at once, each of which can be taken back for half a minute.

import { useCallback, useMemo, useState } from "react";
import { type Edit, editRuns, type RunsNamed } from "../api/runs";
import { done, failed } from "../components/undo";
import { text } from "../text";

/** Which runs an act is about. */
export interface Aim {
  /** Named one by one, or all that a filter lets through. */
  runs: RunsNamed;
  count: number;
  /** Those of them that the page knows. */
  known: readonly string[];
}

export const aimAt = (ids: readonly string[]): Aim => ({ runs: [...ids], count: ids.length, known: ids });

/** As many runs as the server changes at once (docs/operations/limits.md). */
export const MOST_EDITED = 10_000;

export interface Bulk {
  /** What a panel of this page is about. */
  aimed: Aim;
  aim(aim: Aim): void;
  rename(aim: Aim, name: string): void;
  renameEach(aim: Aim, match: string, to: string): void;
  label(aim: Aim, key: string, value: string | null): void;
  move(aim: Aim, experiment: string | { name: string }): void;
  archive(aim: Aim, archived: boolean): void;
  remove(aim: Aim): void;
}

type Send = (edits: Edit[], message: (count: number) => string) => void;

/** `changed` is called when the server has done it. */
export function useBulk(changed: () => void): Bulk {
  const [aimed, aim] = useState<Aim>(aimAt([]));
  const send = useCallback<Send>(
    async (edits, message) => {
      try {
        const answer = await editRuns(edits);
        const left =
          answer.skipped.length > 0 ? ` ${text.skipped(answer.skipped.length, answer.skipped[0].reason)}` : "";
        const undo = async () => void (await editRuns(answer.undo.edits));
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
  const set = ({ runs }: Aim, change: Edit["set"], message: (count: number) => string) =>
    send([{ runs, set: change }], message);
  return {
    rename: (aim, name) => set(aim, { name }, text.renamed),
    renameEach: (aim, match, to) => set(aim, { rename: { match, to } }, text.renamed),
    label: (aim, key, value) => set(aim, { labels: { [key]: value } }, text.labelled),
    move: (aim, experiment) => set(aim, { experiment }, text.moved),
    archive: (aim, archived) => set(aim, { archived }, archived ? text.archived : text.unarchived),
    remove: ({ runs }) => send([{ runs, delete: true }], text.deleted),
  };
}
