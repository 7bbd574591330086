// What the chart worker keeps: for each series that panels want, the line over all its points and, while zoomed, a sharper
// one of the range. Plans requests so that panels that appear in one frame become one request (the very first panel has its
// own), at most four are in flight, and what has scrolled away is aborted.

import type { SeriesItem } from "../api/series";
import { decodeSeries } from "../api/series";
import { isExpression } from "../api/tags";
import type { Problem } from "../api/types";
import { askOf, takeBatch } from "./batch";
import {
  bytesOf,
  type Held,
  isWhole,
  keyOf,
  kindOf,
  newSlot,
  type Range,
  type RewoundLine,
  type Slot,
  sameRange,
  type Want,
  type Wish,
} from "./held";
import { Line } from "./line";
import type { LiveColumns, XAxis } from "./protocol";
import { asProblem, problemOf } from "./request";
import { smooths } from "./smooth";
import { smootherKey } from "./values";
import { MARGIN, paddedRange } from "./zoom";

const MAX_IN_FLIGHT = 4;
const CACHE_BYTES = 128 << 20;
const REFETCH_PAUSE = 1_000; // ms between two fetches of one series that live points made stale

interface Flight {
  startedAt: number;
  controller: AbortController;
  wants: Want[];
}

export interface StoreEvents {
  /** Panels whose picture changed; `live`: by a live point, so it may wait. */
  changed(panels: Iterable<string>, live: boolean): void;
  failed(panels: Iterable<string>, problem: Problem | null): void;
}

export class SeriesStore {
  base = 0n;
  private baseKnown = false;
  private readonly series = new Map<string, Held>();
  /** By run and tag; live points of a run concern its expressions as well, which are under the tag "". */
  private readonly byTag = new Map<string, Set<Held>>();
  /** The run that base(m) means. */
  private baseline: string | null = null;
  private readonly flights = new Set<Flight>();
  /** The first request of all is for one panel: its picture is there while the others' points are on their way. */
  private begun = false;
  private wants: Want[] = [];
  private retryAt = 0;
  /** Panels whose last request failed. */
  private troubled = new Set<string>();
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
    this.byTag.clear();
    this.wants = [];
    this.begun = false;
    this.baseKnown = false;
    this.base = 0n;
    this.retryAt = 0;
    this.retries = 0;
    this.troubled.clear();
  }

  get(run: string, tag: string, axis: XAxis, xTag: string | null = null): Held {
    const kind = kindOf(axis);
    const by = axis === "metric" ? xTag : null;
    const key = keyOf(kind, run, tag, by);
    let held = this.series.get(key);
    if (held === undefined) {
      held = { run, tag, kind, xTag: by, full: newSlot(), zoom: newSlot(), waiting: [], newest: 0n, usedAt: 0 };
      this.series.set(key, held);
      const index = `${run}\n${isExpression(tag) ? "" : tag}`;
      this.byTag.set(index, (this.byTag.get(index) ?? new Set()).add(held));
    }
    held.usedAt = this.now();
    return held;
  }

  /** Says what the panels in view want now; everything else in flight is aborted. Nearest first. */
  want(wishes: Wish[], runs: { id: string }[], baseline: string | null = null): void {
    if (baseline !== this.baseline) {
      this.baseline = baseline;
      for (const held of this.series.values()) if (isExpression(held.tag)) held.full.stale = held.zoom.stale = true;
    }
    this.panelsOf = new Map();
    const wants: Want[] = [];
    for (const wish of wishes) {
      const panels = this.panelsOf.get(wish.tag) ?? new Set();
      this.panelsOf.set(wish.tag, panels.add(wish.panel));
      for (const run of runs) {
        const want = this.wantOf(this.get(run.id, wish.tag, wish.axis, wish.xTag), wish);
        if (want !== null) wants.push(want);
      }
    }
    this.wants = wants;
    this.forgive(wants);
    const key = (w: Want) =>
      `${keyOf(w.held.kind, w.held.run, w.held.tag, w.held.xTag)}\n${w.slot}\n${w.range?.join()}\n${w.smoother ? smootherKey(w.smoother) : ""}\n${w.rewound}`;
    const wanted = new Set(wants.map(key));
    for (const flight of this.flights) {
      if (!flight.wants.some((w) => wanted.has(key(w)))) {
        flight.controller.abort();
        this.flights.delete(flight);
      }
    }
    const flying = new Set([...this.flights].flatMap((flight) => flight.wants.map(key)));
    const missing = wants.filter((w) => !flying.has(key(w)));
    // Pictures before their finish.
    this.wants = [...missing.filter((w) => w.smoother === null), ...missing.filter((w) => w.smoother !== null)];
    this.send();
  }

  /** What failed is no trouble of a panel that does not want it any more. */
  private forgive(wants: Want[]): void {
    if (this.troubled.size === 0) return;
    const wanting = new Set(wants.flatMap((w) => [...(this.panelsOf.get(w.held.tag) ?? [w.panel])]));
    const well = [...this.troubled].filter((panel) => !wanting.has(panel));
    if (well.length > 0) this.tell(well, null);
  }

  private tell(panels: Iterable<string>, problem: Problem | null): void {
    for (const panel of panels) {
      if (problem === null) this.troubled.delete(panel);
      else this.troubled.add(panel);
    }
    this.events.failed(panels, problem);
  }

  private wantOf(held: Held, wish: Wish): Want | null {
    const { range } = wish;
    const key = wish.smoother !== null && smooths(wish.smoother.how) ? smootherKey(wish.smoother) : null;
    const needs = (slot: Slot) => {
      if (slot.stale) return this.now() - slot.fetchedAt >= REFETCH_PAUSE;
      if (slot.line === null) return !slot.absent;
      if (wish.rewound && slot.rewound === null) return true;
      if (isWhole(slot)) return false;
      return wish.columns > slot.columns * 1.5 || (key !== null && slot.smoothedBy !== key);
    };
    // The first picture does not wait for smoothing over all points: columns come first.
    const smoother = (slot: Slot) => (slot.line?.bucketed && key !== null ? wish.smoother : null);
    const want = (slot: "full" | "zoom", of: Range | null, columns: number): Want => ({
      held,
      slot,
      range: of,
      columns,
      panel: wish.panel,
      smoother: smoother(held[slot]),
      rewound: wish.rewound,
    });
    // The whole comes first, also when a link opens zoomed: the relative axis needs its first point, a short series needs no
    // second request, and smoothing needs what lies before the range.
    const { full } = held;
    const missing = full.line === null || (wish.rewound && full.rewound === null);
    const wholeFirst = range === null || (missing && !full.absent);
    if (wholeFirst || isWhole(held.full)) return needs(held.full) ? want("full", null, wish.columns) : null;
    if (held.full.line === null) return null;
    const padded = paddedRange(held, range);
    if (padded === null) return needs(held.full) ? want("full", null, wish.columns) : null;
    const same = sameRange(held.zoom.range, padded);
    if (same && !needs(held.zoom)) return null;
    const zoom = want("zoom", padded, Math.ceil(wish.columns * (1 + 2 * MARGIN)));
    return same ? zoom : { ...zoom, smoother: null };
  }

  get loading(): boolean {
    return this.flights.size > 0 || this.wants.length > 0;
  }

  /** Whether data are on their way; that what is there becomes smoother does not count. */
  isLoading(panel: string): boolean {
    const loads = (w: Want) => w.panel === panel && w.smoother === null;
    for (const flight of this.flights) if (flight.wants.some(loads)) return true;
    return this.wants.some(loads);
  }

  private send(): void {
    const wait = this.retryAt - this.now();
    if (wait > 0) {
      this.later(wait);
      return;
    }
    while (this.flights.size < MAX_IN_FLIGHT && this.wants.length > 0) {
      const { batch, rest } = takeBatch(this.wants, !this.begun);
      this.wants = rest;
      this.begun = true;
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
    // Those that are there by then.
    const panels = () => new Set(wants.flatMap((w) => [...(this.panelsOf.get(w.held.tag) ?? [w.panel])]));
    try {
      const response = await this.request(askOf(wants, this.baseline), flight.controller.signal);
      if (!response.ok) throw await problemOf(response);
      const items = decodeSeries(await response.arrayBuffer());
      if (items.length !== wants.length) throw new RangeError(`asked for ${wants.length} series, got ${items.length}`);
      this.flights.delete(flight);
      items.forEach((item, i) => {
        this.take(wants[i], item, flight.startedAt);
      });
      this.retries = 0;
      this.evict();
      this.tell(panels(), null);
      this.events.changed(panels(), false);
      this.send();
    } catch (error) {
      this.flights.delete(flight);
      if (flight.controller.signal.aborted) return;
      const problem = asProblem(error);
      // A server that will not smooth so leaves what columns give, which says that it is approximate.
      if (wants[0].smoother !== null && problem.status >= 400 && problem.status < 429) {
        for (const { held, slot, smoother } of wants) held[slot].smoothedBy = smoother && smootherKey(smoother);
        this.send();
        return;
      }
      this.retries++;
      this.retryAt = this.now() + Math.min(30_000, 1_000 * 2 ** this.retries);
      this.wants.push(...wants);
      this.tell(panels(), problem);
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
      const by = want.smoother === null ? null : smootherKey(want.smoother);
      slot.smoothedBy = by;
      slot.line = new Line(item, held.kind, this.base, want.columns, want.slot === "zoom", by);
    }
    slot.rewound = want.rewound ? this.rewoundIn(item, want) : null;
    slot.rewoundLeft = want.rewound && item.kind !== "error" ? item.rewoundLeft : 0;
    const waiting = held.waiting;
    held.waiting = [];
    for (const columns of waiting) this.appendTo(held, columns, true);
  }

  private rewoundIn(item: SeriesItem, { held, slot, columns }: Want): RewoundLine[] {
    if (item.kind === "error") return [];
    return item.rewound.map(({ rewind, line }) => {
      this.learnBase(line);
      const partial = slot === "zoom";
      return { key: `${rewind.step} ${rewind.wall}`, line: new Line(line, held.kind, this.base, columns, partial) };
    });
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
      for (const held of this.byTag.get(`${c.run}\n${c.tag}`) ?? []) {
        if (this.isFlying(held)) held.waiting.push(c);
        this.appendTo(held, c, false);
        for (const panel of this.panelsOf.get(c.tag) ?? []) changed.add(panel);
      }
      // What an expression makes of new points only the server knows.
      for (const held of this.byTag.get(`${c.run}\n`) ?? []) this.age(held.full);
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
    if (slot.line.append(step, wall, value) === "behind" && !again) this.age(slot);
  }

  private age(slot: Slot): void {
    slot.stale = true;
    slot.staleAt = this.now();
  }

  markStale(run: string | null): void {
    const changed = new Set<string>();
    for (const held of this.series.values()) {
      if (run !== null && held.run !== run) continue;
      for (const slot of [held.full, held.zoom]) {
        this.age(slot);
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
      this.byTag.get(`${held.run}\n${isExpression(held.tag) ? "" : held.tag}`)?.delete(held);
    }
  }
}
