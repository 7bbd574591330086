// The heart: run table and charts. What is looked at is in the address; what is shown comes from the query cache, from the list
// of runs and, for points, from the chart worker.

import { useNavigate } from "@tanstack/react-router";
import { ChevronUp, PanelLeft } from "lucide-react";
import { type CSSProperties, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../api/types";
import { chartEngine } from "../chart/engine";
import type { Frame } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { later, Once } from "../components/later";
import { visible } from "../components/Name";
import { icon, Shell } from "../components/Shell";
import type { FilterHandle } from "../filter/FilterEditor";
import { tagPanels } from "../panels/tag_panels";
import { shownColumns } from "../runs/ask";
import { cssColor } from "../runs/looks";
import type { PopupState } from "../runs/popups/TablePopup";
import { QueryBar } from "../runs/QueryBar";
import type { TableHandle } from "../runs/RunTable";
import { useBulk } from "../runs/useBulk";
import { useRunActs } from "../runs/useRunActs";
import { useRuns } from "../runs/useRuns";
import { useView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import { SavedViews } from "../views/SavedViews";
import { ShareButton } from "../views/ShareButton";
import { usePageKeys, useShared } from "./acts";
import { Charts, scalarTags } from "./Charts";
import { PanelContext } from "./context";
import { useExperiments, useTags } from "./data";
import css from "./ExperimentPage.module.css";
import { useLive } from "./live";
import type { Rows } from "./rows";
import { StatusLine } from "./StatusLine";
import { usePalette, useScene } from "./scene";
import { TableSide } from "./TableSide";

const TableDialog = later(() => import("./TableDialog").then((m) => m.TableDialog));
const TablePopup = later(() => import("../runs/popups/TablePopup").then((m) => m.TablePopup));

export function ExperimentPage({ workspace, experiment }: { workspace: string; experiment: string }) {
  const engine = chartEngine();
  const { view, problems, set } = useView();
  const { name, count } = useExperiment(workspace, experiment);
  const tags = useTags(experiment);
  const scalars = useMemo(() => scalarTags(tags.data ?? []), [tags.data]);
  const ids = useMemo(() => tagPanels(tags.data ?? []), [tags.data]);
  const shown = useMemo(() => shownColumns(view, scalars[0] ?? null), [view, scalars]);
  const palette = usePalette();
  const ready = !tags.isPending || view.cols !== null;
  const runs = useRuns({ experiment, view, shown, ready, scale: palette.sequence });
  const live = useLive(experiment, runs.live, engine);
  const { rows, state } = runs;

  const [current, setCurrent] = useState<string | null>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [sheet, setSheet] = useState(false);
  const [chart, setChart] = useState<string | null>(null);
  const [popup, setPopup] = useState<PopupState | null>(null);
  const filter = useRef<FilterHandle>(null);
  const tagFilter = useRef<HTMLInputElement>(null);
  const table = useRef<TableHandle>(null);
  const groupButton = useRef<HTMLButtonElement>(null);

  const drawnFocus = hovered !== null && rows.drawn.has(hovered) ? hovered : focus;
  useScene(engine, state.loaded && rows.ready ? rows : null, view, drawnFocus, palette);
  const { approximate, report } = useApproximate();
  const bulk = useBulk(runs.changed);
  const openRun = useOpenRun(workspace);
  const { acts, checked } = useRunActs({
    rows,
    plan: runs.groups.plan,
    view,
    shown,
    set,
    table,
    setCurrent,
    setFocus,
    setHovered,
    onMenu: (run, at) => setPopup({ ask: { kind: "row", run: run.id }, anchor: at }),
    onGroupMenu: (group, at) => setPopup({ ask: { kind: "members", group }, anchor: at }),
    onColor: (run, anchor) => setPopup({ ask: { kind: "color", run: run.id }, anchor }),
    onOpen: openRun,
  });
  const shared = useShared({
    engine,
    palette,
    rows,
    view,
    set,
    tags: scalars,
    focus: drawnFocus,
    acts,
    openTable: setChart,
    report,
  });
  const toggleSide = () => {
    if (narrow()) setSheet((open) => !open);
    else set((v) => ({ table: { ...v.table, place: v.table.place === "hidden" ? "side" : "hidden" } }));
  };
  usePageKeys({
    rows,
    view,
    set,
    table,
    acts,
    shared,
    runFilter: filter,
    tagFilter,
    toggleSide,
    groupBy: () => groupButton.current?.click(),
    clear: () => {
      setFocus(null);
      checked.clear();
    },
  });
  const problem = state.error instanceof ApiError && state.loaded ? state.error.problem : null;
  const error = state.loaded ? tags.error : (state.error ?? tags.error);
  return (
    <Shell
      place={{ workspace, experiment: { id: experiment, name } }}
      tab="charts"
      tools={
        <>
          <ShareButton view={view} />
          <SideButton shown={view.table.place !== "hidden"} onClick={toggleSide} />
        </>
      }
      status={<StatusLine live={live} rows={rows} tags={ids.length} approximate={approximate} />}
    >
      <PanelContext value={shared.value}>
        <div className={css.page}>
          <QueryBar
            {...{ experiment, view, set, problem, groupButton }}
            handle={filter}
            result={state.loaded ? text.found(rows.total, count, state.took) : ""}
            open={(ask, anchor) => setPopup({ ask, anchor })}
          >
            <SavedViews experiment={experiment} view={view} set={set} />
          </QueryBar>
          <Work view={view} sheet={sheet}>
            <TableSide
              {...{ view, set, runs, shown, current, setCurrent, focus, checked, acts, bulk, setPopup }}
              tags={scalars}
              handle={table}
              compare={`/w/${encodeURIComponent(workspace)}/e/${encodeURIComponent(experiment)}/compare`}
              onClose={() => setSheet(false)}
            />
            <Charts
              {...{ ids, scalars, view, set, problems, error, tagFilter }}
              tags={tags.data}
              retry={() => {
                void tags.refetch();
                runs.refetch();
              }}
              onToggle={shared.toggleSection}
            />
          </Work>
        </div>
        <Sheet rows={rows} open={sheet} onClick={() => setSheet(true)} />
        <Once when={popup !== null}>
          <TablePopup
            {...{ experiment, workspace, view, set, rows, shown, acts, bulk }}
            ask={runs.ask}
            state={popup}
            onClose={() => setPopup(null)}
            open={(ask) => setPopup((old) => old && { ask, anchor: old.anchor })}
            tags={scalars}
          />
        </Once>
        <Once when={chart !== null}>
          <TableDialog
            tag={chart}
            pin={view.at[0]}
            engine={engine}
            nameOf={(key) => rows.byId.get(key)?.name ?? shared.value.groupLabel(key)}
            onClose={() => setChart(null)}
          />
        </Once>
      </PanelContext>
    </Shell>
  );
}

const narrow = () => matchMedia("(max-width: 767px)").matches;

function useOpenRun(workspace: string) {
  const navigate = useNavigate();
  return useCallback(
    (run: { id: string }) =>
      void navigate({ to: `/w/${encodeURIComponent(workspace)}/r/${encodeURIComponent(run.id)}` as never }),
    [navigate, workspace],
  );
}

/** The experiment's name, also as the window's title, and how many runs it has; undefined until they are known. */
function useExperiment(workspace: string, experiment: string): { name?: string; count?: number } {
  const found = useExperiments(workspace).data?.find((e) => e.id === experiment);
  const name = found?.name;
  useEffect(() => {
    document.title = name === undefined ? text.product : `${visible(name.slice(0, 200))} · ${text.product}`;
  }, [name]);
  return { name, count: found?.run_count };
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

interface WorkProps {
  view: View;
  sheet: boolean;
  children: React.ReactNode;
}

/** Table and charts, side by side or one over the other. */
function Work({ view: { table }, sheet, children }: WorkProps) {
  const style = table.size === null ? undefined : ({ "--table": `${table.size}px` } as CSSProperties);
  const place = { side: css.work, below: css.workBelow, hidden: css.workWide }[table.place];
  return (
    <div className={`${place} ${sheet ? css.sheetOpen : ""}`} style={style} data-place={table.place}>
      {children}
    </div>
  );
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
function Sheet({ rows, open, onClick }: { rows: Rows; open: boolean; onClick(): void }) {
  return (
    <button type="button" className={css.sheet} aria-expanded={open} onClick={onClick}>
      {text.sheet(rows.drawn.size)}
      <span className={css.dots} aria-hidden="true">
        {rows.scene.slice(0, 7).map((look) => (
          <i key={look.id} style={{ background: cssColor(look) }} />
        ))}
      </span>
      {rows.live > 0 && <span className={css.sheetLive}>{text.sheetLive(rows.live)}</span>}
      <ChevronUp {...icon} />
    </button>
  );
}
