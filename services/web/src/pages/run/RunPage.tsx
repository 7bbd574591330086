// The page of one run: its head, and below it one of the tabs.

import { useNavigate } from "@tanstack/react-router";
import { type ComponentType, Suspense, useCallback, useEffect } from "react";
import type { RunDetail } from "../../api/run";
import { chartEngine } from "../../chart/engine";
import controls from "../../components/controls.module.css";
import { later } from "../../components/later";
import { visible } from "../../components/Name";
import { Boundary, ProblemBox } from "../../components/Problem";
import { type RunTab, sharedView } from "../../components/places";
import { Shell } from "../../components/Shell";
import { useExperiments } from "../../experiment/data";
import { Connection } from "../../experiment/StatusLine";
import { n, text } from "../../text";
import parts from "../parts.module.css";
import { type RunPageActs, useRunActs } from "./acts";
import { lastStep, spanOf, useRun, useSeriesOf } from "./data";
import { Head } from "./Head";
import { useRunLive } from "./live";
import { Overview } from "./Overview";
import css from "./Run.module.css";

export interface TabProps {
  workspace: string;
  run: RunDetail;
  acts: RunPageActs;
}

const TABS: Record<RunTab, ComponentType<TabProps>> = {
  overview: Overview,
  charts: later(() => import("./RunCharts").then((m) => m.RunCharts)),
  logs: later(() => import("./Logs").then((m) => m.Logs)),
  system: later(() => import("./System").then((m) => m.System)),
  files: later(() => import("./Files").then((m) => m.Files)),
  code: later(() => import("./Code").then((m) => m.Code)),
  data: later(() => import("./Data").then((m) => m.Data)),
};

interface Props {
  workspace: string;
  run: string;
  tab: RunTab;
}

export function RunPage({ workspace, run: id, tab }: Props) {
  const engine = chartEngine();
  const navigate = useNavigate();
  const run = useRun(id);
  const series = useSeriesOf(id);
  const live = useRunLive(id, engine);
  const experiments = useExperiments(workspace);
  const experiment = run.data?.experiment;
  const experimentName = experiments.data?.find((e) => e.id === experiment)?.name;
  const leave = useCallback(() => {
    if (experiment === undefined) return;
    void navigate({
      to: "/w/$workspace/e/$experiment",
      params: { workspace, experiment },
      search: sharedView as never,
    });
  }, [navigate, workspace, experiment]);
  const acts = useRunActs(run.data, leave);
  const name = run.data?.name;
  useEffect(() => {
    document.title = name === undefined ? text.product : `${visible(name.slice(0, 200))} · ${text.product}`;
  }, [name]);
  const Body = TABS[tab];
  const points = (series.data ?? []).reduce((sum, item) => sum + Number(item.count), 0);
  return (
    <Shell
      place={{
        workspace,
        experiment: experiment === undefined ? undefined : { id: experiment, name: experimentName },
        run: { id, name },
      }}
      tab={tab}
      status={
        <>
          <Connection live={live} />
          <span>{text.run.statusPoints(n(points))}</span>
          <span>{text.run.statusSeries(series.data?.length ?? 0)}</span>
        </>
      }
    >
      <div className={parts.page}>
        {run.error !== null && run.data === undefined && (
          <ProblemBox error={run.error} retry={() => void run.refetch()} />
        )}
        {run.isPending && <span className={`${controls.skeleton} ${css.skeleton}`} aria-busy="true" />}
        {run.data !== undefined && (
          <>
            <Head
              run={run.data}
              acts={acts}
              step={lastStep(series.data ?? [])}
              span={spanOf(series.data ?? [])}
              points={points}
              workspace={workspace}
            />
            <Boundary key={tab}>
              <Suspense fallback={<span className={`${controls.skeleton} ${css.skeleton}`} />}>
                <Body workspace={workspace} run={run.data} acts={acts} />
              </Suspense>
            </Boundary>
          </>
        )}
      </div>
    </Shell>
  );
}
