// The chosen runs beside each other: what differs, by how much, and what explains it.

import { Link } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { tagText } from "../../api/tags";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { Boundary, ProblemBox } from "../../components/Problem";
import { sharedView } from "../../components/places";
import { Shell } from "../../components/Shell";
import { done } from "../../components/undo";
import words from "../../components/words.module.css";
import { useExperiments } from "../../experiment/data";
import { makeMatcher } from "../../state/match";
import { usePageParam } from "../../state/usePageParam";
import { useView } from "../../state/useView";
import { text } from "../../text";
import parts from "../parts.module.css";
import { CodeCard } from "./CodeCard";
import css from "./Compare.module.css";
import { CompareTable, type Look } from "./CompareTable";
import { useCompared } from "./data";
import { GapCard } from "./GapCard";
import { asCsv, asLatex, compareRows, type MetricStat } from "./rows";

export function ComparePage({ workspace, experiment }: { workspace: string; experiment: string }) {
  const { view, set } = useView();
  const experiments = useExperiments(workspace);
  const name = experiments.data?.find((e) => e.id === experiment)?.name;
  useEffect(() => {
    document.title =
      name === undefined ? text.product : `${text.tabs.compare} · ${visible(name.slice(0, 200))} · ${text.product}`;
  }, [name]);
  const [which, setWhich] = usePageParam("cmp.rows");
  const [look, setLook] = usePageParam("cmp.look", "change");
  const [stat, setStat] = usePageParam("cmp.stat", "best");
  const [find, setFind] = usePageParam("cmp.find");
  const [base, setBase] = usePageParam("base");
  const compared = useCompared(experiment, view);
  const { left, pending, error } = compared;
  // The reference stands first.
  const columns = [...compared.columns].sort((a, b) => Number(b.run.id === base) - Number(a.run.id === base));
  const reference = 0;
  const known = columns.map(({ run, facts }) => `${run.id} ${run.updated} ${facts.packages === undefined}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: columns are new with each render; `known` says what they hold.
  const rows = useMemo(() => compareRows(columns, reference, stat as MetricStat), [known, stat]);
  const differing = rows.filter((row) => row.differs);
  const { matches } = makeMatcher(find);
  const all = which === "all";
  const shown = (all ? rows : differing).filter((row) => matches(tagText(row.key)));
  const metrics = rows.filter((row) => row.section === "metrics").map((row) => row.key);
  const copy = (what: string, content: string) => {
    void navigator.clipboard?.writeText(content);
    done(text.compare.copied(what));
  };
  return (
    <Shell
      place={{ workspace, experiment: { id: experiment, name } }}
      tab="compare"
      status={
        <>
          <span>{text.compare.statusRuns(columns.length)}</span>
          <span>{text.compare.differ(differing.length, rows.length)}</span>
          {left > 0 && <span>{text.compare.left(left)}</span>}
        </>
      }
    >
      <div className={parts.page}>
        <div className={css.bar}>
          <span className={controls.seg}>
            <button type="button" aria-pressed={!all} onClick={() => setWhich("")}>
              {text.compare.onlyDifferences}
            </button>
            <button type="button" aria-pressed={all} onClick={() => setWhich("all")}>
              {text.compare.everything}
            </button>
          </span>
          <span className={words.dim}>{text.compare.differ(differing.length, rows.length)}</span>
          <input
            type="search"
            className={controls.text}
            value={find}
            placeholder={text.compare.find}
            aria-label={text.compare.find}
            onChange={(event) => setFind(event.target.value, true)}
          />
          <fieldset className={controls.seg} aria-label={text.compare.look}>
            {(["value", "change", "percent"] as const).map((item) => (
              <button key={item} type="button" aria-pressed={look === item} onClick={() => setLook(item)}>
                {text.compare.looks[item]}
              </button>
            ))}
          </fieldset>
          <fieldset className={controls.seg} aria-label={text.compare.stat}>
            {(["best", "last"] as const).map((item) => (
              <button key={item} type="button" aria-pressed={stat === item} onClick={() => setStat(item)}>
                {text.compare.stats[item]}
              </button>
            ))}
          </fieldset>
          <span className={css.right}>
            <button type="button" className={controls.ghost} onClick={() => copy("CSV", asCsv(columns, shown))}>
              CSV
            </button>
            <button type="button" className={controls.ghost} onClick={() => copy("LaTeX", asLatex(columns, shown))}>
              LaTeX
            </button>
            <Link
              className={controls.btn}
              to="/w/$workspace/e/$experiment"
              params={{ workspace, experiment }}
              search={sharedView as never}
            >
              {text.compare.openInCharts}
            </Link>
          </span>
        </div>
        {error !== null && <ProblemBox error={error} />}
        {columns.length < 2 ? (
          <div className={css.none}>
            {pending ? (
              <span className={`${controls.skeleton} ${css.skeleton}`} aria-busy="true" />
            ) : (
              <>
                <h2>{text.compare.tooFew}</h2>
                <p>{text.compare.tooFewDetail}</p>
                <Link
                  className={controls.btn}
                  to="/w/$workspace/e/$experiment"
                  params={{ workspace, experiment }}
                  search={sharedView as never}
                >
                  {text.compare.chooseRuns}
                </Link>
              </>
            )}
          </div>
        ) : (
          <div className={css.cols}>
            <Boundary>
              <CompareTable
                workspace={workspace}
                columns={columns}
                rows={shown}
                totals={rows}
                reference={reference}
                look={look as Look}
                onReference={setBase}
                onRemove={(id) =>
                  set({ sel: { base: "ids", ids: columns.map(({ run }) => run.id).filter((other) => other !== id) } })
                }
              />
            </Boundary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
            <section className={css.side} tabIndex={0} aria-label={text.compare.beside}>
              <Boundary>
                <GapCard experiment={experiment} metrics={metrics} rows={rows} runs={columns.map(({ run }) => run)} />
              </Boundary>
              <Boundary>
                <CodeCard columns={columns} reference={reference} />
              </Boundary>
            </section>
          </div>
        )}
      </div>
    </Shell>
  );
}
