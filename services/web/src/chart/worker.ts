// The chart worker: takes the scene and the panels from the page, fetches through the store, and posts pictures. Draws in
// slices of a few milliseconds so that a hover never waits for a whole screen of panels.

import { type Hoverable, hoverAt, tableOf } from "./hover";
import { type DrawnLine, drawPicture, type Picture, type Ranges } from "./picture";
import type { FromWorker, PanelSpec, Scene, ToWorker } from "./protocol";
import { fetchSeries, SeriesStore } from "./store";

const SLICE = 8; // ms of drawing before messages get a turn

interface PanelState {
  spec: PanelSpec;
  ranges: Ranges | null;
  picture: Picture | null;
  lines: DrawnLine[];
  drawnAt: number;
  /** 0 clean, 1 by live points, 2 by the person or by an answer. */
  dirty: 0 | 1 | 2;
  newestAtZoom: bigint;
}

const post = (message: FromWorker, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

let scene: Scene | null = null;
let pace = 100;
let planned = false;
let hoverAsk: Extract<ToWorker, { type: "hover" }> | null = null;
const panels = new Map<string, PanelState>();
/** Panels that are drawn when the plan is made and it is known whether something is on its way to them. */
const waiting = new Set<string>();

const store = new SeriesStore(
  {
    changed(ids, live) {
      for (const id of ids) touch(id, live ? 1 : 2);
      // What live points make stale is planned once a second (below), not with every event.
      if (!live) plan();
    },
    failed(ids, problem) {
      for (const id of ids) if (panels.has(id)) post({ type: "failed", id, problem });
    },
  },
  fetchSeries,
);

function touch(id: string, how: 1 | 2): void {
  const panel = panels.get(id);
  if (panel === undefined) return;
  if (panel.dirty < how) panel.dirty = how;
  schedule();
}

/** Collects the changes of one frame into one plan of requests. */
function plan(): void {
  if (planned) return;
  planned = true;
  setTimeout(() => {
    planned = false;
    if (scene === null) return;
    const wishes = [...panels.values()]
      .sort((a, b) => a.spec.order - b.spec.order)
      .map(({ spec }) => ({ panel: spec.id, tag: spec.tag, columns: Math.max(64, Math.ceil(spec.width / 32) * 32) }));
    store.want(wishes, scene.runs, scene.x, scene.range);
    for (const id of waiting) touch(id, 2);
    waiting.clear();
    schedule();
  }, 4);
}

let drawTimer: ReturnType<typeof setTimeout> | undefined;
let drawAt = Number.POSITIVE_INFINITY;

function schedule(): void {
  let next = Number.POSITIVE_INFINITY;
  for (const panel of panels.values()) {
    if (panel.dirty === 2) next = 0;
    else if (panel.dirty === 1 && pace > 0) next = Math.min(next, panel.drawnAt + pace);
  }
  if (next === Number.POSITIVE_INFINITY || next >= drawAt) return;
  clearTimeout(drawTimer);
  drawAt = next;
  drawTimer = setTimeout(drawDue, Math.max(0, next - performance.now()));
}

function drawDue(): void {
  drawAt = Number.POSITIVE_INFINITY;
  const started = performance.now();
  const due = [...panels.values()]
    .filter((p) => p.dirty === 2 || (p.dirty === 1 && pace > 0 && p.drawnAt + pace <= started))
    .sort((a, b) => a.spec.order - b.spec.order);
  for (const panel of due) {
    draw(panel);
    if (performance.now() - started > SLICE) break;
  }
  schedule();
}

function linesOf(spec: PanelSpec, s: Scene): DrawnLine[] {
  const out: DrawnLine[] = [];
  for (const run of s.runs) {
    const held = store.get(run.id, spec.tag, s.x);
    const line = store.lineFor(held, s.range);
    if (line === null) continue;
    out.push({ run, line, shift: s.x === "rel" ? (held.full.line?.origin ?? line.origin) : 0 });
  }
  return out;
}

function newestOf(panel: PanelState, s: Scene): bigint {
  let newest = 0n;
  for (const run of s.runs) {
    const held = store.get(run.id, panel.spec.tag, s.x);
    if (held.newest > newest) newest = held.newest;
  }
  return newest;
}

function draw(panel: PanelState): void {
  panel.dirty = 0;
  panel.drawnAt = performance.now();
  if (scene === null || panel.spec.width <= 0 || panel.spec.height <= 0) return;
  const lines = linesOf(panel.spec, scene);
  const loading = store.isLoading(panel.spec.id);
  // Old data stays until new data is there: another axis or other runs do not blank the panel. A first picture without data
  // would only hold up the one with data.
  const nothing = lines.every(({ line }) => line.n === 0);
  if (nothing && (loading || planned) && panel.picture?.frame.series !== 0) {
    if (planned) waiting.add(panel.spec.id);
    return;
  }
  const { range } = scene;
  const newest = newestOf(panel, scene);
  const newSteps = range?.axis === "step" && newest > panel.newestAtZoom && newest > range.to ? newest - range.to : 0n;
  const picture = drawPicture({
    panel: panel.spec,
    scene,
    base: store.base,
    lines,
    loading,
    newSteps,
    held: panel.ranges,
  });
  // Ranges are held from the first picture with data on; an empty panel fits what comes.
  panel.ranges = lines.some(({ line }) => line.n > 0) && !loading ? picture.ranges : null;
  panel.picture = picture;
  panel.lines = lines.filter(({ line }) => line.n > 0);
  const { raster, frame } = picture;
  const image = new ImageData(raster.pixels, raster.width, raster.height);
  void createImageBitmap(image).then((bitmap) => post({ type: "drawn", id: panel.spec.id, bitmap, frame }, [bitmap]));
}

function hoverable(panel: PanelState): Hoverable | null {
  if (panel.picture === null || scene === null) return null;
  const { scaleX, scaleY } = panel.picture;
  return { id: panel.spec.id, dpr: panel.spec.dpr, lines: panel.lines, scaleX, scaleY, smoothing: scene.smoothing };
}

function answerHover(): void {
  const ask = hoverAsk;
  hoverAsk = null;
  if (ask === null) return;
  const answers = [];
  for (const panel of panels.values()) {
    const h = hoverable(panel);
    if (h === null) continue;
    if (ask.x === null) answers.push({ id: h.id, hair: null, rows: [], total: 0 });
    else answers.push(hoverAt(h, ask.x, h.id === ask.owner ? ask.y : null));
  }
  post({ type: "hover", owner: ask.owner, panels: answers });
}

function sameData(a: Scene, b: Scene): boolean {
  const sameRuns = a.runs.length === b.runs.length && a.runs.every((run, i) => run.id === b.runs[i].id);
  const sameAxis = a.x === b.x && JSON.stringify(a.range, bigintText) === JSON.stringify(b.range, bigintText);
  return sameRuns && sameAxis && a.y === b.y && a.outliers === b.outliers;
}
const bigintText = (_key: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

function setScene(next: Scene): void {
  const fit = scene === null || !sameData(scene, next);
  const zoomed = scene === null || JSON.stringify(scene.range, bigintText) !== JSON.stringify(next.range, bigintText);
  scene = next;
  for (const [id, panel] of panels) {
    // What the person changed is fitted anew; a change of look (theme, focus, smoothing) is not.
    if (fit) panel.ranges = null;
    if (zoomed) panel.newestAtZoom = newestOf(panel, next);
    touch(id, 2);
  }
  plan();
}

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  switch (message.type) {
    case "scene":
      setScene(message.scene);
      break;
    case "panel": {
      const spec = message.panel;
      const known = panels.get(spec.id);
      if (known === undefined) {
        panels.set(spec.id, { spec, ranges: null, picture: null, lines: [], drawnAt: 0, dirty: 2, newestAtZoom: 0n });
      } else {
        if (known.spec.y !== spec.y) known.ranges = null;
        known.spec = spec;
      }
      touch(spec.id, 2);
      schedule();
      plan();
      break;
    }
    case "drop":
      panels.delete(message.id);
      plan();
      break;
    case "append":
      store.append(message.columns);
      break;
    case "stale":
      store.markStale(message.run);
      plan();
      break;
    case "pace":
      pace = message.milliseconds;
      schedule();
      break;
    case "hover":
      // Only the newest counts; several may wait while a slice draws.
      if (hoverAsk === null) setTimeout(answerHover, 0);
      hoverAsk = message;
      break;
    case "table": {
      const panel = panels.get(message.id);
      const h = panel === undefined ? null : hoverable(panel);
      if (h !== null) post({ type: "table", id: message.id, ...tableOf(h) });
      break;
    }
    case "reset":
      panels.clear();
      scene = null;
      store.reset();
      break;
  }
};

// A series made stale by live points is asked for again after a pause; nothing else would wake the plan.
setInterval(() => {
  if (scene !== null && pace > 0 && panels.size > 0) plan();
}, 1000);
