// What one can do to a run. Each act shows at once, tells what it did, and can be taken back.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { changeRun, deleteRun, fetchRun, type RunChange, type RunDetail, restoreRun } from "../../api/run";
import { type Edit, editRuns } from "../../api/runs";
import { ApiError } from "../../api/types";
import { visible } from "../../components/Name";
import { done, failed } from "../../components/undo";
import { text } from "../../text";
import { runKey } from "./data";

export interface RunPageActs {
  rename(name: string): Promise<void>;
  note(note: string): Promise<void>;
  label(key: string, value: string | null): Promise<void>;
  archive(archived: boolean): Promise<void>;
  move(experiment: { id: string; name: string }): Promise<void>;
  remove(): Promise<void>;
}

const short = (name: string) => visible(name.slice(0, 60));

export function useRunActs(run: RunDetail | undefined, afterDelete: () => void): RunPageActs {
  const client = useQueryClient();
  return useMemo(() => makeActs(client, run, afterDelete), [client, run, afterDelete]);
}

function makeActs(client: QueryClient, run: RunDetail | undefined, afterDelete: () => void): RunPageActs {
  const id = run?.id ?? "";
  const key = runKey(id);
  const put = (next: RunDetail | null) => {
    if (next !== null) client.setQueryData<RunDetail>(key, (old) => ({ ...old, ...next }));
    void client.invalidateQueries({ queryKey: ["runs"] });
    void client.invalidateQueries({ queryKey: ["find runs"] });
  };
  const tried = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      failed(error instanceof ApiError ? error.problem.detail || error.problem.title : String(error));
      throw error;
    }
  };
  const change = (what: string, next: RunChange, before: RunChange) =>
    tried(async () => {
      put(await changeRun(id, next));
      done(what, async () => put(await changeRun(id, before)));
    });
  const edit = (what: string, set: Edit["set"]) =>
    tried(async () => {
      const answer = await editRuns([{ runs: [id], set }]);
      if (answer.skipped.length > 0) throw new Error(answer.skipped[0].reason);
      put(await fetchRun(id));
      done(what, async () => {
        await editRuns(answer.undo.edits);
        put(await fetchRun(id));
      });
    });
  return {
    rename: (name) => change(text.run.renamed(short(name)), { name }, { name: run?.name ?? "" }),
    note: (note) => change(text.run.noted, { note }, { note: run?.note ?? "" }),
    label: (label, value) =>
      change(
        value === null ? text.run.unlabelled(short(label)) : text.run.labelled(short(label), short(value)),
        { labels: { [label]: value } },
        { labels: { [label]: run?.labels?.[label] ?? null } },
      ),
    archive: (archived) => edit(archived ? text.run.archived : text.run.unarchived, { archived }),
    move: (experiment) => edit(text.run.moved(short(experiment.name)), { experiment: experiment.id }),
    remove: () =>
      tried(async () => {
        await deleteRun(id);
        void client.invalidateQueries({ queryKey: ["runs"] });
        done(text.run.deleted(short(run?.name ?? "")), async () => put(await restoreRun(id)));
        afterDelete();
      }),
  };
}
