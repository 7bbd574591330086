// A long list of the server that is loaded page by page as one scrolls, and keeps the order it was loaded in. What is there
// stays until what was asked for anew is there; a fresh order that would move rows from under the pointer waits.

export interface ListPage<T> {
  items: T[];
  next: string | null;
  total?: number;
}

export interface ListState<T> {
  /** From the first on, without a gap. */
  rows: readonly T[];
  /** How many there are; more than `rows` while not all are loaded. */
  total: number;
  /** The first page has come at least once. */
  loaded: boolean;
  complete: boolean;
  /** Another list than the one shown is on its way. */
  changing: boolean;
  error: Error | null;
  /** How long the first page took, in ms. */
  took: number;
  /** Rows that are new in a fresh order that waits; null: none waits. */
  waiting: number | null;
}

/** Asks for a page. `first`: how many rows the first one has. */
export type FetchPage<T> = (cursor: string | null, limit: number, signal: AbortSignal) => Promise<ListPage<T>>;

export const FIRST_PAGE = 200;
export const PAGE = 1000;

const empty = {
  rows: [],
  total: 0,
  loaded: false,
  complete: false,
  changing: true,
  error: null,
  took: 0,
  waiting: null,
};

interface Loaded<T> {
  rows: T[];
  total: number;
  next: string | null;
  took: number;
}

export class PagedList<T> {
  private state: ListState<T> = empty;
  private readonly listeners = new Set<() => void>();
  private ids = new Set<string>();
  private fetchPage: FetchPage<T> | null = null;
  private next: string | null = null;
  private wanted = 0;
  private busy: AbortController | null = null;
  private refreshing: AbortController | null = null;
  private fresh: Loaded<T> | null = null;
  private held = false;
  private own = false;

  constructor(private readonly idOf: (row: T) => string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): ListState<T> => this.state;

  /** Another list. What is shown stays until its first page is there. `early`: that page, if somebody has asked already. */
  show(fetchPage: FetchPage<T>, early?: ListPage<T>): void {
    this.stop();
    this.fetchPage = fetchPage;
    if (early !== undefined) {
      this.take({ rows: early.items, total: early.total ?? early.items.length, next: early.next, took: 0 });
      return;
    }
    this.set({ changing: true, error: null, waiting: null });
    void this.begin();
  }

  /** At least this many rows are looked at. */
  want(count: number): void {
    this.wanted = count;
    void this.more();
  }

  /** While held no row changes its place. */
  hold = (held: boolean): void => {
    this.held = held;
    if (!held) this.apply();
  };

  /** Shows the fresh order that waits. */
  apply = (): void => {
    if (this.fresh !== null) this.take(this.fresh);
  };

  /** Asks again for what is looked at, in the background. `own`: after one's own change, which shows even while held. */
  async refresh(own = false): Promise<void> {
    const { fetchPage } = this;
    if (fetchPage === null || !this.state.loaded) return;
    this.own ||= own;
    this.refreshing?.abort();
    const controller = new AbortController();
    this.refreshing = controller;
    try {
      const fresh = await load(fetchPage, Math.max(this.wanted, FIRST_PAGE), controller.signal);
      if (this.refreshing !== controller) return;
      this.refreshing = null;
      this.arrange(fresh);
    } catch (error) {
      // What is there stays; the next event asks again.
      if (this.refreshing === controller) this.refreshing = null;
      if (!controller.signal.aborted) this.set({ error: error as Error });
    }
  }

  /** Changes rows where they are. `change` gives the same row back if nothing changed, null if the row is gone. */
  patch(change: (row: T) => T | null): void {
    if (this.fresh !== null) this.fresh = { ...this.fresh, ...patched(this.fresh, change) };
    const next = patched(this.state, change);
    if (next === null) return;
    if (next.rows.length !== this.state.rows.length) this.ids = new Set(next.rows.map(this.idOf));
    this.set(next);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  stop(): void {
    this.busy?.abort();
    this.refreshing?.abort();
    this.busy = null;
    this.refreshing = null;
    this.fresh = null;
  }

  private set(change: Partial<ListState<T>>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private take({ rows, total, next, took }: Loaded<T>): void {
    this.fresh = null;
    this.ids = new Set(rows.map(this.idOf));
    this.next = next;
    const complete = next === null;
    this.set({
      rows,
      total: complete ? rows.length : Math.max(total, rows.length),
      loaded: true,
      complete,
      changing: false,
      error: null,
      took,
      waiting: null,
    });
    void this.more();
  }

  private async begin(): Promise<void> {
    const controller = new AbortController();
    this.busy = controller;
    try {
      const first = await load(this.fetchPage!, FIRST_PAGE, controller.signal);
      if (this.busy !== controller) return;
      this.busy = null;
      this.take(first);
    } catch (error) {
      if (this.busy !== controller) return;
      this.busy = null;
      this.set({ changing: false, error: error as Error });
    }
  }

  private async more(): Promise<void> {
    const { fetchPage } = this;
    if (this.busy !== null || this.state.complete || !this.state.loaded || fetchPage === null) return;
    if (this.wanted <= this.state.rows.length || this.state.changing) return;
    const controller = new AbortController();
    this.busy = controller;
    try {
      const page = await fetchPage(this.next, PAGE, controller.signal);
      if (this.busy !== controller) return;
      this.busy = null;
      this.append(page);
      void this.more();
    } catch (error) {
      if (this.busy !== controller) return;
      this.busy = null;
      this.set({ error: error as Error });
    }
  }

  private append(page: ListPage<T>): void {
    // A run whose value changed between two pages can be in both.
    const news = page.items.filter((row) => !this.ids.has(this.idOf(row)));
    for (const row of news) this.ids.add(this.idOf(row));
    // A cursor that does not move would never end.
    const complete = page.next === null || page.next === this.next || page.next === "";
    this.next = page.next;
    const rows = [...this.state.rows, ...news];
    this.set({ rows, complete, total: complete ? rows.length : Math.max(this.state.total, rows.length), error: null });
  }

  private arrange(fresh: Loaded<T>): void {
    const { rows } = this.state;
    const same =
      rows.length <= fresh.rows.length && rows.every((row, i) => this.idOf(row) === this.idOf(fresh.rows[i]));
    const waits = this.held && !this.own;
    this.own = false;
    if (same || !waits) {
      this.take(fresh);
      return;
    }
    this.fresh = fresh;
    this.set({ waiting: fresh.rows.filter((row) => !this.ids.has(this.idOf(row))).length });
  }
}

/** As many pages as hold `count` rows. */
async function load<T>(fetchPage: FetchPage<T>, count: number, signal: AbortSignal): Promise<Loaded<T>> {
  const start = performance.now();
  const first = await fetchPage(null, FIRST_PAGE, signal);
  const took = performance.now() - start;
  const rows = [...first.items];
  let next = first.next || null;
  while (next !== null && rows.length < count) {
    const page: ListPage<T> = await fetchPage(next, PAGE, signal);
    rows.push(...page.items);
    next = page.next === next ? null : page.next || null;
  }
  return { rows, total: first.total ?? rows.length, next, took };
}

function patched<T>(
  { rows, total }: { rows: readonly T[]; total: number },
  change: (row: T) => T | null,
): { rows: T[]; total: number } | null {
  let touched = false;
  const next: T[] = [];
  for (const row of rows) {
    const now = change(row);
    if (now !== row) touched = true;
    if (now !== null) next.push(now);
  }
  return touched ? { rows: next, total: total - (rows.length - next.length) } : null;
}
