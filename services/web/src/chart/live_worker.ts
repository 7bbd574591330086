// Owns the event stream of an experiment: fifty thousand points a second are parsed here, not on the page's thread.

import { parseJson } from "../api/json64";
import { tagKey } from "../api/tags";
import type { Run, TagItem } from "../api/types";
import { kindId } from "../state/panel_ids";
import { columnsOf, joined, type PointsEvent } from "./live_points";
import type { FromLive, ToLive } from "./live_protocol";
import type { LiveColumns } from "./protocol";

const CHARTS_PACE = 50; // ms between two messages to the chart worker
const PAGE_PACE = 500; // ms between two to the page

const post = (message: FromLive) => self.postMessage(message);

/** Gathers events; what is taken out is one item a series. */
class Gathered {
  private parts = new Map<string, LiveColumns[]>();

  add(columns: LiveColumns): void {
    const key = `${columns.run}\n${columns.tag}`;
    const list = this.parts.get(key);
    if (list === undefined) this.parts.set(key, [columns]);
    else list.push(columns);
  }

  take(): LiveColumns[] {
    const all = [...this.parts.values()].map(joined);
    this.parts = new Map();
    return all;
  }
}

let charts: MessagePort | null = null;
let source: EventSource | null = null;
let failures = 0;
let behind: number | null = null;
let hidden = new Set<string>();
let runs = new Map<string, Run>();
let newTags: string[] = [];
let logged = new Set<string>();
const seen = new Set<string>();
const forCharts = new Gathered();
const forPage = new Gathered();
let chartsWait = false;
let pageWaits = false;

function tellCharts(): void {
  chartsWait = false;
  const columns = forCharts.take();
  const buffers = columns.flatMap((c) => [c.step.buffer, c.wall.buffer, c.value.buffer]);
  charts?.postMessage({ type: "append", columns }, buffers);
}

function tellPage(): void {
  pageWaits = false;
  post({ type: "batch", runs: [...runs.values()], points: forPage.take(), tags: newTags, logged: [...logged], behind });
  runs = new Map();
  newTags = [];
  logged = new Set();
  behind = null;
}

function later(): void {
  if (pageWaits) return;
  pageWaits = true;
  setTimeout(tellPage, PAGE_PACE);
}

function see(id: string): void {
  if (seen.has(id)) return;
  seen.add(id);
  newTags.push(id);
}

function takeLogged(item: TagItem): void {
  const id = kindId(item.kind, tagKey(item));
  see(id);
  logged.add(id);
  later();
}

function takePoints(event: PointsEvent): void {
  const columns = columnsOf(event);
  if (columns.wall.length > 0) behind = Date.now() / 1000 - columns.wall[columns.wall.length - 1];
  see(columns.tag);
  if (!hidden.has(columns.tag))
    forPage.add({ ...columns, step: columns.step.slice(), wall: columns.wall.slice(), value: columns.value.slice() });
  forCharts.add(columns);
  later();
  if (chartsWait) return;
  chartsWait = true;
  setTimeout(tellCharts, CHARTS_PACE);
}

function listen(name: string, handle: (data: unknown) => void): void {
  source?.addEventListener(name, (event) => {
    try {
      handle(parseJson((event as MessageEvent<string>).data));
    } catch {
      post({ type: "broken" });
    }
  });
}

const runOf = (data: unknown) => (data as { run?: string }).run ?? null;

function connect(experiment: string): void {
  source = new EventSource(`/api/v1/live?experiment=${encodeURIComponent(experiment)}`);
  source.onopen = () => {
    failures = 0;
    post({ type: "state", state: "live" });
  };
  source.onerror = () => {
    post({ type: "state", state: "lost" });
    if (source?.readyState !== EventSource.CLOSED) return;
    // The server refused; the browser would not try again.
    setTimeout(() => connect(experiment), Math.min(15_000, 1000 * 2 ** failures++));
  };
  listen("points", (data) => takePoints(data as PointsEvent));
  listen("logged", (data) => takeLogged(data as TagItem));
  listen("hello", (data) => post({ type: "hello", resumed: (data as { resumed?: boolean }).resumed === true }));
  listen("run", (data) => {
    const run = data as Run;
    runs.set(run.id, run);
    later();
  });
  listen("rewind", (data) => post({ type: "rewind", run: runOf(data) }));
  listen("skip", (data) => post({ type: "skip", run: runOf(data) }));
}

self.onmessage = ({ data }: MessageEvent<ToLive>) => {
  if (data.type === "hide") hidden = new Set(data.tags);
  else {
    charts = data.port;
    connect(data.experiment);
  }
};
