// A strip for each writer: how busy it was in each stretch of the run, against its peers in the same stretch.

import type { SeriesItem } from "../../api/run";
import type { WriterLine } from "./writerData";

export const CELLS = 120;
const BELOW = 0.85; // of the peers' median

export type StripKind = "gpu" | "cpu" | "points";

/** What is measured: the GPU where there is one, else the process, else whether anything was logged. */
export function stripTags(series: readonly SeriesItem[]): {
  kind: StripKind;
  asked: { tag: string; writer: number }[];
} {
  const scalars = series.filter((item) => item.kind === "scalar" && item.tag_base64 === undefined);
  const pick = (is: (tag: string) => boolean) =>
    scalars.filter((item) => is(item.tag)).map(({ tag, writer }) => ({ tag, writer }));
  const gpu = pick((tag) => /^system\/gpu\/\d+\/percent$/.test(tag));
  if (gpu.length > 0) return { kind: "gpu", asked: gpu };
  const cpu = pick((tag) => tag === "system/process/cpu_percent");
  if (cpu.length > 0) return { kind: "cpu", asked: cpu };
  // The first scalar of each writer stands for all of them.
  const seen = new Set<number>();
  const first = scalars.filter((item) => !seen.has(item.writer) && seen.add(item.writer));
  return { kind: "points", asked: first.map(({ tag, writer }) => ({ tag, writer })) };
}

export interface Strip {
  writer: number;
  /** NaN: silent. */
  cells: Float64Array;
  below: boolean[];
  mean: number;
}

export function makeStrips(lines: readonly WriterLine[], kind: StripKind, from: number, to: number): Strip[] {
  const width = (to - from) / CELLS || 1;
  const writers = [...new Set(lines.map((line) => line.writer))].sort((a, b) => a - b);
  const strips = writers.map((writer): Strip => {
    const sum = new Float64Array(CELLS);
    const weight = new Float64Array(CELLS);
    for (const line of lines) {
      if (line.writer !== writer) continue;
      for (let i = 0; i < line.wall.length; i++) {
        if (!Number.isFinite(line.value[i])) continue;
        const cell = Math.min(CELLS - 1, Math.max(0, Math.floor((line.wall[i] - from) / width)));
        sum[cell] += line.value[i] * line.count[i];
        weight[cell] += line.count[i];
      }
    }
    const cells = sum.map((total, i) =>
      weight[i] === 0 ? Number.NaN : kind === "points" ? weight[i] : total / weight[i],
    );
    return { writer, cells: bridge(cells, lines, writer, width), below: [], mean: meanOf(cells) };
  });
  for (let cell = 0; cell < CELLS; cell++) {
    const values = strips.map((strip) => strip.cells[cell]).filter((v) => !Number.isNaN(v));
    const median = values.sort((a, b) => a - b)[values.length >> 1];
    for (const strip of strips) {
      // What is only whether something was logged has no better and worse.
      strip.below[cell] = kind !== "points" && values.length > 1 && strip.cells[cell] < BELOW * median;
    }
  }
  return strips;
}

/** Between two samples that are no further apart than usual, a cell without one is not silence. */
function bridge(cells: Float64Array, lines: readonly WriterLine[], writer: number, width: number): Float64Array {
  const walls = lines.filter((line) => line.writer === writer).flatMap((line) => [...line.wall]);
  walls.sort((a, b) => a - b);
  const gaps = walls.slice(1).map((wall, i) => wall - walls[i]);
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length * 0.9)] ?? 0;
  const most = Math.ceil((2 * usual) / width);
  const out = cells.slice();
  let last = -1;
  for (let i = 0; i < CELLS; i++) {
    if (Number.isNaN(cells[i])) continue;
    if (last >= 0 && i - last <= most) out.fill(cells[last], last + 1, i);
    last = i;
  }
  return out;
}

function meanOf(cells: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of cells) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** Stretches in which no writer was heard, in seconds. */
export function silences(strips: readonly Strip[], from: number, to: number): { from: number; to: number }[] {
  const width = (to - from) / CELLS;
  const out: { from: number; to: number }[] = [];
  let start = -1;
  for (let cell = 0; cell <= CELLS; cell++) {
    const silent = cell < CELLS && strips.every((strip) => Number.isNaN(strip.cells[cell]));
    if (silent && start < 0) start = cell;
    if (!silent && start >= 0) {
      // One cell may be chance.
      if (cell - start > 1 && start > 0 && cell < CELLS)
        out.push({ from: from + start * width, to: from + cell * width });
      start = -1;
    }
  }
  return out;
}
