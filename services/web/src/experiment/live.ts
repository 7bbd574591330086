// The event stream of an experiment: one a page, in a worker. Points go to the chart worker, runs to the table.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { toValue } from "../api/json64";
import { tagKey } from "../api/tags";
import type { Run, Summary, TagItem } from "../api/types";
import type { ChartEngine } from "../chart/engine";
import type { FromLive, ToLive } from "../chart/live_protocol";
import liveUrl from "../chart/live_worker?worker&url";
import type { LiveColumns } from "../chart/protocol";
import { trusted } from "../chart/trusted";
import { isKind, kindId, kindOf, tagOf } from "../state/panel_ids";
import { calmly } from "./calmly";
import { tagsKey, valuesKey } from "./data";

/** A page that does not keep up with the stream is told so again and again; all that it shows is much to ask for. */
const REFETCH_PAUSE = 2_000; // ms
const TAG_LOOKS = 5; // at the list of tags, for one that the stream has
const TAG_PAUSE = 1_000; // ms between them

export interface LiveState {
  state: "connecting" | "live" | "lost";
  /** Date.now() when this state began. */
  since: number;
  /** Seconds between the newest point's wall time and its arrival; null: none yet, or older than a minute (an upload). */
  behind: number | null;
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

/** Who shows runs and wants to know what becomes of them. */
export interface LiveRuns {
  /** Does it show values of this tag? */
  shows(tag: string): boolean;
  /** Runs that changed, and new points of shown tags by their runs. */
  write(runs: ReadonlyMap<string, Run>, points: ReadonlyMap<string, LiveColumns[]>): void;
  /** Ids of the runs that it knows to be writing. */
  live(): string[];
  /** May the list of tags not yet have all that they logged? */
  late(): boolean;
  /** What came may have gaps: all is asked for again. */
  refetch(): void;
}

/** The page's end of the worker that has the event stream. */
class LiveStream {
  private readonly worker = new Worker(trusted(liveUrl), { type: "module", name: "live" });
  private readonly tags = new Set<string>();
  private hidden = "";
  private wasLost = false;
  /** Panels whose values are to be asked for again. */
  private readonly logged = new Set<string>();
  private looking: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly client: QueryClient,
    private readonly experiment: string,
    private readonly engine: ChartEngine,
    private readonly sink: () => LiveRuns,
    private readonly enter: (change: Partial<LiveState>) => void,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<FromLive>) => this.receive(data);
    const port = engine.port();
    this.post({ type: "open", experiment, port }, [port]);
  }

  private post(message: ToLive, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private receive(message: FromLive): void {
    switch (message.type) {
      case "state":
        this.wasLost ||= message.state === "lost";
        this.enter({ state: message.state });
        break;
      case "hello":
        this.begin(message.resumed);
        break;
      case "rewind":
        this.engine.stale(message.run);
        this.sink().refetch();
        void this.client.invalidateQueries({ queryKey: valuesKey });
        break;
      case "skip":
        if (message.run === null) this.refetch();
        else this.engine.stale(message.run);
        break;
      case "broken":
        this.refetch();
        break;
      case "batch":
        this.take(message);
        break;
    }
  }

  /** The stream begins here. What was fetched before may lack what came between; points of finished runs lack nothing. */
  private begin(resumed: boolean): void {
    if (!this.wasLost) {
      for (const run of this.sink().live()) this.engine.stale(run);
      this.lookLater(TAG_LOOKS);
      return;
    }
    this.wasLost = false;
    if (!resumed) this.refetch();
  }

  /** The list of tags follows the points by a moment, and so may the page's look at it. */
  private lookLater(looks: number): void {
    this.looking = setTimeout(async () => {
      if (!this.sink().late()) return;
      await this.refetchTags();
      const nothing = this.client.getQueryData<TagItem[]>(tagsKey(this.experiment))?.length === 0;
      if (nothing && looks > 1 && !this.stopped) this.lookLater(looks - 1);
    }, TAG_PAUSE);
  }

  private readonly refetch = calmly(() => {
    this.engine.stale(null);
    this.sink().refetch();
    void this.refetchTags();
    void this.client.invalidateQueries({ queryKey: valuesKey });
  }, REFETCH_PAUSE);

  private take({ runs, points, tags, logged, behind }: Extract<FromLive, { type: "batch" }>): void {
    this.learn(tags);
    for (const id of logged) this.logged.add(id);
    if (logged.length > 0) this.refetchValues();
    const sink = this.sink();
    const shown = new Map<string, LiveColumns[]>();
    for (const columns of points) {
      if (!sink.shows(columns.tag)) continue;
      const list = shown.get(columns.run);
      if (list === undefined) shown.set(columns.run, [columns]);
      else list.push(columns);
    }
    if (runs.length > 0 || shown.size > 0) sink.write(new Map(runs.map((run) => [run.id, run])), shown);
    if (behind !== null) this.enter({ behind: behind >= 0 && behind < 60 ? behind : null });
  }

  private refetchTags(): Promise<void> {
    return this.client.invalidateQueries({ queryKey: tagsKey(this.experiment) });
  }

  private readonly refetchValues = calmly(() => {
    for (const id of this.logged)
      void this.client.invalidateQueries({ queryKey: [...valuesKey, kindOf(id), tagOf(id)] });
    this.logged.clear();
  }, REFETCH_PAUSE);

  /** Asks for the tags again where the stream has one that the list has not, and says which are not shown. */
  private learn(tags: string[]): void {
    if (tags.length > 0) void this.find(tags, TAG_LOOKS);
    for (const tag of tags) if (!isKind(tag)) this.tags.add(tag);
    const hidden = [...this.tags].filter((tag) => !this.sink().shows(tag));
    const key = hidden.join("\n");
    if (key === this.hidden) return;
    this.hidden = key;
    this.post({ type: "hide", tags: hidden });
  }

  /** The stream has points a moment before the list of tags has their tag. */
  private async find(tags: string[], looks: number): Promise<void> {
    const known = this.client.getQueryData<TagItem[]>(tagsKey(this.experiment));
    if (known === undefined || this.stopped) return;
    const ids = new Set(known.map((item) => kindId(item.kind, tagKey(item))));
    const missing = tags.filter((id) => !ids.has(id));
    if (missing.length === 0 || looks === 0) return;
    await this.refetchTags();
    this.looking = setTimeout(() => void this.find(missing, looks - 1), TAG_PAUSE);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.looking);
    this.refetch.stop();
    this.refetchValues.stop();
    this.worker.terminate();
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
    const enter = (change: Partial<LiveState>) =>
      setLive((old) => {
        if (change.state !== undefined)
          return old.state === change.state ? old : { ...old, ...change, since: Date.now() };
        const { behind } = change;
        const same = old.behind != null && behind != null && Math.abs(old.behind - behind) < 0.05;
        return same ? old : { ...old, ...change };
      });
    const stream = new LiveStream(client, experiment, engine, () => sink.current, enter);
    return () => stream.stop();
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
