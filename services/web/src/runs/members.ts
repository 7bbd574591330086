// The members of groups, as many of each as somebody looks at: dots of a strip, rows of an open group, lines of a chart. What is
// there stays until what was asked for anew is there; the members of a group change all at once, so that a mean is never of a part.

import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import { type FetchPage, PAGE } from "./list";
import { keyText } from "./values";

export const groupId = (group: Pick<RunGroup, "key">) => keyText(group.key);

export interface Members {
  /** In the order of the table, from the first on. */
  runs: readonly Run[];
  /** Members there are. */
  total: number;
}

export interface WantedMembers {
  group: RunGroup;
  /** How many of them are looked at. */
  count: number;
}

export const NONE_WANTED: readonly WantedMembers[] = [];

/** Asks for a page of what a group's filter lets through. */
export type FetchMembers = (filter: string, ...page: Parameters<FetchPage<Run>>) => ReturnType<FetchPage<Run>>;

interface Entry extends Members {
  filter: string;
  runs: Run[];
  next: string | null;
  stale: boolean;
  /** What the group's row said when they were asked for. */
  counted: number;
  /** The server would not say. */
  failed: boolean;
}

const FLIGHTS = 4;
// Members of groups that nobody looks at any more, so that one can go back without waiting.
const KEPT = 10_000;

export class MemberLists {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<() => void>();
  private readonly flights = new Map<string, AbortController>();
  private wanted = new Map<string, WantedMembers>();
  private fetchMembers: FetchMembers | null = null;
  private state: ReadonlyMap<string, Members> = new Map();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): ReadonlyMap<string, Members> => this.state;

  /** Asks in another way from now on: other columns, another order. */
  show(fetchMembers: FetchMembers): void {
    this.stop();
    this.fetchMembers = fetchMembers;
    this.refresh();
  }

  /** Instead of what was wanted before. */
  want(wanted: readonly WantedMembers[]): void {
    this.wanted = new Map(wanted.map((w) => [groupId(w.group), w]));
    for (const [id, flight] of this.flights) if (!this.wanted.has(id)) this.land(id, flight);
    this.pump();
  }

  /** All of them may have changed. */
  refresh(): void {
    for (const entry of this.entries.values()) Object.assign(entry, { stale: true, failed: false });
    this.pump();
  }

  /** Changes runs where they are. `change` gives the same run back if nothing changed, null if it is gone. */
  patch = (change: (run: Run) => Run | null): void => {
    let touched = false;
    for (const [id, entry] of this.entries) {
      const next = entry.runs.map(change);
      if (next.every((run, i) => run === entry.runs[i])) continue;
      touched = true;
      const runs = next.filter((run) => run !== null);
      this.entries.set(id, { ...entry, runs, total: entry.total - (entry.runs.length - runs.length) });
    }
    if (touched) this.tell();
  };

  stop(): void {
    for (const [id, flight] of this.flights) this.land(id, flight);
  }

  private land(id: string, flight: AbortController): void {
    flight.abort();
    if (this.flights.get(id) === flight) this.flights.delete(id);
  }

  private lacks({ group, count }: WantedMembers, entry: Entry | undefined): boolean {
    if (entry === undefined) return true;
    if (entry.filter !== group.filter || entry.counted !== group.count) return true;
    if (entry.failed) return false;
    return entry.stale || (entry.next !== null && entry.runs.length < count);
  }

  private pump(): void {
    if (this.fetchMembers === null) return;
    for (const [id, wanted] of this.wanted) {
      if (this.flights.size >= FLIGHTS) return;
      if (!this.flights.has(id) && this.lacks(wanted, this.entries.get(id))) void this.load(id, wanted);
    }
  }

  private async load(id: string, { group, count }: WantedMembers): Promise<void> {
    const { filter, count: counted } = group;
    const controller = new AbortController();
    this.flights.set(id, controller);
    const old = this.entries.get(id);
    const goesOn = old !== undefined && !old.stale && old.filter === filter && old.counted === counted;
    const entry: Entry = goesOn
      ? { ...old, runs: [...old.runs] }
      : { filter, counted, runs: [], total: counted, next: null, stale: false, failed: false };
    try {
      do {
        const limit = Math.min(PAGE, Math.max(1, count - entry.runs.length));
        const page = await this.fetchMembers!(filter, entry.next, limit, controller.signal);
        if (this.flights.get(id) !== controller) return;
        append(entry, page.items);
        entry.next = page.next === entry.next ? null : page.next || null;
      } while (entry.next !== null && entry.runs.length < count);
      if (entry.next === null) entry.total = entry.runs.length;
    } catch {
      if (controller.signal.aborted) return;
      Object.assign(entry, old, { filter, counted, failed: true });
    }
    this.flights.delete(id);
    this.entries.delete(id); // to the end: it is the youngest
    this.entries.set(id, entry);
    this.evict();
    this.tell();
    this.pump();
  }

  private evict(): void {
    let idle = 0;
    for (const [id, entry] of [...this.entries].reverse()) {
      if (this.wanted.has(id)) continue;
      idle += entry.runs.length;
      if (idle > KEPT) this.entries.delete(id);
    }
  }

  private tell(): void {
    this.state = new Map(this.entries);
    for (const listener of this.listeners) listener();
  }
}

// A run whose value changed between two pages can be in both.
function append(entry: Entry, runs: readonly Run[]): void {
  const there = new Set(entry.runs.map((run) => run.id));
  entry.runs.push(...runs.filter((run) => !there.has(run.id)));
}
