// How busy the machines were, by host and device; every writer is a line of its own.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client";
import { type PointItem, pointsPath } from "../../api/run";
import { ApiError } from "../../api/types";
import { Name } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { text } from "../../text";
import { FACTS_TAG, useSeriesOf, useWriters } from "./data";
import type { TabProps } from "./RunPage";
import css from "./System.module.css";
import { systemHosts } from "./system";
import { WriterPlot } from "./WriterPlot";
import { writerNames } from "./writers";

const MOST_OPEN = 4; // machines that are all to be seen at first; of more, the first

export function System({ run }: TabProps) {
  const series = useSeriesOf(run.id);
  const writers = useWriters(run.id);
  const hosts = useQuery({ queryKey: ["hosts", run.id], queryFn: ({ signal }) => fetchHosts(run.id, signal) });
  const names = useMemo(() => writerNames(writers.data ?? []), [writers.data]);
  // Panels are made of which series there are, not of how many points they have.
  const key = series.data?.map((item) => `${item.tag} ${item.writer}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  const groups = useMemo(() => systemHosts(series.data ?? [], hosts.data ?? new Map()), [key, hosts.data]);
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
            {host.devices.flatMap((device) =>
              device.panels.map((panel) => (
                <WriterPlot key={panel.tag} run={run} device={device.name} panel={panel} names={names} />
              )),
            )}
          </div>
        </details>
      ))}
    </section>
  );
}

/** On which host each writer was, as its client captured it. */
async function fetchHosts(run: string, signal?: AbortSignal): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  try {
    const { items } = await get<{ items: PointItem[] }>(pointsPath(run, { tag: FACTS_TAG, kind: "text" }), signal);
    for (const { value, writer } of items) {
      const name = typeof value === "string" ? hostIn(value) : null;
      if (name !== null) found.set(writer ?? 0, name);
    }
  } catch (error) {
    if (!(error instanceof ApiError && error.problem.status === 404)) throw error;
  }
  return found;
}

function hostIn(document: string): string | null {
  try {
    const name: unknown = (JSON.parse(document) as { host?: { name?: unknown } }).host?.name;
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}
