// How the code of a run differs from the reference's.

import { useQuery } from "@tanstack/react-query";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import { Card } from "../run/Card";
import { DiffView } from "../run/DiffView";
import { diffQuery } from "../run/data";
import { compareDiffs, parseDiff } from "../run/diff";
import css from "./Compare.module.css";
import type { Column } from "./rows";

export function CodeCard({ columns, reference }: { columns: readonly Column[]; reference: number }) {
  const [wanted, setWanted] = usePageParam("cmp.code");
  const [look, setLook] = usePageParam("cmp.diff");
  const base = columns[reference];
  const others = columns.filter((_, i) => i !== reference);
  const other = others.find(({ run }) => run.id === wanted) ?? others[0];
  const before = useQuery(diffQuery(base.run.id));
  const after = useQuery(diffQuery(other.run.id));
  const loaded = before.data !== undefined && after.data !== undefined;
  const [from, to] = [base.facts.git?.commit, other.facts.git?.commit];
  const without = from === undefined ? base : to === undefined ? other : null;
  const files =
    loaded && without === null ? compareDiffs(parseDiff(before.data ?? ""), parseDiff(after.data ?? "")) : [];
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
          <span className={controls.seg}>
            <button type="button" aria-pressed={look !== "split"} onClick={() => setLook("")}>
              {text.diff.unified}
            </button>
            <button type="button" aria-pressed={look === "split"} onClick={() => setLook("split")}>
              {text.diff.split}
            </button>
          </span>
        </>
      }
    >
      <div className={css.code}>
        {from !== undefined && to !== undefined && from !== to && (
          <p className={css.warn}>{text.code.otherCommit(from.slice(0, 8), to.slice(0, 8))}</p>
        )}
        {loaded && files.length === 0 && (
          <p className={css.empty}>
            {without === null ? text.code.same : text.code.noGitOf(visible(without.run.name.slice(0, 100)))}
          </p>
        )}
        <DiffView files={files} look={look === "split" ? "split" : "unified"} />
      </div>
    </Card>
  );
}
