// The code that the run was made from: what was changed since the commit, or what it has that another run had not.

import { useQuery } from "@tanstack/react-query";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import { useBaseline } from "./BaselinePicker";
import css from "./Code.module.css";
import { DiffView } from "./DiffView";
import { diffQuery, factsQuery } from "./data";
import { compareDiffs, parseDiff } from "./diff";
import type { TabProps } from "./RunPage";

export function Code({ run }: TabProps) {
  const base = useBaseline(run);
  const [against, setAgainst] = usePageParam("r.code");
  const [look, setLook] = usePageParam("r.look");
  const facts = useQuery(factsQuery(run.id));
  const diff = useQuery(diffQuery(run.id));
  const baseFacts = useQuery({ ...factsQuery(base?.id ?? ""), enabled: base !== null });
  const baseDiff = useQuery({ ...diffQuery(base?.id ?? ""), enabled: base !== null });
  const git = facts.data?.git;
  const baseGit = baseFacts.data?.git;
  const own = parseDiff(diff.data ?? "");
  const toBase = base !== null && against === "base";
  const files = toBase ? compareDiffs(parseDiff(baseDiff.data ?? ""), own) : own;
  const loaded = diff.data !== undefined && (!toBase || baseDiff.data !== undefined);
  const error = diff.error ?? facts.error;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.page} tabIndex={0} aria-label={text.tabs.code}>
      <div className={css.bar}>
        <h2>{toBase ? text.code.againstRun : text.code.againstCommit}</h2>
        {git?.commit && (
          <span>
            <code title={git.commit}>{git.commit.slice(0, 8)}</code> {git.branch && <Name name={git.branch} />}
          </span>
        )}
        {git?.remote && (
          <span className={css.dim}>
            <Name name={git.remote} />
          </span>
        )}
        <span className={css.right}>
          {base !== null && (
            <span className={controls.seg}>
              <button type="button" aria-pressed={!toBase} onClick={() => setAgainst("")}>
                {text.code.commit}
              </button>
              <button type="button" aria-pressed={toBase} onClick={() => setAgainst("base")}>
                <Name name={base.name} />
              </button>
            </span>
          )}
          <span className={controls.seg}>
            <button type="button" aria-pressed={look !== "split"} onClick={() => setLook("")}>
              {text.diff.unified}
            </button>
            <button type="button" aria-pressed={look === "split"} onClick={() => setLook("split")}>
              {text.diff.split}
            </button>
          </span>
        </span>
      </div>
      {error !== null && <ProblemBox error={error} retry={() => void Promise.all([diff.refetch(), facts.refetch()])} />}
      {toBase && git?.commit && baseGit?.commit && git.commit !== baseGit.commit && (
        <p className={css.warn} role="status">
          {text.code.otherCommit(baseGit.commit.slice(0, 8), git.commit.slice(0, 8))}
        </p>
      )}
      {loaded && files.length === 0 && (
        <p className={css.none}>
          {toBase
            ? text.code.same
            : git === undefined
              ? text.code.noGit
              : git.dirty
                ? text.code.noDiff
                : text.code.clean}
        </p>
      )}
      <DiffView files={files} look={look === "split" ? "split" : "unified"} />
    </section>
  );
}
