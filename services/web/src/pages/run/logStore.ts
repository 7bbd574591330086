// The lines of a console that are near the window, out of a million: pages that are fetched when they are looked at and
// forgotten when they are far away. Without a filter a line's number is its place, so any page can be fetched; with one,
// pages come one after the other.

import { type ConsoleAsk, type ConsoleLine, type ConsolePage, fetchConsole } from "../../api/run";

export const LOG_PAGE = 500; // lines
const MOST_PAGES = 60;

export class LogStore {
  /** Rows that can be shown; the list has this length. */
  rows = 0;
  total = 0;
  matched: number | null = null;
  /** Lines before the first that the server kept. */
  earlier = 0;
  loaded = false;
  error: unknown = null;

  private readonly pages = new Map<number, ConsoleLine[]>();
  private readonly asked = new Map<number, AbortController>();
  private found: ConsoleLine[] = [];
  private nextFound: number | null = null;
  private readonly filters: boolean;
  private stopped = false;

  constructor(
    readonly run: string,
    private readonly ask: ConsoleAsk,
    private readonly changed: () => void,
  ) {
    this.filters = ask.match !== "" || ask.levels.length > 0;
  }

  start(): void {
    this.stopped = false;
    if (this.filters) void this.more();
    else void this.look();
  }

  stop(): void {
    this.stopped = true;
    for (const controller of this.asked.values()) controller.abort();
  }

  line(row: number): ConsoleLine | undefined {
    if (this.filters) return this.found[row];
    const page = Math.floor(row / LOG_PAGE);
    return this.pages.get(page)?.[row - page * LOG_PAGE];
  }

  /** Makes sure that rows are on their way. */
  want(from: number, to: number): void {
    if (this.filters) {
      if (to >= this.found.length - LOG_PAGE / 2 && this.nextFound !== null) void this.more();
      return;
    }
    const first = Math.floor(Math.max(0, from) / LOG_PAGE);
    const last = Math.floor(Math.max(0, Math.min(to, this.rows - 1)) / LOG_PAGE);
    for (const [page, controller] of this.asked) {
      if (page >= first - 1 && page <= last + 1) continue;
      controller.abort();
      this.asked.delete(page);
    }
    for (let page = first; page <= last; page++) {
      const have = this.pages.get(page)?.length ?? 0;
      const wanted = Math.min(LOG_PAGE, this.total - page * LOG_PAGE);
      if (have < wanted && !this.asked.has(page)) void this.fetchPage(page);
    }
  }

  /** Asks how many lines there are now; with a filter, for those that came since. */
  async look(): Promise<void> {
    if (this.filters) {
      if (this.nextFound === null && this.loaded) await this.more();
      return;
    }
    await this.guarded(async () => {
      const page = await fetchConsole(this.run, this.ask, { tail: true }, LOG_PAGE);
      this.take(page);
    });
  }

  private take(page: ConsolePage): void {
    this.loaded = true;
    this.earlier = page.earlier ?? 0;
    this.total = page.total;
    this.rows = page.total;
    for (const line of page.items) {
      const number = Math.floor(line.line / LOG_PAGE);
      let lines = this.pages.get(number);
      if (lines === undefined) {
        lines = [];
        this.pages.set(number, lines);
      }
      lines[line.line - number * LOG_PAGE] = line;
    }
    // A page that has only its end is not there yet.
    for (const [number, lines] of this.pages) if (lines.length > 0 && !(0 in lines)) this.pages.delete(number);
    for (const number of this.pages.keys()) {
      if (this.pages.size <= MOST_PAGES) break;
      this.pages.delete(number);
    }
  }

  private async fetchPage(page: number): Promise<void> {
    const controller = new AbortController();
    this.asked.set(page, controller);
    const start = page * LOG_PAGE;
    await this.guarded(async () => {
      const place = start === 0 ? {} : { after: start - 1 };
      const answer = await fetchConsole(this.run, this.ask, place, LOG_PAGE, controller.signal);
      this.pages.delete(page); // it becomes the newest
      this.take(answer);
    });
    if (this.asked.get(page) === controller) this.asked.delete(page);
  }

  private async more(): Promise<void> {
    if (this.asked.has(-1)) return;
    const controller = new AbortController();
    this.asked.set(-1, controller);
    await this.guarded(async () => {
      const after = this.nextFound ?? this.found.at(-1)?.line;
      const place = after === undefined ? {} : { after };
      const page = await fetchConsole(this.run, this.ask, place, LOG_PAGE, controller.signal);
      this.found = [...this.found, ...page.items];
      this.nextFound = page.next;
      this.matched = page.matched ?? this.found.length;
      this.total = page.total;
      this.rows = this.found.length;
      this.loaded = true;
    });
    this.asked.delete(-1);
  }

  private async guarded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.error = null;
    } catch (error) {
      if (this.stopped || (error instanceof DOMException && error.name === "AbortError")) return;
      this.error = error;
    }
    if (!this.stopped) this.changed();
  }
}
