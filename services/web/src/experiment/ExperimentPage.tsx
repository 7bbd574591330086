// The heart: run list at left, charts at right. What is looked at is in the address; what is shown comes from the query cache
// and, for points, from the chart worker.

import { ChevronUp, PanelLeft } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Run } from "../api/types";
import { chartEngine } from "../chart/engine";
import type { Palette } from "../chart/paint";
import type { Frame } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { later, Once } from "../components/later";
import { visible } from "../components/Name";
import { icon, Shell } from "../components/Shell";
import { useView } from "../state/useView";
import type { Metric, View } from "../state/view";
import { text } from "../text";
import { useActs, usePageKeys, useShared } from "./acts";
import { Charts, scalarTags } from "./Charts";
import { PanelContext } from "./context";
import { likelyBest, useExperiments, useRuns, useTags } from "./data";
import css from "./ExperimentPage.module.css";
import { useLive } from "./live";
import { RunSide } from "./RunSide";
import { type Frozen, makeRows, type Rows } from "./rows";
import { StatusLine } from "./StatusLine";
import { useScene } from "./scene";

const TableDialog = later(() => import("./TableDialog").then((m) => m.TableDialog));

export function ExperimentPage({ workspace, experiment }: { workspace: string; experiment: string }) {
  const engine = chartEngine();
  const { view, problems, set } = useView();
  const name = useTitle(workspace, experiment);
  const tags = useTags(experiment);
  const scalars = useMemo(() => scalarTags(tags.data ?? []), [tags.data]);
  const metric = useMemo<Metric | null>(() => view.col ?? firstMetric(scalars), [view.col, scalars]);
  const runs = useRuns(experiment, metric?.tag ?? null, !tags.isPending);
  const live = useLive(experiment, metric?.tag ?? null, engine);
  const { rows, onPointer } = useRows(runs.data, view);
  const byId = useMemo(() => new Map((runs.data ?? []).map((run) => [run.id, run])), [runs.data]);

  const [current, setCurrent] = useState<string | null>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [side, setSide] = useState(() => innerWidth >= 768);
  const [table, setTable] = useState<string | null>(null);
  const runFilter = useRef<HTMLInputElement>(null);
  const tagFilter = useRef<HTMLInputElement>(null);

  const drawnFocus = hovered !== null && rows.drawn.has(hovered) ? hovered : focus;
  const palette = useScene(engine, runs.data === undefined ? null : rows.scene, view, drawnFocus);
  const { approximate, report } = useApproximate();
  const acts = useActs({ rows, view, set, setCurrent, setFocus, setHovered });
  const shared = useShared({
    engine,
    palette,
    rows,
    byId,
    view,
    set,
    tags: scalars,
    focus: drawnFocus,
    openTable: setTable,
    report,
  });
  const toggleSide = () => setSide((shown) => !shown);
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
    toggleSide,
    clear: () => setFocus(null),
  });

  const error = runs.error ?? tags.error;
  return (
    <Shell
      place={{ workspace, experiment: { id: experiment, name } }}
      tab="charts"
      tools={<SideButton shown={side} onClick={toggleSide} />}
      status={<StatusLine live={live} rows={rows} tags={scalars.length} approximate={approximate} />}
    >
      <PanelContext value={shared.value}>
        <div className={side ? css.work : css.workWide}>
          <RunSide
            {...{ rows, view, set, metric, current, focus, acts, onPointer }}
            loaded={runs.data !== undefined}
            failed={error !== null}
            tags={scalars}
            filter={runFilter}
            onClose={() => setSide(false)}
          />
          <Charts
            {...{ scalars, view, set, problems, error, tagFilter }}
            tags={tags.data}
            retry={() => void Promise.all([tags.refetch(), runs.refetch()])}
            onToggle={shared.toggleSection}
          />
        </div>
        <Sheet rows={rows} palette={palette} open={side} onClick={() => setSide(true)} />
        <Once when={table !== null}>
          <TableDialog tag={table} pin={view.at[0]} engine={engine} runs={byId} onClose={() => setTable(null)} />
        </Once>
      </PanelContext>
    </Shell>
  );
}

const firstMetric = (scalars: string[]): Metric | null =>
  scalars.length > 0 ? { tag: scalars[0], stat: likelyBest(scalars[0]) } : null;

/** The experiment's name, also as the window's title; undefined until it is known. */
function useTitle(workspace: string, experiment: string): string | undefined {
  const experiments = useExperiments(workspace);
  const name = experiments.data?.find((e) => e.id === experiment)?.name;
  useEffect(() => {
    document.title = name === undefined ? text.product : `${visible(name.slice(0, 200))} · ${text.product}`;
  }, [name]);
  return name;
}

/** Table rows; while the pointer is in the table their order stays. */
function useRows(
  runs: Run[] | undefined,
  { q, sel, sort: written }: View,
): { rows: Rows; onPointer(inside: boolean): void } {
  const [frozen, setFrozen] = useState<Frozen | null>(null);
  // Parsing makes a new sort with every change of the address; only another sort ends the freeze.
  const sortText = JSON.stringify(written);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the sort.
  const sort = useMemo(() => written, [sortText]);
  const rows = useMemo(() => makeRows(runs ?? [], { q, sel, sort }, frozen), [runs, q, sel, sort, frozen]);
  const onPointer = (inside: boolean) => setFrozen(inside ? { sort, ids: rows.ordered.map((run) => run.id) } : null);
  return { rows, onPointer };
}

/** How many of the panels in view have approximate smoothing. */
function useApproximate() {
  const [approximate, setApproximate] = useState(0);
  const panels = useRef(new Map<string, boolean>());
  const report = useCallback((tag: string, frame: Frame | null) => {
    if (frame === null) panels.current.delete(tag);
    else panels.current.set(tag, frame.smoothingApproximate);
    setApproximate([...panels.current.values()].filter(Boolean).length);
  }, []);
  return { approximate, report };
}

function SideButton({ shown, onClick }: { shown: boolean; onClick(): void }) {
  return (
    <button
      type="button"
      className={`${controls.square} ${css.wideOnly}`}
      title={text.hideRuns}
      aria-label={text.hideRuns}
      aria-pressed={shown}
      onClick={onClick}
    >
      <PanelLeft {...icon} />
    </button>
  );
}

/** The run list's handle at the foot of a narrow window. */
function Sheet({ rows, palette, open, onClick }: { rows: Rows; palette: Palette; open: boolean; onClick(): void }) {
  return (
    <button type="button" className={css.sheet} aria-expanded={open} onClick={onClick}>
      {text.sheet(rows.drawn.size)}
      <span className={css.dots} aria-hidden="true">
        {rows.scene.slice(0, 7).map((run) => (
          <i key={run.id} style={{ background: palette.runs[run.slot] }} />
        ))}
      </span>
      {rows.live > 0 && <span className={css.sheetLive}>{text.sheetLive(rows.live)}</span>}
      <ChevronUp {...icon} />
    </button>
  );
}
