// What the chart worker keeps: for each series that panels want, the line over all its points and, while zoomed, a sharper
// one of the range. Plans requests so that panels that appear in one frame become one request, at most four are in flight,
// and what has scrolled away is aborted.

import type { SeriesItem } from "../api/series";
import { decodeSeries, encodeAsk, SERIES_TYPE, type SeriesAsk } from "../api/series";
import type { Problem } from "../api/types";
import { type AxisKind, Line } from "./line";
import type { LiveColumns, XAxis, XRange } from "./protocol";

const MAX_IN_FLIGHT = 4;
const MAX_SERIES = 10_000;
// Of one request: series × columns.
const MAX_UNITS = 2_000_000;
const MAX_BODY = 4 << 20; // half of what the server takes
const CACHE_BYTES = 128 << 20;
const REFETCH_PAUSE = 1_000; // ms between two fetches of one series that live points made stale
/** Fetched beyond either edge of a zoom, as a part of its width, so that lines run on to the edges and panning has reserve. */
const MARGIN = 0.125;

const MAX_STEP = (1n << 63n) - 1n;
const MIN_STEP = -MAX_STEP - 1n;

type Range = readonly [bigint, bigint] | readonly [number, number];

interface Slot {
  line: Line | null;
  range: Range | null;
  columns: number;
  stale: boolean;
  /** When it was found stale; an answer to an earlier question does not heal it. */
  staleAt: number;
  /** The server knows no such series (yet). */
  absent: boolean;
  fetchedAt: number;
}

export interface Held {
  run: string;
  tag: string;
  kind: AxisKind;
  full: Slot;
  zoom: Slot;
  /** Live points that came while an answer was on its way. */
  waiting: LiveColumns[];
  newest: bigint;
  usedAt: number;
}

interface Want {
  held: Held;
  slot: "full" | "zoom";
  range: Range | null;
  columns: number;
  panel: string;
}

interface Flight {
  startedAt: number;
  controller: AbortController;
  wants: Want[];
}

export interface Wish {
  panel: string;
  tag: string;
  columns: number;
}

const newSlot = (): Slot => ({
  line: null,
  range: null,
  columns: 0,
  stale: false,
  staleAt: 0,
  absent: false,
  fetchedAt: 0,
});
const sameRange = (a: Range | null, b: Range | null) =>
  a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1]);

export interface StoreEvents {
  /** Panels whose picture changed; `live`: by a live point, so it may wait. */
  changed(panels: Iterable<string>, live: boolean): void;
  failed(panels: Iterable<string>, problem: Problem | null): void;
}

export class SeriesStore {
  base = 0n;
  private baseKnown = false;
  private readonly series = new Map<string, Held>();
  private readonly flights = new Set<Flight>();
  private wants: Want[] = [];
  private retryAt = 0;
  private retries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private panelsOf = new Map<string, Set<string>>(); // tag → panels

  constructor(
    private readonly events: StoreEvents,
    private readonly request: (body: string, signal: AbortSignal) => Promise<Response>,
    private readonly now: () => number = () => Date.now(),
  ) {}

  reset(): void {
    for (const flight of this.flights) flight.controller.abort();
    this.flights.clear();
    this.series.clear();
    this.wants = [];
    this.baseKnown = false;
    this.base = 0n;
    this.retryAt = 0;
    this.retries = 0;
  }

  get(run: string, tag: string, axis: XAxis): Held {
    const kind: AxisKind = axis === "step" ? "step" : "wall";
    const key = `${kind}\n${run}\n${tag}`;
    let held = this.series.get(key);
    if (held === undefined) {
      held = { run, tag, kind, full: newSlot(), zoom: newSlot(), waiting: [], newest: 0n, usedAt: 0 };
      this.series.set(key, held);
    }
    held.usedAt = this.now();
    return held;
  }

  /** The best line for a range: the sharp one if it is there, else the whole. */
  lineFor(held: Held, range: XRange | null): Line | null {
    const { full, zoom } = held;
    if (range === null || (full.line !== null && !full.line.bucketed)) return full.line;
    // An empty range is drawn from the whole: a line may cross it without a point in it.
    const sharp = zoom.line !== null && zoom.line.n > 0 && sameRange(zoom.range, this.padded(held, range));
    return sharp ? zoom.line : full.line;
  }

  private padded(held: Held, range: XRange): Range {
    if (range.axis === "step") {
      const margin = (range.to - range.from) / 8n + 1n;
      const from = range.from - margin;
      const to = range.to + margin;
      return [from < MIN_STEP ? MIN_STEP : from, to > MAX_STEP ? MAX_STEP : to];
    }
    const margin = (range.to - range.from) * MARGIN;
    const shift = range.axis === "rel" ? (held.full.line?.origin ?? 0) : 0;
    return [range.from - margin + shift, range.to + margin + shift];
  }

  /** Says what the panels in view want now; everything else in flight is aborted. Nearest first. */
  want(wishes: Wish[], runs: { id: string }[], axis: XAxis, range: XRange | null): void {
    this.panelsOf = new Map();
    const wants: Want[] = [];
    for (const wish of wishes) {
      const panels = this.panelsOf.get(wish.tag) ?? new Set();
      this.panelsOf.set(wish.tag, panels.add(wish.panel));
      for (const run of runs) {
        const want = this.wantOf(this.get(run.id, wish.tag, axis), wish, range);
        if (want !== null) wants.push(want);
      }
    }
    this.wants = wants;
    const key = (w: Want) => `${w.held.kind}\n${w.held.run}\n${w.held.tag}\n${w.slot}\n${w.range?.join()}`;
    const wanted = new Set(wants.map(key));
    for (const flight of this.flights) {
      if (!flight.wants.some((w) => wanted.has(key(w)))) {
        flight.controller.abort();
        this.flights.delete(flight);
      }
    }
    const flying = new Set([...this.flights].flatMap((flight) => flight.wants.map(key)));
    this.wants = wants.filter((w) => !flying.has(key(w)));
    this.send();
  }

  private wantOf(held: Held, wish: Wish, range: XRange | null): Want | null {
    const needs = (slot: Slot) => {
      if (slot.stale) return this.now() - slot.fetchedAt >= REFETCH_PAUSE;
      if (slot.line === null) return !slot.absent;
      return slot.line.bucketed && wish.columns > slot.columns * 1.5;
    };
    const whole: Want = { held, slot: "full", range: null, columns: wish.columns, panel: wish.panel };
    // The whole comes first, also when a link opens zoomed: the relative axis needs its first point, a short series needs no
    // second request, and smoothing needs what lies before the range.
    const wholeFirst = range === null || (held.full.line === null && !held.full.absent);
    if (wholeFirst) return needs(held.full) ? whole : null;
    if (held.full.line === null) return null;
    if (!held.full.line.bucketed) return needs(held.full) ? whole : null;
    const padded = this.padded(held, range);
    if (sameRange(held.zoom.range, padded) && !needs(held.zoom)) return null;
    return {
      held,
      slot: "zoom",
      range: padded,
      columns: Math.ceil(wish.columns * (1 + 2 * MARGIN)),
      panel: wish.panel,
    };
  }

  get loading(): boolean {
    return this.flights.size > 0 || this.wants.length > 0;
  }

  isLoading(panel: string): boolean {
    for (const flight of this.flights) if (flight.wants.some((w) => w.panel === panel)) return true;
    return this.wants.some((w) => w.panel === panel);
  }

  private send(): void {
    const wait = this.retryAt - this.now();
    if (wait > 0) {
      this.later(wait);
      return;
    }
    while (this.flights.size < MAX_IN_FLIGHT && this.wants.length > 0) {
      const head = this.wants[0];
      const batch: Want[] = [];
      const rest: Want[] = [];
      let bytes = 0;
      for (const w of this.wants) {
        const fits =
          batch.length < Math.min(MAX_SERIES, Math.floor(MAX_UNITS / head.columns)) &&
          (bytes < MAX_BODY || batch.length === 0);
        if (fits && w.held.kind === head.held.kind && w.columns === head.columns && sameRange(w.range, head.range)) {
          batch.push(w);
          bytes += w.held.tag.length * 3 + 64;
        } else rest.push(w);
      }
      this.wants = rest;
      void this.fly(batch);
    }
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), milliseconds);
  }

  private async fly(wants: Want[]): Promise<void> {
    const flight: Flight = { controller: new AbortController(), wants, startedAt: this.now() };
    this.flights.add(flight);
    const { held, range, columns } = wants[0];
    const ask: SeriesAsk = {
      series: wants.map((w) => ({ run: w.held.run, tag: w.held.tag })),
      x: held.kind,
      range,
      columns,
    };
    const panels = new Set(wants.flatMap((w) => [...(this.panelsOf.get(w.held.tag) ?? [w.panel])]));
    try {
      const response = await this.request(encodeAsk(ask), flight.controller.signal);
      if (!response.ok) throw await problemOf(response);
      const items = decodeSeries(await response.arrayBuffer());
      if (items.length !== wants.length) throw new RangeError(`asked for ${wants.length} series, got ${items.length}`);
      this.flights.delete(flight);
      items.forEach((item, i) => {
        this.take(wants[i], item, flight.startedAt);
      });
      this.retries = 0;
      this.evict();
      this.events.failed(panels, null);
      this.events.changed(panels, false);
      this.send();
    } catch (error) {
      this.flights.delete(flight);
      if (flight.controller.signal.aborted) return;
      this.retries++;
      this.retryAt = this.now() + Math.min(30_000, 1_000 * 2 ** this.retries);
      this.wants.push(...wants);
      this.events.failed(panels, asProblem(error));
      this.send();
    }
  }

  private take(want: Want, item: SeriesItem, askedAt: number): void {
    const { held } = want;
    const slot = held[want.slot];
    slot.stale = slot.stale && slot.staleAt > askedAt;
    slot.fetchedAt = this.now();
    slot.range = want.range;
    slot.columns = want.columns;
    slot.absent = item.kind === "error" || item.rows === 0;
    if (item.kind === "error") slot.line = null;
    else {
      this.learnBase(item);
      slot.line = new Line(item, held.kind, this.base, want.columns, want.slot === "zoom");
    }
    const waiting = held.waiting;
    held.waiting = [];
    for (const columns of waiting) this.appendTo(held, columns, true);
  }

  /** Steps beyond 2^52 are drawn as offsets from the first one seen. */
  private learnBase(item: Exclude<SeriesItem, { kind: "error" }>): void {
    if (this.baseKnown || item.rows === 0) return;
    const first = item.kind === "exact" ? item.points.step[0] : item.first.step[0];
    this.base = first > 1n << 52n || first < -(1n << 52n) ? first : 0n;
    this.baseKnown = true;
  }

  append(columns: LiveColumns[]): void {
    const changed = new Set<string>();
    for (const c of columns) {
      for (const kind of ["step", "wall"]) {
        const held = this.series.get(`${kind}\n${c.run}\n${c.tag}`);
        if (held === undefined) continue;
        if (this.isFlying(held)) held.waiting.push(c);
        this.appendTo(held, c, false);
        for (const panel of this.panelsOf.get(c.tag) ?? []) changed.add(panel);
      }
    }
    if (changed.size > 0) this.events.changed(changed, true);
  }

  private isFlying(held: Held): boolean {
    for (const flight of this.flights) if (flight.wants.some((w) => w.held === held)) return true;
    return false;
  }

  private appendTo(held: Held, columns: LiveColumns, again: boolean): void {
    const { step, wall, value } = columns;
    for (let i = 0; i < step.length; i++) {
      if (step[i] > held.newest) held.newest = step[i];
      this.appendPoint(held.full, step[i], wall[i], value[i], again);
      const { zoom } = held;
      if (zoom.line === null || zoom.range === null) continue;
      const inside = held.kind === "step" ? step[i] <= zoom.range[1] : wall[i] <= zoom.range[1];
      if (inside) this.appendPoint(zoom, step[i], wall[i], value[i], again);
    }
    if (held.full.absent && step.length > 0) {
      held.full.absent = false;
      held.full.stale = true;
    }
    if (held.full.line?.overgrown) held.full.stale = true;
  }

  private appendPoint(slot: Slot, step: bigint, wall: number, value: number, again: boolean): void {
    if (slot.line === null) return;
    if (slot.line.append(step, wall, value) === "behind" && !again) {
      slot.stale = true;
      slot.staleAt = this.now();
    }
  }

  markStale(run: string | null): void {
    const changed = new Set<string>();
    for (const held of this.series.values()) {
      if (run !== null && held.run !== run) continue;
      for (const slot of [held.full, held.zoom]) {
        slot.stale = true;
        slot.staleAt = this.now();
        slot.absent = false;
        slot.fetchedAt = 0;
      }
      for (const panel of this.panelsOf.get(held.tag) ?? []) changed.add(panel);
    }
    this.events.changed(changed, false);
  }

  /** Drops the longest unused series beyond the cache's size; what is on screen was used just now. */
  private evict(): void {
    let bytes = 0;
    for (const held of this.series.values()) bytes += bytesOf(held);
    if (bytes <= CACHE_BYTES) return;
    const byAge = [...this.series.entries()].sort((a, b) => a[1].usedAt - b[1].usedAt);
    for (const [key, held] of byAge) {
      if (bytes <= CACHE_BYTES || this.panelsOf.has(held.tag)) break;
      bytes -= bytesOf(held);
      this.series.delete(key);
    }
  }
}

const bytesOf = (held: Held) => (held.full.line?.bytes ?? 0) + (held.zoom.line?.bytes ?? 0);

async function problemOf(response: Response): Promise<Problem> {
  try {
    const json = JSON.parse(await response.text()) as Partial<Problem>;
    return { title: json.title ?? `HTTP ${response.status}`, detail: json.detail ?? "", status: response.status };
  } catch {
    return { title: `HTTP ${response.status}`, detail: "", status: response.status };
  }
}

function asProblem(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "title" in error) return error as Problem;
  return { title: "", detail: error instanceof RangeError ? error.message : "", status: 0 };
}

export const fetchSeries = (body: string, signal: AbortSignal) =>
  fetch("/api/v1/series:query", {
    method: "POST",
    signal,
    headers: { "content-type": "application/json", accept: SERIES_TYPE },
    body,
  });
