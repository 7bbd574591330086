// How the code of two runs differs, as far as it was not committed; the same for a run's page and for the comparison.

import { useQuery } from "@tanstack/react-query";
import controls from "../../components/controls.module.css";
import { compareDiffs, type FileDiff, parseDiff } from "../../components/diff/diff";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import parts from "../parts.module.css";
import { diffQuery, factsQuery } from "./data";

export interface CodeDiff {
  files: FileDiff[];
  loaded: boolean;
  error: Error | null;
  /** Commits of the two, where they are not the same. */
  commits: { from: string; to: string } | null;
  /** Which of the two had no repository. */
  without: "base" | "other" | null;
}

/** null: there is nothing to compare with. */
export function useCodeDiff(base: string | null, other: string): CodeDiff {
  const enabled = base !== null;
  const before = useQuery({ ...diffQuery(base ?? ""), enabled });
  const after = useQuery({ ...diffQuery(other), enabled });
  const baseFacts = useQuery({ ...factsQuery(base ?? ""), enabled });
  const facts = useQuery({ ...factsQuery(other), enabled });
  const all = [before, after, baseFacts, facts];
  const loaded = all.every((query) => query.data !== undefined);
  const [from, to] = [baseFacts.data?.git?.commit, facts.data?.git?.commit];
  const without = !loaded ? null : from === undefined ? "base" : to === undefined ? "other" : null;
  return {
    files: loaded && without === null ? compareDiffs(parseDiff(before.data ?? ""), parseDiff(after.data ?? "")) : [],
    loaded,
    error: all.find((query) => query.error !== null)?.error ?? null,
    commits: from !== undefined && to !== undefined && from !== to ? { from, to } : null,
    without,
  };
}

export function OtherCommit({ commits }: { commits: CodeDiff["commits"] }) {
  if (commits === null) return null;
  return (
    <p className={parts.warn} role="status">
      {text.code.otherCommit(commits.from.slice(0, 8), commits.to.slice(0, 8))}
    </p>
  );
}

/** Unified or side by side, as the address says under `key`. */
export function useDiffLook(key: string) {
  const [look, setLook] = usePageParam(key);
  const isSplit = look === "split";
  const choice = (
    <span className={controls.seg}>
      <button type="button" aria-pressed={!isSplit} onClick={() => setLook("")}>
        {text.diff.unified}
      </button>
      <button type="button" aria-pressed={isSplit} onClick={() => setLook("split")}>
        {text.diff.split}
      </button>
    </span>
  );
  return { look: isSplit ? ("split" as const) : ("unified" as const), choice };
}
