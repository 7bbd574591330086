// What rewinds hid, as lines of their own, one for each stretch that was taken back.
//
// Of the series that panels want, two requests over one column each tell which have hidden points at all, as a rule few;
// of those all points are read, and the hidden ones taken apart where their steps go back: points come in the order of the
// clock, and a rewind begins anew at an earlier step.

import { parseJson, toStep, toValue } from "../api/json64";
import { decodeSeries, encodeAsk, type Points } from "../api/series";
import { isExpression } from "../api/tags";
import { type AxisKind, Line } from "./line";

export interface SeriesName {
  run: string;
  tag: string;
}

interface Known extends SeriesName {
  stretches: Points[];
  lines: Map<string, Line[]>;
}

interface Answer {
  items: { step?: unknown[]; wall?: unknown[]; value?: unknown[]; hidden?: boolean[] }[];
}

// The server answers exactly below four points a column, and takes 2,000,000 columns at once.
const COLUMNS = 25_000;
const MOST_POINTS = 4 * COLUMNS;
const AT_ONCE = 80;
const MAX_SERIES = 10_000;
const RETRY = 10_000; // ms after a failure

const keyOf = ({ run, tag }: SeriesName) => `${run}\n${tag}`;

export class RewoundLines {
  private readonly known = new Map<string, Known>();
  private wanted = new Map<string, SeriesName>();
  private asking = false;
  private retryAt = 0;

  constructor(
    private readonly changed: (series: readonly SeriesName[]) => void,
    private readonly request: (body: string, binary: boolean) => Promise<Response>,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** What is drawn now; anything else is forgotten. */
  want(series: readonly SeriesName[]): void {
    this.wanted = new Map(series.filter(({ tag }) => !isExpression(tag)).map((name) => [keyOf(name), name]));
    for (const key of this.known.keys()) if (!this.wanted.has(key)) this.known.delete(key);
    void this.ask();
  }

  /** What is known of this run, of all runs, is out of date. */
  forget(run: string | null): void {
    for (const [key, known] of this.known) if (run === null || known.run === run) this.known.delete(key);
  }

  /** The stretches of a series, the first one first. */
  linesOf(name: SeriesName, kind: AxisKind, base: bigint): Line[] {
    const known = this.known.get(keyOf(name));
    if (known === undefined) return [];
    const key = `${kind} ${base}`;
    let lines = known.lines.get(key);
    if (lines === undefined) {
      lines = known.stretches.map((points) => lineOf(points, kind, base));
      known.lines.set(key, lines);
    }
    return lines;
  }

  private async ask(): Promise<void> {
    if (this.asking || this.now() < this.retryAt) return;
    const fresh = [...this.wanted.values()].filter((name) => !this.known.has(keyOf(name))).slice(0, MAX_SERIES);
    if (fresh.length === 0) return;
    this.asking = true;
    try {
      const hiding = await this.hiding(fresh);
      const hides = new Set(hiding);
      for (const name of fresh) if (!hides.has(name)) this.learn(name, []);
      for (let i = 0; i < hiding.length; i += AT_ONCE) await this.read(hiding.slice(i, i + AT_ONCE));
    } catch {
      // The panels themselves say that the server does not answer.
      this.retryAt = this.now() + RETRY;
    }
    this.asking = false;
    void this.ask();
  }

  /** Those of which more is there than is visible. */
  private async hiding(names: readonly SeriesName[]): Promise<SeriesName[]> {
    const counts = async (hidden: boolean) => {
      const ask = { series: [...names], x: "step" as const, range: null, columns: 1, hidden };
      const response = await this.request(encodeAsk(ask), true);
      if (!response.ok) throw new Error(response.statusText);
      return decodeSeries(await response.arrayBuffer()).map((item) => (item.kind === "error" ? 0 : item.count));
    };
    // In this order a point that comes between the two is looked at in vain instead of being overlooked.
    const visible = await counts(false);
    const all = await counts(true);
    return names.filter((_, i) => all[i] > visible[i]);
  }

  private async read(names: readonly SeriesName[]): Promise<void> {
    const ask = { series: [...names], x: "wall" as const, range: null, columns: COLUMNS, hidden: true };
    const response = await this.request(encodeAsk(ask), false);
    if (!response.ok) throw new Error(response.statusText);
    const { items } = parseJson(await response.text()) as Answer;
    names.forEach((name, i) => {
      // Of a series with more points there are buckets, which do not tell them apart.
      const { step = [], wall = [], value = [], hidden = [] } = items[i];
      const rows = hidden.flatMap((is, row) => (is ? [row] : []));
      const points = rows.map((row) => ({
        step: toStep(step[row]),
        wall: toValue(wall[row]),
        value: toValue(value[row]),
      }));
      this.learn(name, stretchesOf(points));
    });
    this.changed(names);
  }

  private learn(name: SeriesName, stretches: Points[]): void {
    if (this.wanted.has(keyOf(name))) this.known.set(keyOf(name), { ...name, stretches, lines: new Map() });
  }
}

interface Point {
  step: bigint;
  wall: number;
  value: number;
}

/** Points in the order of the clock, in stretches whose steps do not go back. */
export function stretchesOf(points: readonly Point[]): Points[] {
  const out: Point[][] = [];
  for (const point of points) {
    const open = out.at(-1);
    if (open === undefined || point.step < open[open.length - 1].step) out.push([point]);
    else open.push(point);
  }
  return out.map((stretch) => ({
    step: BigInt64Array.from(stretch, ({ step }) => step),
    wall: Float64Array.from(stretch, ({ wall }) => wall),
    value: Float64Array.from(stretch, ({ value }) => value),
  }));
}

function lineOf(points: Points, kind: AxisKind, base: bigint): Line {
  const { value } = points;
  const count = (test: (v: number) => boolean) => value.reduce((n, v) => n + (test(v) ? 1 : 0), 0);
  const item = {
    kind: "exact" as const,
    points,
    rows: value.length,
    count: value.length,
    nan: count(Number.isNaN),
    posInf: count((v) => v === Number.POSITIVE_INFINITY),
    negInf: count((v) => v === Number.NEGATIVE_INFINITY),
    unplaced: 0,
    truncated: false,
    damaged: false,
    smoothed: null,
    smoothedApprox: false,
    x: null,
  };
  return new Line(item, kind, base, MOST_POINTS);
}
