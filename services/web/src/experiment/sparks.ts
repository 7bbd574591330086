// Sparklines of the run list: the metric's course of the rows in view, a few columns each. Small enough for the main thread.

import { useEffect, useRef, useState } from "react";
import { decodeSeries, encodeAsk, type SeriesItem } from "../api/series";
import { fetchSeries } from "../chart/request";
import { useSettled } from "../settled";

export const SPARK = { width: 56, height: 18 } as const;
const COLUMNS = 28;
const REST = 150; // ms that the list has to stand still
const REFRESH = 20_000; // ms, for runs that are writing

export interface Spark {
  step: Float64Array;
  value: Float64Array;
  at: number;
}

export function sparkOf(item: SeriesItem, at: number): Spark {
  if (item.kind === "error") return { step: new Float64Array(0), value: new Float64Array(0), at };
  const { step, value } = item.kind === "exact" ? item.points : item.last;
  // A drawing of 56 pixels: steps may round.
  return { step: Float64Array.from(step, Number), value, at };
}

/** An SVG path; x from `from` to `to` for all rows alike, y from the run's own least to its greatest value. */
export function sparkPath({ step, value }: Spark, from: number, to: number): string {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const v of value) {
    if (!Number.isFinite(v)) continue;
    lo = Math.min(lo, v);
    hi = Math.max(hi, v);
  }
  if (!(lo <= hi)) return "";
  const { width, height } = SPARK;
  let path = "";
  let pen = false;
  // An exact answer can have four times as many points as columns: every n-th is enough here.
  const every = Math.max(1, Math.floor(value.length / (2 * COLUMNS)));
  for (let i = 0; i < value.length; i += every) {
    if (!Number.isFinite(value[i])) {
      pen = false;
      continue;
    }
    const x = ((step[i] - from) / (to - from || 1)) * width;
    const y = height - 2 - ((value[i] - lo) / (hi - lo || 1)) * (height - 4);
    path += `${pen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  }
  return path;
}

export interface Sparks {
  pathOf(run: string): string;
}

export function useSparks(tag: string | null, rows: { id: string; live: boolean }[]): Sparks {
  const [cache, setCache] = useState<{ tag: string | null; sparks: Map<string, Spark> }>({ tag, sparks: new Map() });
  const sparks = cache.tag === tag ? cache.sparks : new Map<string, Spark>();
  const latest = useRef(sparks);
  latest.current = sparks;
  const key = rows.map((row) => row.id).join();
  const settled = useSettled();
  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  useEffect(() => {
    if (tag === null || key === "" || !settled) return;
    const controller = new AbortController();
    const load = async () => {
      const now = Date.now();
      const wanted = rowsNow.current.filter(({ id, live }) => {
        const have = latest.current.get(id);
        return have === undefined || (live && now - have.at >= REFRESH);
      });
      if (wanted.length === 0) return;
      const series = wanted.map(({ id }) => ({ run: id, tag }));
      try {
        const response = await fetchSeries(
          encodeAsk({ series, x: "step", range: null, columns: COLUMNS }),
          controller.signal,
        );
        if (!response.ok) return;
        const items = decodeSeries(await response.arrayBuffer());
        setCache((old) => {
          const next = new Map(old.tag === tag ? old.sparks : []);
          items.forEach((item, i) => {
            next.set(series[i].run, sparkOf(item, now));
          });
          return { tag, sparks: next };
        });
      } catch {
        // Rows without a sparkline say all the rest; the next move of the list tries again.
      }
    };
    const timer = setTimeout(load, REST);
    const refresh = setInterval(load, REFRESH);
    return () => {
      clearTimeout(timer);
      clearInterval(refresh);
      controller.abort();
    };
  }, [tag, key, settled]);

  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { step } of sparks.values()) {
    if (step.length === 0) continue;
    from = Math.min(from, step[0]);
    to = Math.max(to, step[step.length - 1]);
  }
  return {
    pathOf: (run) => {
      const spark = sparks.get(run);
      return spark === undefined ? "" : sparkPath(spark, from, to);
    },
  };
}
