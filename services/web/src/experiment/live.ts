// The event stream of an experiment: one EventSource a page. Points go to the chart worker, runs to the table.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { parseJson, toStep, toValue } from "../api/json64";
import { tagKey } from "../api/tags";
import type { Run, Summary, TagItem } from "../api/types";
import type { ChartEngine } from "../chart/engine";
import type { LiveColumns } from "../chart/protocol";
import { tagsKey } from "./data";

export interface LiveState {
  state: "connecting" | "live" | "lost";
  /** Date.now() when this state began. */
  since: number;
  /** Seconds between the newest point's wall time and its arrival; null: none yet, or older than a minute (an upload). */
  behind: number | null;
}

interface PointsEvent {
  run: string;
  tag: string;
  tag_base64?: string;
  step: unknown[];
  wall: unknown[];
  value: unknown[];
}

export function columnsOf(event: PointsEvent): LiveColumns {
  const n = Math.min(event.step.length, event.wall.length, event.value.length);
  const step = new BigInt64Array(n);
  const wall = new Float64Array(n);
  const value = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    step[i] = toStep(event.step[i]);
    wall[i] = toValue(event.wall[i]);
    value[i] = toValue(event.value[i]);
  }
  return { run: event.run, tag: tagKey(event), step, wall, value };
}

/** What live points do to a run's summary. */
export function extendSummary(old: Summary | undefined, columns: LiveColumns): Summary {
  const next: Summary = { ...old };
  const extreme = (value: unknown) => (value === undefined || value === null ? Number.NaN : toValue(value));
  let min = extreme(old?.min);
  let max = extreme(old?.max);
  for (const value of columns.value) {
    if (!Number.isFinite(value)) continue;
    if (!(min <= value)) min = value;
    if (!(max >= value)) max = value;
  }
  const n = columns.value.length;
  if (n > 0) {
    next.last = columns.value[n - 1];
    next.last_step = columns.step[n - 1];
    next.count = BigInt(old?.count ?? 0) + BigInt(n);
  }
  if (!Number.isNaN(min)) next.min = min;
  if (!Number.isNaN(max)) next.max = max;
  return next;
}

const PACE = 500; // ms between two writes of live values into the table

/** Who shows runs and wants to know what becomes of them. */
export interface LiveRuns {
  /** Does it show values of this tag? */
  shows(tag: string): boolean;
  /** Runs that changed, and new points of shown tags by their runs. */
  write(runs: ReadonlyMap<string, Run>, points: ReadonlyMap<string, LiveColumns[]>): void;
  /** Ids of the runs that it knows to be writing. */
  live(): string[];
  /** What came may have gaps: all is asked for again. */
  refetch(): void;
}

/** Gathers what came and hands it on at a calm pace. */
class Gatherer {
  private runs = new Map<string, Run>();
  private points = new Map<string, LiveColumns[]>();
  private newTag = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly experiment: string,
    private readonly sink: () => LiveRuns,
  ) {}

  run(run: Run): void {
    this.runs.set(run.id, run);
    this.later();
  }

  add(columns: LiveColumns): void {
    if (this.sink().shows(columns.tag)) {
      const list = this.points.get(columns.run);
      if (list === undefined) this.points.set(columns.run, [columns]);
      else list.push(columns);
    }
    const tags = this.client.getQueryData<TagItem[]>(tagsKey(this.experiment));
    if (tags?.some((item) => tagKey(item) === columns.tag) === false) this.newTag = true;
    this.later();
  }

  private later(): void {
    this.timer ??= setTimeout(() => this.write(), PACE);
  }

  private write(): void {
    this.timer = undefined;
    const { runs, points } = this;
    this.runs = new Map();
    this.points = new Map();
    if (this.newTag) {
      this.newTag = false;
      void this.client.invalidateQueries({ queryKey: tagsKey(this.experiment) });
    }
    if (runs.size > 0 || points.size > 0) this.sink().write(runs, points);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** A run as it is after what came; null: it was deleted. */
export function changedRun(
  run: Run,
  runs: ReadonlyMap<string, Run>,
  points: ReadonlyMap<string, LiveColumns[]>,
): Run | null {
  const news = runs.get(run.id);
  const columns = points.get(run.id);
  if (news === undefined && columns === undefined) return run;
  if (news?.deleted === true) return null;
  const summary = { ...run.summary };
  for (const c of columns ?? []) summary[c.tag] = extendSummary(summary[c.tag], c);
  // The event has every parameter, the list only those that were asked for: both may be there.
  return { ...run, ...news, summary: { ...summary, ...news?.summary } };
}

export function useLive(experiment: string, runs: LiveRuns, engine: ChartEngine): LiveState {
  const client = useQueryClient();
  const [live, setLive] = useState<LiveState>({ state: "connecting", since: Date.now(), behind: null });
  const sink = useRef(runs);
  sink.current = runs;

  useEffect(() => {
    const writer = new Gatherer(client, experiment, () => sink.current);
    let source: EventSource | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;
    let failures = 0;

    const enter = (state: LiveState["state"]) =>
      setLive((old) => (old.state === state ? old : { ...old, state, since: Date.now() }));
    const refetch = () => {
      engine.stale(null);
      sink.current.refetch();
      void client.invalidateQueries({ queryKey: tagsKey(experiment) });
    };
    const listen = (name: string, handle: (data: unknown) => void) =>
      source?.addEventListener(name, (event) => {
        try {
          handle(parseJson((event as MessageEvent<string>).data));
        } catch {
          // An event that cannot be read is as good as a lost one.
          refetch();
        }
      });

    const connect = () => {
      source = new EventSource(`/api/v1/live?experiment=${encodeURIComponent(experiment)}`);
      source.onopen = () => {
        failures = 0;
        enter("live");
      };
      source.onerror = () => {
        enter("lost");
        wasLost = true;
        if (source?.readyState !== EventSource.CLOSED) return;
        // The server refused; the browser would not try again.
        clearTimeout(again);
        again = setTimeout(connect, Math.min(15_000, 1000 * 2 ** failures++));
      };
      listen("points", (data) => {
        const event = data as PointsEvent;
        const columns = columnsOf(event);
        const newest = columns.wall[columns.wall.length - 1];
        const behind = Date.now() / 1000 - newest;
        writer.add({ ...columns, step: columns.step.slice(), value: columns.value.slice() });
        engine.append([columns]);
        const seconds = behind >= 0 && behind < 60 ? behind : null;
        setLive((old) =>
          old.behind !== null && seconds !== null && Math.abs(old.behind - seconds) < 0.05
            ? old
            : { ...old, behind: seconds },
        );
      });
      // The stream begins here. What was fetched before may lack what came between; runs that are finished lack nothing.
      listen("hello", (data) => {
        if (wasLost) {
          wasLost = false;
          if ((data as { resumed?: boolean }).resumed !== true) refetch();
          return;
        }
        for (const run of sink.current.live()) engine.stale(run);
      });
      listen("run", (data) => writer.run(data as Run));
      listen("rewind", (data) => {
        engine.stale((data as { run?: string }).run ?? null);
        sink.current.refetch();
      });
      listen("skip", (data) => {
        const run = (data as { run?: string }).run;
        if (run === undefined) refetch();
        else engine.stale(run);
      });
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(again);
      writer.stop();
    };
  }, [client, engine, experiment]);

  // Redraws: ten a second, four when the window has not the focus, none when it is hidden.
  useEffect(() => {
    const set = () => engine.setPace(document.hidden ? 0 : document.hasFocus() ? 100 : 250);
    set();
    document.addEventListener("visibilitychange", set);
    addEventListener("focus", set);
    addEventListener("blur", set);
    return () => {
      document.removeEventListener("visibilitychange", set);
      removeEventListener("focus", set);
      removeEventListener("blur", set);
    };
  }, [engine]);

  return live;
}
