// A strip for each GPU or writer: how busy it was in each stretch of the run, against its peers in the same stretch.

import type { SeriesItem } from "../../api/run";
import { byPlace, type Machines, type Measured, measured } from "./machines";
import type { WriterLine } from "./writerData";

export const CELLS = 120;
const BELOW = 0.85; // of the peers' median

export type StripKind = "gpu" | "cpu" | "points";

/** A strip for each: what is measured is the GPU where there is one, else the process, else whether anything was logged. */
export function stripRows(
  series: readonly SeriesItem[],
  machines: Machines,
): { kind: StripKind; rows: readonly Measured[] } {
  const gpus = measured(series, machines).filter(({ tag }) => /^system\/gpu\/\d+\/percent$/.test(tag));
  if (gpus.length > 0) return { kind: "gpu", rows: gpus.sort((a, b) => byPlace(a.gpu!, b.gpu!)) }; // the tag says gpu
  const scalars = series.filter((item) => item.kind === "scalar" && item.tag_base64 === undefined);
  const alone = (items: readonly SeriesItem[]) =>
    items.map(({ tag, writer }) => ({ tag, writer, gpu: null })).sort((a, b) => a.writer - b.writer);
  const cpu = scalars.filter(({ tag }) => tag === "system/process/cpu_percent");
  if (cpu.length > 0) return { kind: "cpu", rows: alone(cpu) };
  // The first scalar of each writer stands for all of them.
  const seen = new Set<number>();
  const first = scalars.filter((item) => !seen.has(item.writer) && seen.add(item.writer));
  return { kind: "points", rows: alone(first) };
}

export interface Strip {
  tag: string;
  writer: number;
  /** NaN: silent. */
  cells: Float64Array;
  below: boolean[];
  mean: number;
}

export function makeStrips(lines: readonly WriterLine[], kind: StripKind, from: number, to: number): Strip[] {
  const width = (to - from) / CELLS || 1;
  const strips = lines.map(({ tag, writer, wall, value, count }): Strip => {
    const sum = new Float64Array(CELLS);
    const weight = new Float64Array(CELLS);
    for (let i = 0; i < wall.length; i++) {
      if (!Number.isFinite(value[i])) continue;
      const cell = Math.min(CELLS - 1, Math.max(0, Math.floor((wall[i] - from) / width)));
      sum[cell] += value[i] * count[i];
      weight[cell] += count[i];
    }
    const cells = sum.map((total, i) =>
      weight[i] === 0 ? Number.NaN : kind === "points" ? weight[i] : total / weight[i],
    );
    return { tag, writer, cells: bridge(cells, wall, width), below: [], mean: meanOf(cells) };
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
function bridge(cells: Float64Array, wall: Float64Array, width: number): Float64Array {
  const walls = wall.slice().sort();
  const gaps = walls.slice(1).map((at, i) => at - walls[i]);
  const usual = gaps.sort()[Math.floor(gaps.length * 0.9)] ?? 0;
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

/** Of more than `most` those that were below their peers longest, in their order. */
export function shownStrips(strips: readonly Strip[], most: number): readonly Strip[] {
  if (strips.length <= most) return strips;
  const below = (strip: Strip) => strip.below.filter(Boolean).length;
  const shown = new Set([...strips].sort((a, b) => below(b) - below(a)).slice(0, most));
  return strips.filter((strip) => shown.has(strip));
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
