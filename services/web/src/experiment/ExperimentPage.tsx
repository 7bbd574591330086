// The heart: run list at left, charts at right. What is looked at is in the address; what is shown comes from the query cache
// and, for points, from the chart worker.

import { ChevronUp, PanelLeft, X } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { tagKey } from "../api/tags";
import type { Run } from "../api/types";
import { chartEngine } from "../chart/engine";
import type { Frame } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { visible } from "../components/Name";
import { Boundary, ProblemBox } from "../components/Problem";
import { icon, Shell } from "../components/Shell";
import { makeMatcher } from "../state/match";
import { useView } from "../state/useView";
import type { Metric } from "../state/view";
import { text } from "../text";
import { useActs, usePageKeys, useShared } from "./acts";
import { PanelContext } from "./context";
import { likelyBest, useExperiments, useRuns, useTags } from "./data";
import css from "./ExperimentPage.module.css";
import { useLive } from "./live";
import { Panels } from "./Panels";
import { RunTable } from "./RunTable";
import { type Frozen, makeRows } from "./rows";
import { StatusLine } from "./StatusLine";
import { useScene } from "./scene";
import { makeSections } from "./sections";
import { TableDialog } from "./TableDialog";
import { FilterInput, Toolbar } from "./Toolbar";

export function ExperimentPage({ workspace, experiment }: { workspace: string; experiment: string }) {
  const engine = chartEngine();
  const { view, problems, set } = useView();
  const experiments = useExperiments(workspace);
  const tags = useTags(experiment);
  const scalars = useMemo(() => (tags.data ?? []).filter((item) => item.kind === "scalar").map(tagKey), [tags.data]);
  const metric = useMemo<Metric | null>(
    () => view.col ?? (scalars.length > 0 ? { tag: scalars[0], stat: likelyBest(scalars[0]) } : null),
    [view.col, scalars],
  );
  const metricTag = metric?.tag ?? null;
  const runs = useRuns(experiment, metricTag, !tags.isPending);
  const live = useLive(experiment, metricTag, engine);
  // The sort's identity is that of the parsed address: it changes with every change of it, and only a sort ends the freeze.
  const sortText = JSON.stringify(view.sort);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the sort.
  const sort = useMemo(() => view.sort, [sortText]);
  const [frozen, setFrozen] = useState<Frozen | null>(null);
  const rows = useMemo(
    () => makeRows(runs.data ?? [], { q: view.q, sel: view.sel, sort }, frozen),
    [runs.data, view.q, view.sel, sort, frozen],
  );
  const byId = useMemo(() => new Map((runs.data ?? []).map((run: Run) => [run.id, run])), [runs.data]);
  const tagMatch = useMemo(() => makeMatcher(view.t), [view.t]);
  const sections = useMemo(() => makeSections(scalars, view.pin, tagMatch.matches), [scalars, view.pin, tagMatch]);

  const [current, setCurrent] = useState<string | null>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [side, setSide] = useState(() => innerWidth >= 768);
  const [table, setTable] = useState<string | null>(null);
  const [approximate, setApproximate] = useState(0);
  const scroll = useRef<HTMLDivElement>(null);
  const runFilter = useRef<HTMLInputElement>(null);
  const tagFilter = useRef<HTMLInputElement>(null);

  const drawnFocus = hovered !== null && rows.drawn.has(hovered) ? hovered : focus;
  const palette = useScene(engine, rows.scene, view, drawnFocus);

  const approx = useRef(new Map<string, boolean>());
  const report = useCallback((tag: string, frame: Frame | null) => {
    if (frame === null) approx.current.delete(tag);
    else approx.current.set(tag, frame.smoothingApproximate);
    setApproximate([...approx.current.values()].filter(Boolean).length);
  }, []);

  const acts = useActs({ rows, view, set, setCurrent, setFocus, setHovered });
  const shared = useShared({ engine, palette, rows, byId, view, set, focus: drawnFocus, openTable: setTable, report });
  usePageKeys({
    rows,
    view,
    set,
    current,
    setCurrent,
    acts,
    shared,
    runFilter,
    tagFilter,
    toggleSide: () => setSide((s) => !s),
    clear: () => setFocus(null),
  });

  const name = experiments.data?.find((e) => e.id === experiment)?.name;
  useEffect(() => {
    document.title = name === undefined ? text.product : `${visible(name.slice(0, 200))} · ${text.product}`;
  }, [name]);

  const error = runs.error ?? tags.error;
  const others = otherKinds(tags.data ?? []);
  return (
    <Shell
      crumbs={["", name ?? experiment]}
      tools={
        <button
          type="button"
          className={`${controls.square} ${css.wideOnly}`}
          title={text.hideRuns}
          aria-label={text.hideRuns}
          aria-pressed={side}
          onClick={() => setSide(!side)}
        >
          <PanelLeft {...icon} />
        </button>
      }
      status={
        <StatusLine
          live={live}
          drawn={rows.drawn.size}
          total={rows.ordered.length}
          writing={rows.live}
          tags={scalars.length}
          approximate={approximate}
        />
      }
    >
      <PanelContext value={shared.value}>
        <div className={side ? css.work : css.workWide}>
          <aside
            className={css.side}
            aria-label={text.runs}
            onMouseEnter={() => setFrozen({ sort, ids: rows.ordered.map((run) => run.id) })}
            onMouseLeave={() => setFrozen(null)}
          >
            <div className={css.sideBar}>
              <FilterInput
                ref={runFilter}
                className={css.runFilter}
                value={view.q}
                onChange={(q) => set({ q }, true)}
                placeholder={text.filterRuns}
                label={text.filterRuns}
                problem={rows.filterProblem}
              />
              <span className={css.count}>{runs.data && text.ofRuns(rows.shown.length, rows.ordered.length)}</span>
              <button
                type="button"
                className={`${controls.square} ${css.narrowOnly}`}
                aria-label={text.closeRuns}
                onClick={() => setSide(false)}
              >
                <X {...icon} />
              </button>
            </div>
            {rows.outside > 0 && (
              <p className={css.line}>
                {text.outside(rows.outside)} ·{" "}
                <button type="button" className={css.link} onClick={() => set({ q: "" })}>
                  {text.clear}
                </button>
              </p>
            )}
            {runs.data === undefined && !error && <Skeleton />}
            {runs.data !== undefined && (
              <RunTable
                rows={rows}
                sort={view.sort}
                metric={metric}
                tags={scalars}
                current={current}
                focus={focus}
                acts={acts}
                rowHeight={rowHeight()}
              />
            )}
            {runs.data !== undefined && rows.shown.length === 0 && (
              <p className={css.emptyRuns}>
                {rows.ordered.length === 0 ? text.noRuns : text.noRunMatches(view.q)}
                {rows.ordered.length > 0 && (
                  <>
                    {" · "}
                    <button type="button" className={css.link} onClick={() => set({ q: "" })}>
                      {text.clear}
                    </button>
                  </>
                )}
              </p>
            )}
          </aside>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
          <section className={css.charts} ref={scroll} aria-label={text.charts} tabIndex={0}>
            <Toolbar view={view} set={set} tagFilter={tagFilter} tagProblem={tagMatch.problem} />
            {problems.map(([key, value]) => (
              <p key={key} className={css.warn} role="status">
                {text.badValue(key, visible(value.slice(0, 80)))}
              </p>
            ))}
            {error && <ProblemBox error={error} retry={() => void Promise.all([tags.refetch(), runs.refetch()])} />}
            {others !== null && <p className={css.line}>{others}</p>}
            <Boundary>
              <Panels scroll={scroll} sections={sections} closed={view.closed} onToggle={shared.toggleSection} />
            </Boundary>
            {tags.data !== undefined && sections.length === 0 && (
              <div className={css.none}>
                <h2>{scalars.length === 0 ? text.noTags : text.noTagMatches(view.t)}</h2>
                {scalars.length === 0 ? (
                  <p>{text.noTagsDetail}</p>
                ) : (
                  <button type="button" className={controls.btn} onClick={() => set({ t: "" })}>
                    {text.clear}
                  </button>
                )}
              </div>
            )}
          </section>
        </div>
        <button type="button" className={css.sheet} aria-expanded={side} onClick={() => setSide(true)}>
          {text.sheet(rows.drawn.size)}
          <span className={css.dots} aria-hidden="true">
            {rows.scene.slice(0, 7).map((run) => (
              <i key={run.id} style={{ background: palette.runs[run.slot] }} />
            ))}
          </span>
          {rows.live > 0 && <span className={css.sheetLive}>{text.sheetLive(rows.live)}</span>}
          <ChevronUp {...icon} />
        </button>
        <TableDialog tag={table} engine={engine} runs={byId} onClose={() => setTable(null)} />
      </PanelContext>
    </Shell>
  );
}

const rowHeight = () => (matchMedia("(pointer: coarse)").matches ? 40 : 28);

function Skeleton() {
  return (
    <div className={css.skeletons} role="status" aria-label={text.loadingRuns}>
      {Array.from({ length: 8 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: eight equal bars.
        <span key={i} className={controls.skeleton} />
      ))}
    </div>
  );
}

/** "6 image tags, 2 histogram tags are stored; …", so that nobody thinks they are lost. */
function otherKinds(tags: { kind: string }[]): string | null {
  const counts = new Map<string, number>();
  for (const { kind } of tags) if (kind !== "scalar") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (counts.size === 0) return null;
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  return text.otherKinds([...counts].map(([kind, count]) => text.kind(kind, count)).join(", "), total > 1);
}
