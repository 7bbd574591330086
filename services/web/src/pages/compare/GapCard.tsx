// What explains the gap: parameters by how well they split the experiment's runs on an objective.

import { useMemo } from "react";
import { toValue } from "../../api/json64";
import type { RunDetail } from "../../api/run";
import { tagText } from "../../api/tags";
import { shortValue } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { bestSide } from "../../runs/direction";
import { usePageParam } from "../../state/usePageParam";
import { text } from "../../text";
import parts from "../parts.module.css";
import { Card } from "../run/Card";
import css from "./Compare.module.css";
import { useGapRuns } from "./data";
import { explainGap, LEAST_RUNS } from "./gap";
import type { CompareRow } from "./rows";

const MOST_BARS = 8;
const MOST_PARAMS = 1_000; // that the server is asked for

interface Props {
  experiment: string;
  metrics: readonly string[];
  rows: readonly CompareRow[];
  /** Those that are compared: they say which metrics are to be great. */
  runs: readonly RunDetail[];
}

/** What was measured on data that was not trained on, best a score. */
function standardObjective(metrics: readonly string[], runs: readonly RunDetail[]): string | null {
  const held = metrics.filter((tag) => /(?:^|\/|_)(?:val|valid|eval|test|dev)/i.test(tag));
  const score = (list: readonly string[]) => list.find((tag) => bestSide(runs, tag) === "max");
  return score(held) ?? held[0] ?? score(metrics) ?? metrics[0] ?? null;
}

export function GapCard({ experiment, metrics, rows, runs: compared }: Props) {
  const [wanted, setWanted] = usePageParam("cmp.goal");
  const objective = metrics.includes(wanted) ? wanted : standardObjective(metrics, compared);
  const side = objective === null ? "max" : bestSide(compared, objective);
  const params = useMemo(
    () =>
      rows
        .filter((row) => row.section === "params")
        .map((row) => row.key)
        .slice(0, MOST_PARAMS),
    [rows],
  );
  const runs = useGapRuns(experiment, objective, side, params);
  const gap = useMemo(() => {
    if (objective === null || runs.data === undefined) return null;
    return explainGap(
      runs.data.map((run) => ({
        params: run.params ?? {},
        objective: toValue(run.summary?.[objective]?.[side] ?? "NaN"),
      })),
    );
  }, [runs.data, objective, side]);
  if (objective === null) return null;
  return (
    <Card
      title={text.compare.gap}
      side={
        <>
          <select
            className={controls.text}
            aria-label={text.compare.objective}
            value={objective}
            onChange={(event) => setWanted(event.target.value)}
          >
            {metrics.map((tag) => (
              <option key={tag} value={tag}>
                {visible(tagText(tag).slice(0, 80))}
              </option>
            ))}
          </select>
          {runs.data && text.runCount(runs.data.length)}
        </>
      }
    >
      {runs.error !== null && <ProblemBox error={runs.error} retry={() => void runs.refetch()} />}
      {gap !== null && gap.length === 0 && (
        <p className={parts.empty}>
          {(runs.data?.length ?? 0) < LEAST_RUNS ? text.compare.fewRuns(LEAST_RUNS) : text.compare.noGap}
        </p>
      )}
      {gap !== null && gap.length > 0 && (
        <table className={css.gap}>
          <colgroup>
            <col className={css.gapName} />
            <col />
            <col className={css.gapSpread} />
          </colgroup>
          <thead className="sr">
            <tr>
              <th scope="col">{text.compare.parameter}</th>
              <th scope="col">{text.compare.share}</th>
              <th scope="col">{text.compare.spread}</th>
            </tr>
          </thead>
          <tbody>
            {gap.slice(0, MOST_BARS).map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <Name name={row.key} />
                </th>
                <td>
                  <span className={css.track} title={text.compare.shareOf(Math.round(row.share * 100))}>
                    <i style={{ width: `${row.share * 100}%` }} />
                    <span className="sr">{text.compare.shareOf(Math.round(row.share * 100))}</span>
                  </span>
                </td>
                <td className={css.num} title={text.compare.spread}>
                  {shortValue(row.spread)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
