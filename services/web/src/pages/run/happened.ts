// What happened to a run, in order of wall time, from what the server knows of it.

import { toValue } from "../../api/json64";
import type { ConsoleLine, RunDetail, SeriesItem, WriterItem } from "../../api/run";
import { duration } from "../../chart/format";
import { n, text } from "../../text";
import { isLogged, type Span } from "./data";

export interface Happening {
  /** Seconds since the epoch; null: at no single time. */
  at: number | null;
  kind: "plain" | "warn" | "bad" | "now";
  text: string;
}

export interface Known {
  run: RunDetail;
  series: readonly SeriesItem[];
  writers: readonly WriterItem[];
  names: ReadonlyMap<number, string>;
  silences: readonly { from: number; to: number }[];
  span: Span;
  firstError: ConsoleLine | null;
}

const LATE = 0.02; // of the span: a writer that joins within it was there from the start

export function happenings({ run, series, writers, names, silences, span, firstError }: Known): Happening[] {
  const out: Happening[] = [{ at: span.from, kind: "plain", text: text.happened.started }];
  const length = span.to - span.from;
  const joined: { at: number; name: string }[] = [];
  for (const writer of writers) {
    const opened = Date.parse(writer.opened ?? "") / 1000;
    const name = names.get(writer.writer) ?? "";
    const times = writer.epoch ?? 0;
    if (times > 1) {
      const at = opened > span.from ? Math.min(opened, span.to) : null;
      out.push({ at, kind: "warn", text: text.happened.again(name, times) });
    } else if (writers.length > 1 && opened > span.from + LATE * length && opened < span.to) {
      joined.push({ at: opened, name });
    }
  }
  out.push(...together(joined, LATE * length));
  for (const gap of silences) {
    out.push({ at: gap.from, kind: "warn", text: text.happened.silent(duration(gap.to - gap.from)) });
    out.push({ at: gap.to, kind: "plain", text: text.happened.heardAgain });
  }
  if (firstError !== null) {
    out.push({ at: toValue(firstError.wall), kind: "bad", text: text.happened.error });
  }
  const nan = series.filter((item) => isLogged(item) && Number(item.nan ?? 0) > 0);
  for (const item of nan.slice(0, 3)) {
    out.push({ at: null, kind: "bad", text: text.happened.nan(item.tag.slice(0, 80), n(Number(item.nan))) });
  }
  const hidden = series.reduce((sum, item) => sum + Number(item.hidden ?? 0), 0);
  if (hidden > 0) out.push({ at: null, kind: "warn", text: text.happened.rewound(n(hidden)) });
  const finished = run.finished ? Date.parse(run.finished) / 1000 : null;
  if (finished !== null) {
    const bad = run.status === "failed" || run.status === "crashed";
    const word = text.run.status[run.status as keyof typeof text.run.status] ?? run.status;
    out.push({ at: Math.min(Math.max(finished, span.from), span.to), kind: bad ? "bad" : "plain", text: word });
  } else if (run.status === "running") {
    out.push({ at: span.to, kind: "now", text: text.happened.now });
  } else {
    out.push({ at: span.to, kind: "warn", text: text.run.status.disconnected });
  }
  return out.sort((a, b) => (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY));
}

/** Those that joined at about the same time are one happening. */
function together(joined: { at: number; name: string }[], apart: number): Happening[] {
  const groups: { at: number; names: string[] }[] = [];
  for (const { at, name } of joined.sort((a, b) => a.at - b.at)) {
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < apart) last.names.push(name);
    else groups.push({ at, names: [name] });
  }
  return groups.map(({ at, names }) => ({
    at,
    kind: "plain",
    text: names.length === 1 ? text.happened.joined(names[0]) : text.happened.joinedMany(names.length),
  }));
}
