// The code that the run was made from: what was changed since the commit, or what it has that another run had not; against
// another run also what else it was made with.

import { useQuery } from "@tanstack/react-query";
import controls from "../../components/controls.module.css";
import { DiffView } from "../../components/diff/DiffView";
import { parseDiff } from "../../components/diff/diff";
import { Name, visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import words from "../../components/words.module.css";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import { useBaseline } from "./BaselinePicker";
import css from "./Code.module.css";
import { OtherCommit, useCodeDiff, useDiffLook } from "./codeDiff";
import { diffQuery, factsQuery } from "./data";
import { MadeDifferently } from "./MadeDifferently";
import type { TabProps } from "./RunPage";

export function Code({ run }: TabProps) {
  const base = useBaseline(run);
  const [against, setAgainst] = usePageParam("r.code", "base");
  const { look, choice } = useDiffLook("r.look");
  const facts = useQuery(factsQuery(run.id));
  const own = useQuery(diffQuery(run.id));
  const other = base !== null && against === "base" ? base : null;
  const difference = useCodeDiff(other?.id ?? null, run.id);
  const git = facts.data?.git;
  const files = other === null ? parseDiff(own.data ?? "") : difference.files;
  const loaded = own.data !== undefined && facts.data !== undefined && (other === null || difference.loaded);
  const error = own.error ?? facts.error ?? difference.error;
  const nothing = () => {
    if (other === null) return git === undefined ? text.code.noGit : git.dirty ? text.code.noDiff : text.code.clean;
    if (difference.without === null) return text.code.same;
    const name = difference.without === "base" ? other.name : run.name;
    return text.code.noGitOf(visible(name.slice(0, 100)));
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.page} tabIndex={0} aria-label={text.tabs.code}>
      <div className={css.bar}>
        <h2>{other === null ? text.code.againstCommit : text.code.againstRun}</h2>
        {git?.commit && (
          <span>
            <code title={git.commit}>{git.commit.slice(0, 8)}</code> {git.branch && <Name name={git.branch} />}
          </span>
        )}
        {git?.remote && (
          <span className={words.dim}>
            <Name name={git.remote} />
          </span>
        )}
        <span className={css.right}>
          {base !== null && (
            <span className={controls.seg}>
              <button type="button" aria-pressed={other === null} onClick={() => setAgainst("commit")}>
                {text.code.commit}
              </button>
              <button type="button" aria-pressed={other !== null} onClick={() => setAgainst("base")}>
                <Name name={base.name} />
              </button>
            </span>
          )}
          {choice}
        </span>
      </div>
      {error !== null && <ProblemBox error={error} retry={() => void Promise.all([own.refetch(), facts.refetch()])} />}
      {other !== null && <OtherCommit commits={difference.commits} />}
      {loaded && files.length === 0 && <p className={words.hint}>{nothing()}</p>}
      <DiffView files={files} look={look} />
      {other !== null && <MadeDifferently base={other} run={run} />}
    </section>
  );
}
