// The chart worker: takes the scene and the panels from the page, fetches through the store, and posts pictures. Draws in
// slices of a few milliseconds so that a hover never waits for a whole screen of panels, nor for a picture of thousands of lines.

import { answer, bitmapOf, placeOf } from "./answers";
import type { Ranges } from "./extent";
import { GroupLines } from "./groups";
import type { Held } from "./held";
import { type Hoverable, hoverAt } from "./hover";
import { linesOf, rewoundOf } from "./lines";
import { livePause } from "./live_pace";
import { lookOf, type Picture, pictureOf } from "./picture";
import type { FromWorker, PanelSpec, Scene, ToWorker } from "./protocol";
import { fetchSeries } from "./request";
import { sameData, sameRange } from "./same";
import { SeriesStore } from "./store";
import { type DrawnLine, smootherOf } from "./values";

const SLICE = 8; // ms of drawing before messages get a turn
const SETTLED = 250; // ms that a smoothing has to rest before the server is asked for the exact line

interface PanelState {
  spec: PanelSpec;
  ranges: Ranges | null;
  picture: Picture | null;
  groups: GroupLines;
  drawnAt: number;
  /** ms that its last picture took. */
  took: number;
  /** 0 clean, 1 by live points, 2 by the person or by an answer. */
  dirty: 0 | 1 | 2;
  newestAtZoom: bigint;
}

/** A picture that is being made, over several turns. */
interface Drawing {
  panel: PanelState;
  work: Generator<void, Picture>;
  lines: DrawnLine[];
  /** Whether its ranges are held from then on, and whether there were none before. */
  settles: boolean;
  unsettled: boolean;
  /** false: what the person has changed since is to be fitted anew. */
  fits: boolean;
  /** ms so far. */
  spent: number;
}

/** What a panel of a fresh view wants. */
const AHEAD = { axis: "step", xTag: null, range: null, smoother: null, rewound: false } as const;

const post = (message: FromWorker, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

let scene: Scene | null = null;
let pace = 100;
let planned = false;
let drawing: Drawing | null = null;
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
    const s = scene;
    const wishes = [...panels.values()]
      .sort((a, b) => a.spec.order - b.spec.order)
      .flatMap(({ spec, ranges }) => {
        const { x, xTag, smoothing } = lookOf(s, spec);
        const columns = Math.max(64, Math.ceil(spec.width / 32) * 32);
        const range = s.range?.axis === x ? s.range : null;
        const smoother = settled && ranges !== null ? smootherOf({ smoothing }, ranges.smoothing) : null;
        const rewound = s.rewound === true;
        return spec.tags.map((tag) => ({ panel: spec.id, tag, columns, axis: x, xTag, range, smoother, rewound }));
      });
    store.want(wishes, s.runs, s.baseline);
    for (const id of waiting) touch(id, 2);
    waiting.clear();
    schedule();
  }, 4);
}

let drawTimer: ReturnType<typeof setTimeout> | undefined;
let drawAt = Number.POSITIVE_INFINITY;

/** ms from one picture of live points to the panel's next. */
function pause(): number {
  let round = 0;
  for (const { took } of panels.values()) round += took;
  return livePause(pace, round);
}

function schedule(): void {
  let next = drawing === null ? Number.POSITIVE_INFINITY : 0;
  const rest = pause();
  for (const panel of panels.values()) {
    if (panel.dirty === 2) next = 0;
    else if (panel.dirty === 1 && pace > 0) next = Math.min(next, panel.drawnAt + rest);
  }
  if (next === Number.POSITIVE_INFINITY || next >= drawAt) return;
  clearTimeout(drawTimer);
  drawAt = next;
  // A timer would wait 4 ms after each slice; a message is handled at once, after those that came before it.
  if (next === 0) turns.port2.postMessage(null);
  else drawTimer = setTimeout(drawDue, Math.max(0, next - performance.now()));
}

const turns = new MessageChannel();
turns.port1.onmessage = () => drawDue();

function drawDue(): void {
  drawAt = Number.POSITIVE_INFINITY;
  if (drawing !== null && panels.get(drawing.panel.spec.id) !== drawing.panel) drawing = null;
  const started = performance.now();
  while (performance.now() - started < SLICE) {
    if (drawing === null) {
      const panel = nextDue(started);
      if (panel === null) break;
      drawing = begin(panel);
    } else goOn(drawing, started + SLICE);
  }
  schedule();
}

/** The first panel that is to be drawn now. */
function nextDue(now: number): PanelState | null {
  const rest = pause();
  let first: PanelState | null = null;
  for (const panel of panels.values()) {
    const due = panel.dirty === 2 || (panel.dirty === 1 && pace > 0 && panel.drawnAt + rest <= now);
    if (due && (first === null || panel.spec.order < first.spec.order)) first = panel;
  }
  return first;
}

function* heldOf(panel: PanelState, s: Scene): Generator<Held> {
  const look = lookOf(s, panel.spec);
  for (const run of s.runs) for (const tag of panel.spec.tags) yield store.get(run.id, tag, look.x, look.xTag);
}

function newestOf(panel: PanelState, s: Scene): bigint {
  let newest = 0n;
  for (const held of heldOf(panel, s)) if (held.newest > newest) newest = held.newest;
  return newest;
}

/** Whether one is still to be asked for, or on its way as another panel's: its axes are not to be held without it. */
function lacksSeries(panel: PanelState, s: Scene): boolean {
  for (const { full } of heldOf(panel, s)) if (full.line === null && !full.absent) return true;
  return false;
}

function begin(panel: PanelState): Drawing | null {
  const begun = performance.now();
  panel.dirty = 0;
  if (scene === null || panel.spec.width <= 0 || panel.spec.height <= 0) return null;
  const lines = linesOf(store, panel.spec, scene);
  const loading = store.isLoading(panel.spec.id);
  // Old data stays until new data is there: another axis or other runs do not blank the panel. A first picture without data
  // would only hold up the one with data.
  const nothing = lines.every(({ line }) => line.n === 0);
  if (nothing && (loading || planned) && panel.picture?.frame.series !== 0) {
    if (planned) waiting.add(panel.spec.id);
    return null;
  }
  const { range } = scene;
  const newest = range?.axis === "step" ? newestOf(panel, scene) : 0n;
  const newSteps = range?.axis === "step" && newest > panel.newestAtZoom && newest > range.to ? newest - range.to : 0n;
  const work = pictureOf({
    panel: panel.spec,
    scene,
    base: store.base,
    lines,
    ...rewoundOf(store, panel.spec, scene),
    loading,
    newSteps,
    held: panel.ranges,
    groups: panel.groups,
  });
  const unsettled = panel.ranges === null;
  const partial = unsettled && lacksSeries(panel, scene);
  if (partial && planned) waiting.add(panel.spec.id);
  const settles = !nothing && !loading && !partial;
  return {
    panel,
    work,
    lines,
    settles,
    unsettled,
    fits: true,
    spent: performance.now() - begun,
  };
}

function goOn(of: Drawing, deadline: number): void {
  const begun = performance.now();
  let step = of.work.next();
  while (!step.done && performance.now() < deadline) step = of.work.next();
  of.spent += performance.now() - begun;
  if (!step.done) return;
  drawing = null;
  finish(of, step.value);
}

function finish({ panel, lines, settles, unsettled, fits, spent }: Drawing, picture: Picture): void {
  panel.drawnAt = performance.now();
  panel.took = spent;
  // Ranges are held from the first picture with data on; an empty panel fits what comes.
  if (fits) panel.ranges = settles ? picture.ranges : null;
  panel.picture = picture;
  if (scene !== null) picture.frame.pins = pinsOf(panel, scene);
  // Its range is known from now on, and with it what the server has to smooth with.
  if (unsettled && panel.ranges !== null && lines.some(({ line }) => line.bucketed)) plan();
  send(panel.spec.id, picture);
}

/** For what the person changed; a picture that is being made shows what was before. */
function fitAnew(panel: PanelState): void {
  panel.ranges = null;
  if (drawing?.panel === panel) drawing.fits = false;
}

function send(id: string, { raster, frame }: Picture): void {
  void bitmapOf(raster).then((bitmap) => post({ type: "drawn", id, bitmap, frame }, [bitmap]));
}

const hoverable = (panel: PanelState): Hoverable | null =>
  panel.picture === null ? null : { id: panel.spec.id, layers: panel.picture.layers };

function pinsOf(panel: PanelState, s: Scene) {
  const h = hoverable(panel);
  if (h === null) return [];
  return (s.pins ?? []).map((pin) => hoverAt(h, placeOf(store, pin), null));
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
    else answers.push(hoverAt(h, ask.x, h.id === ask.owner ? ask.y : null, ask.order));
  }
  post({ type: "hover", owner: ask.owner, panels: answers });
}

function setScene(next: Scene): void {
  const fit = scene === null || !sameData(scene, next);
  if (scene !== null && JSON.stringify(scene.smoothing) !== JSON.stringify(next.smoothing)) settle();
  const zoomed = scene === null || !sameRange(scene, next);
  scene = next;
  for (const [id, panel] of panels) {
    // A change of look (theme, focus, smoothing) is not fitted anew.
    if (fit) fitAnew(panel);
    if (zoomed) panel.newestAtZoom = newestOf(panel, next);
    touch(id, 2);
  }
  plan();
}

let settled = true;
let settleTimer: ReturnType<typeof setTimeout> | undefined;

/** While the person moves the slider, columns are smoothed here; when it rests the server does it over all points. */
function settle(): void {
  settled = false;
  clearTimeout(settleTimer);
  settleTimer = setTimeout(() => {
    settled = true;
    plan();
  }, SETTLED);
}

const receive = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  switch (message.type) {
    case "ahead":
      store.want(
        message.tags.map((tag) => ({ ...AHEAD, panel: tag, tag, columns: message.columns })),
        message.runs,
      );
      break;
    case "scene":
      setScene(message.scene);
      break;
    case "panel": {
      const spec = message.panel;
      const known = panels.get(spec.id);
      if (known === undefined) {
        const groups = new GroupLines();
        panels.set(spec.id, {
          spec,
          ranges: null,
          picture: null,
          groups,
          drawnAt: 0,
          took: 0,
          dirty: 2,
          newestAtZoom: 0n,
        });
      } else {
        if (JSON.stringify([known.spec.tags, known.spec.overrides]) !== JSON.stringify([spec.tags, spec.overrides]))
          fitAnew(known);
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
    case "port":
      message.port.onmessage = receive;
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
    case "ask": {
      const { id, ticket, question } = message;
      const panel = panels.get(id);
      const { picture = null, spec } = panel ?? {};
      const found =
        picture === null || spec === undefined || scene === null
          ? Promise.resolve(null)
          : answer(question, { picture, spec, scene, store });
      void found.then((told) =>
        post({ type: "answer", ticket, answer: told }, told?.what === "picture" ? [told.bitmap] : []),
      );
      break;
    }
    case "reset":
      panels.clear();
      scene = null;
      store.reset();
      break;
  }
};

self.onmessage = receive;

// A series made stale by live points is asked for again after a pause; nothing else would wake the plan.
setInterval(() => {
  if (scene !== null && pace > 0 && panels.size > 0) plan();
}, 1000);
