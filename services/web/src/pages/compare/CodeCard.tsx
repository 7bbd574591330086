// How the code of a run differs from the reference's.

import controls from "../../components/controls.module.css";
import { DiffView } from "../../components/diff/DiffView";
import { visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import parts from "../parts.module.css";
import { Card } from "../run/Card";
import { OtherCommit, useCodeDiff, useDiffLook } from "../run/codeDiff";
import css from "./Compare.module.css";
import type { Column } from "./rows";

export function CodeCard({ columns, reference }: { columns: readonly Column[]; reference: number }) {
  const [wanted, setWanted] = usePageParam("cmp.code");
  const { look, choice } = useDiffLook("cmp.diff");
  const base = columns[reference];
  const others = columns.filter((_, i) => i !== reference);
  const other = others.find(({ run }) => run.id === wanted) ?? others[0];
  const { files, loaded, error, commits, without } = useCodeDiff(base.run.id, other.run.id);
  const name = visible((without === "base" ? base : other).run.name.slice(0, 100));
  return (
    <Card
      title={text.tabs.code}
      side={
        <>
          <select
            className={controls.text}
            aria-label={text.compare.codeOf}
            value={other.run.id}
            onChange={(event) => setWanted(event.target.value)}
          >
            {others.map(({ run }) => (
              <option key={run.id} value={run.id}>
                {visible(run.name.slice(0, 80))}
              </option>
            ))}
          </select>
          {choice}
        </>
      }
    >
      <div className={css.code}>
        {error !== null && <ProblemBox error={error} />}
        <OtherCommit commits={commits} />
        {loaded && files.length === 0 && (
          <p className={parts.empty}>{without === null ? text.code.same : text.code.noGitOf(name)}</p>
        )}
        <DiffView files={files} look={look} />
      </div>
    </Card>
  );
}
