// One series as it is kept for drawing: columns that grow at the right as points arrive.
//
// Exact: row i is one point. Bucketed: row i is a column of points; step, wall and value are those of its last point, lo and
// hi its finite extremes (NaN: none) with their own x. Rows are in order of x.

import type { SeriesItem } from "../api/series";

export type AxisKind = "step" | "wall";
export type Appended = "added" | "known" | "behind";

const GROWTH = 1.5;

export class Line {
  n: number;
  x: Float64Array;
  step: BigInt64Array;
  wall: Float64Array;
  value: Float64Array;
  lo: Float64Array;
  hi: Float64Array;
  loX: Float64Array;
  hiX: Float64Array;
  loStep: BigInt64Array;
  hiStep: BigInt64Array;
  readonly bucketed: boolean;
  /** x is another tag's values: rows are in order of step, not of x. */
  readonly path: boolean;
  /** Of buckets: how many points a row stands for, and the mean of the finite ones; of points the values themselves. */
  weight: Float64Array | null;
  mean: Float64Array;
  /** Wall time of the first point of each row that came with the answer. */
  readonly begin: Float64Array;
  /** What the server smoothed over all points, for the rows up to `smoothedRows`; later ones came live. */
  readonly smoothed: Float64Array | null;
  readonly smoothedApprox: boolean;
  smoothedRows = 0;
  count: number;
  nonFinite: number;
  /** Points without a finite wall time: they have no place on a time axis. */
  readonly unplaced: number;
  readonly truncated: boolean;
  readonly damaged: boolean;
  /** The first wall time: zero of the relative axis. */
  origin: number;
  /** x of the first point; of a bucketed line it lies before x[0], which is the end of the first column. */
  firstX: number;
  /** Counts up with every change, for whatever is derived from the rows. */
  version = 0;
  private bucketWidth = 0;
  private bucketStart = 0;

  constructor(
    item: Exclude<SeriesItem, { kind: "error" }>,
    readonly kind: AxisKind,
    private readonly base: bigint,
    readonly columns: number,
    /** Of a range only: what lies before is not known, so a moving average starts anew. */
    readonly partial = false,
    /** What `smoothed` was asked with. */
    readonly smoothedBy: string | null = null,
  ) {
    this.n = item.rows;
    this.path = item.x !== null;
    this.smoothed = item.smoothed;
    this.smoothedApprox = item.smoothedApprox;
    this.smoothedRows = item.smoothed === null ? 0 : item.rows;
    this.bucketed = item.kind === "buckets";
    this.count = item.count;
    this.nonFinite = item.nan + item.posInf + item.negInf;
    this.truncated = item.truncated;
    this.damaged = item.damaged;
    this.unplaced = item.unplaced;
    if (item.kind === "exact") {
      const { step, wall, value } = item.points;
      this.step = step;
      this.wall = wall;
      this.value = value;
      this.x = item.x ?? this.positions(step, wall);
      this.weight = null;
      this.mean = value;
      this.begin = wall;
      this.lo = this.hi = value;
      this.loX = this.hiX = this.x;
      this.loStep = this.hiStep = step;
      this.origin = wall.length > 0 ? wall[0] : 0;
      this.firstX = this.x[0] ?? 0;
    } else {
      this.step = item.last.step;
      this.wall = item.last.wall;
      this.value = item.last.value;
      this.x = item.x ?? this.positions(item.last.step, item.last.wall);
      this.weight = Float64Array.from(item.counts, Number);
      // Non-finite points are counted but not summed, so where there may be some the last value stands for the row.
      this.mean = this.nonFinite > 0 ? this.value : item.sum.map((sum, i) => sum / Number(item.counts[i]));
      this.begin = item.first.wall;
      this.lo = item.min.value;
      this.hi = item.max.value;
      this.loStep = item.min.step;
      this.hiStep = item.max.step;
      this.loX = item.x ?? this.positions(item.min.step, item.min.wall);
      this.hiX = item.x ?? this.positions(item.max.step, item.max.wall);
      this.origin = item.first.wall.length > 0 ? item.first.wall[0] : 0;
      this.firstX = this.positions(item.first.step.slice(0, 1), item.first.wall)[0] ?? 0;
      const lastX = this.x[this.n - 1] ?? 0;
      this.bucketWidth = this.n > 0 ? (lastX - this.firstX) / this.n : 0;
      this.bucketStart = this.positions(item.first.step.slice(-1), item.first.wall.slice(-1))[0] ?? 0;
    }
  }

  private positions(step: BigInt64Array, wall: Float64Array): Float64Array {
    if (this.kind === "wall") return wall;
    const out = new Float64Array(step.length);
    for (let i = 0; i < step.length; i++) out[i] = Number(step[i] - this.base);
    return out;
  }

  /**
   * A live point. "known": it is (or was) there already, as happens when an event and an answer overlap. "behind": it belongs
   * before the end, so the series has to be fetched again.
   */
  append(step: bigint, wall: number, value: number): Appended {
    // Where it stands on another tag's axis only the server knows.
    if (this.path) return this.n > 0 && step <= this.step[this.n - 1] ? "known" : "behind";
    const last = this.n - 1;
    const x = this.kind === "wall" ? wall : Number(step - this.base);
    if (!Number.isFinite(x)) return "known";
    if (last >= 0) {
      if (step === this.step[last] && wall === this.wall[last]) return "known";
      if (x < this.x[last]) return wall > this.wall[last] ? "behind" : "known";
    } else {
      this.origin = wall;
      this.firstX = x;
    }
    this.count++;
    if (!Number.isFinite(value)) this.nonFinite++;
    this.version++;
    if (this.bucketed && last >= 0 && x - this.bucketStart < this.bucketWidth)
      this.extendBucket(last, x, step, wall, value);
    else this.push(x, step, wall, value);
    return "added";
  }

  private extendBucket(i: number, x: number, step: bigint, wall: number, value: number): void {
    if (this.smoothedRows > i) this.smoothedRows = i;
    if (this.weight !== null) {
      this.mean[i] += (value - this.mean[i]) / (this.weight[i] + 1);
      this.weight[i]++;
    }
    this.x[i] = x;
    this.step[i] = step;
    this.wall[i] = wall;
    this.value[i] = value;
    if (!Number.isFinite(value)) return;
    if (!(this.lo[i] <= value)) {
      this.lo[i] = value;
      this.loX[i] = x;
      this.loStep[i] = step;
    }
    if (!(this.hi[i] >= value)) {
      this.hi[i] = value;
      this.hiX[i] = x;
      this.hiStep[i] = step;
    }
  }

  private push(x: number, step: bigint, wall: number, value: number): void {
    if (this.n >= this.step.length) this.grow();
    const i = this.n++;
    this.x[i] = x;
    this.step[i] = step;
    this.wall[i] = wall;
    this.value[i] = value;
    if (!this.bucketed) return;
    this.mean[i] = value;
    if (this.weight !== null) this.weight[i] = 1;
    this.bucketStart = x;
    const finite = Number.isFinite(value);
    this.lo[i] = this.hi[i] = finite ? value : Number.NaN;
    this.loX[i] = this.hiX[i] = finite ? x : 0;
    this.loStep[i] = this.hiStep[i] = finite ? step : 0n;
  }

  private grow(): void {
    const room = Math.max(64, Math.ceil(this.n * GROWTH));
    const floats = (from: Float64Array) => {
      const to = new Float64Array(room);
      to.set(from);
      return to;
    };
    const longs = (from: BigInt64Array) => {
      const to = new BigInt64Array(room);
      to.set(from);
      return to;
    };
    const sharesX = this.x === this.wall;
    const sharesMean = this.mean === this.value;
    this.step = longs(this.step);
    this.wall = floats(this.wall);
    this.value = floats(this.value);
    this.x = sharesX ? this.wall : floats(this.x);
    if (this.bucketed) {
      this.lo = floats(this.lo);
      this.hi = floats(this.hi);
      this.loX = floats(this.loX);
      this.hiX = floats(this.hiX);
      this.loStep = longs(this.loStep);
      this.hiStep = longs(this.hiStep);
      this.mean = sharesMean ? this.value : floats(this.mean);
      this.weight = this.weight === null ? null : floats(this.weight);
    } else {
      this.mean = this.value;
      this.lo = this.hi = this.value;
      this.loX = this.hiX = this.x;
      this.loStep = this.hiStep = this.step;
    }
  }

  /** More rows than a panel of `columns` needs: worth asking for again. */
  get overgrown(): boolean {
    return this.n > (this.bucketed ? 2 : 8) * this.columns;
  }

  /** Rows [from, to) whose segments can touch [lo, hi]: one more on either side of what is in it. */
  touching(lo: number, hi: number): [number, number] {
    if (this.path) return [0, this.n];
    return [Math.max(0, this.lowerBound(lo) - 1), Math.min(this.n, this.lowerBound(hi) + 2)];
  }

  /** Rows [from, to) that lie in [lo, hi]; of a path all rows that may. */
  within(lo: number, hi: number): [number, number] {
    if (this.path) return [0, this.n];
    const from = this.lowerBound(lo);
    let to = this.lowerBound(hi);
    while (to < this.n && this.x[to] <= hi) to++;
    return [from, to];
  }

  /**
   * From the first to the last step of the rows that lie in [lo, hi], and one row more on either side; null: there are none. Of a
   * path whose x goes up and down that may be as much as the whole.
   */
  stepsAround(lo: number, hi: number): [bigint, bigint] | null {
    let first = -1;
    let last = -1;
    for (let i = 0; i < this.n; i++) {
      if (!(this.x[i] >= lo && this.x[i] <= hi)) continue;
      if (first < 0) first = i;
      last = i;
    }
    return first < 0 ? null : [this.step[Math.max(0, first - 1)], this.step[Math.min(this.n - 1, last + 1)]];
  }

  /** A line with other columns (another x, other values) and the same points; it does not grow by itself. */
  derive(columns: Partial<Pick<Line, "x" | "loX" | "hiX" | "value" | "mean" | "lo" | "hi" | "smoothed">>): Line {
    const line: Line = Object.assign(Object.create(Line.prototype) as Line, this, columns);
    const x = columns.x;
    if (x !== undefined) line.firstX = this.bucketed ? Math.min(x[0], x[0] - (this.x[0] - this.firstX)) : x[0];
    return line;
  }

  /** The first row with x >= value; n if there is none. Not for paths. */
  lowerBound(value: number): number {
    let from = 0;
    let to = this.n;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.x[middle] < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  get bytes(): number {
    return this.step.byteLength * ((this.bucketed ? 12 : 4) + (this.smoothed === null ? 0 : 1));
  }
}
