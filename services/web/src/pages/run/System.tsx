// How busy the machines were, by host and device: a line for each GPU, and for each process of what is its own.

import { useMemo } from "react";
import { Name } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { text } from "../../text";
import { useMachines, useSeriesOf, useWriters } from "./data";
import type { TabProps } from "./RunPage";
import css from "./System.module.css";
import { systemHosts } from "./system";
import { WriterPlot } from "./WriterPlot";
import { writerNames } from "./writers";

const MOST_OPEN = 4; // machines that are all to be seen at first; of more, the first

export function System({ run }: TabProps) {
  const series = useSeriesOf(run.id);
  const writers = useWriters(run.id);
  const machines = useMachines(run.id).data;
  const names = useMemo(() => writerNames(writers.data ?? []), [writers.data]);
  // Panels are made of which series there are, not of how many points they have.
  const key = series.data?.map((item) => `${item.tag} ${item.writer}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  const groups = useMemo(() => systemHosts(series.data ?? [], machines ?? new Map()), [key, machines]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.page} tabIndex={0} aria-label={text.tabs.system}>
      {series.error !== null && <ProblemBox error={series.error} retry={() => void series.refetch()} />}
      {series.data !== undefined && groups.length === 0 && <p className={css.none}>{text.system.none}</p>}
      {groups.map((host) => (
        <details key={host.name ?? ""} className={css.host} open={groups.length <= MOST_OPEN || host === groups[0]}>
          <summary>
            <h2>{host.name === null ? text.system.machines : <Name name={host.name} />}</h2>
          </summary>
          <div className={css.grid}>
            {host.panels.map((panel) => (
              <WriterPlot key={`${panel.device} ${panel.name}`} run={run} panel={panel} names={names} />
            ))}
          </div>
        </details>
      ))}
    </section>
  );
}
