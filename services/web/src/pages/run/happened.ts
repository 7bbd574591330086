// What happened to a run, in order of wall time, from what the server knows of it.

import { toValue } from "../../api/json64";
import type { ConsoleLine, RunDetail, SeriesItem, WriterItem } from "../../api/run";
import { duration, exactValue, fullStep } from "../../chart/format";
import { n, text } from "../../text";
import { isLogged, type Span } from "./data";
import type { FirstNotFinite, Rewinds } from "./moments";

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
  /** By tag; what is not found yet is absent. */
  notFinite: ReadonlyMap<string, FirstNotFinite>;
  rewinds: Rewinds;
  /** Name of the run that this one goes on from. */
  parent: string | null;
  /** Runs that go on from this one; they may have been made long after its end. */
  forks: readonly RunDetail[];
}

const LATE = 0.02; // of the span: a writer that joins within it was there from the start
const LOST = 0.05; // of the span: a writer that ends so long before the others is one that was lost
const MOST_TAGS = 3; // with values that are no numbers; the others are only counted

/** Tags with NaN or infinities; of those beyond the first only the number is told. */
export const sickSeries = (series: readonly SeriesItem[]): SeriesItem[] =>
  series.filter((item) => item.kind === "scalar" && isLogged(item) && notFiniteIn(item) > 0);
export const toldOf = (sick: readonly SeriesItem[]): SeriesItem[] => sick.slice(0, MOST_TAGS);

const notFiniteIn = (item: SeriesItem) => Number(item.nan ?? 0) + Number(item.pos_inf ?? 0) + Number(item.neg_inf ?? 0);

export function happenings(known: Known): Happening[] {
  const { run, series, silences, span, firstError, rewinds } = known;
  const inside = (at: number) => Math.min(Math.max(at, span.from), span.to);
  const out: Happening[] = [{ at: span.from, kind: "plain", text: text.happened.started }];
  if (run.forked_from) {
    const step = fullStep(BigInt(run.forked_from.step));
    const name = (known.parent ?? run.forked_from.run).slice(0, 60);
    out.push({ at: inside(Date.parse(run.created) / 1000), kind: "plain", text: text.happened.forked(name, step) });
  }
  out.push(...ofForks(known), ...ofWriters(known));
  for (const gap of silences) {
    out.push({ at: gap.from, kind: "warn", text: text.happened.silent(duration(gap.to - gap.from)) });
    out.push({ at: gap.to, kind: "plain", text: text.happened.heardAgain });
  }
  if (firstError !== null) {
    out.push({ at: inside(toValue(firstError.wall)), kind: "bad", text: text.happened.error });
  }
  out.push(...ofValues(known));
  if (rewinds.before > 0)
    out.push({
      at: inside(rewinds.last[0]?.wall ?? span.from),
      kind: "warn",
      text: text.happened.rewoundBefore(rewinds.before),
    });
  for (const { step, wall } of rewinds.last) {
    out.push({ at: inside(wall), kind: "warn", text: text.happened.rewound(fullStep(step)) });
  }
  const hidden = series.reduce((sum, item) => sum + Number(item.hidden ?? 0), 0);
  if (hidden > 0) out.push({ at: null, kind: "warn", text: text.happened.hidden(n(hidden)) });
  out.push(end(run, span, inside));
  return out.sort((a, b) => (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY));
}

function end(run: RunDetail, span: Span, inside: (at: number) => number): Happening {
  if (run.finished) {
    const bad = run.status === "failed" || run.status === "crashed";
    const word = text.run.status[run.status as keyof typeof text.run.status] ?? run.status;
    return { at: inside(Date.parse(run.finished) / 1000), kind: bad ? "bad" : "plain", text: word };
  }
  if (run.status === "running") return { at: span.to, kind: "now", text: text.happened.now };
  return { at: span.to, kind: "warn", text: text.run.status.disconnected };
}

function ofForks({ forks, span }: Known): Happening[] {
  const made = forks.map((fork): Named => {
    const step = fullStep(BigInt(fork.forked_from?.step ?? 0));
    return { at: Date.parse(fork.created) / 1000, name: text.happened.atStep(fork.name.slice(0, 60), step) };
  });
  const { forkedInto, forkedMany } = text.happened;
  return together(made, LATE * (span.to - span.from)).map(word(forkedInto, forkedMany, "plain"));
}

/** Who joined late, who was lost, who began again. */
function ofWriters({ writers, names, span }: Known): Happening[] {
  const length = span.to - span.from;
  const out: Happening[] = [];
  const joined: Named[] = [];
  const lost: Named[] = [];
  for (const writer of writers) {
    const opened = Date.parse(writer.opened ?? "") / 1000;
    const name = names.get(writer.writer) ?? "";
    const times = Number(writer.epoch ?? 0);
    const [first, last] = [toValue(writer.first_wall ?? null), toValue(writer.last_wall ?? null)];
    // The epoch rises with a deletion too; only who was opened after it had logged has begun again.
    if (times > 1 && opened > first + 1 && opened < span.to) {
      out.push({ at: Math.max(opened, span.from), kind: "warn", text: text.happened.again(name, times) });
    } else if (writers.length > 1 && opened > span.from + LATE * length && opened < span.to) {
      const before = writers.filter((other) => other.writer < writer.writer);
      const alone = before.length > 0 && before.every((other) => toValue(other.last_wall ?? null) < opened);
      if (alone) out.push({ at: opened, kind: "plain", text: text.happened.resumed(name) });
      else joined.push({ at: opened, name });
    }
    if (writers.length > 1 && last < span.to - LOST * length) lost.push({ at: last, name });
  }
  const { joined: oneJoined, joinedMany, lost: oneLost, lostMany } = text.happened;
  return [
    ...out,
    ...together(joined, LATE * length).map(word(oneJoined, joinedMany, "plain")),
    ...together(lost, LATE * length).map(word(oneLost, lostMany, "warn")),
  ];
}

/** The first NaN or infinity of some tags, and how many others have any. */
function ofValues({ series, notFinite }: Known): Happening[] {
  const sick = sickSeries(series);
  const told = toldOf(sick);
  const out = told.map((item): Happening => {
    const first = notFinite.get(`${item.tag} ${item.writer}`);
    const count = n(notFiniteIn(item));
    const tag = item.tag.slice(0, 60);
    if (first === undefined) return { at: null, kind: "bad", text: text.happened.notFinite(tag, count) };
    const value = Number.isNaN(first.value) ? "NaN" : exactValue(first.value).replace("Infinity", "∞");
    return { at: first.wall, kind: "bad", text: text.happened.first(value, tag, fullStep(first.step), count) };
  });
  const tags = new Set(sick.slice(told.length).map((item) => item.tag)).size;
  if (tags > 0) out.push({ at: null, kind: "bad", text: text.happened.moreTags(tags) });
  return out;
}

interface Named {
  at: number;
  name: string;
}
interface Group {
  at: number;
  names: string[];
}

const word =
  (one: (name: string) => string, many: (count: number) => string, kind: Happening["kind"]) =>
  (group: Group): Happening => ({
    at: group.at,
    kind,
    text: group.names.length === 1 ? one(group.names[0]) : many(group.names.length),
  });

/** What happens to several at about the same time is one happening. */
function together(all: Named[], apart: number): Group[] {
  const groups: Group[] = [];
  for (const { at, name } of all.sort((a, b) => a.at - b.at)) {
    const last = groups.at(-1);
    if (last !== undefined && at - last.at < apart) last.names.push(name);
    else groups.push({ at, names: [name] });
  }
  return groups;
}

const LANES = 3;
const WIDTH = 0.95; // percent of the line that a character takes, where the line is as narrow as it gets beside cards

/** On which of the lines below the axis each text stands so that none lies on another; −1: there is no room. */
export function lanes(items: readonly { part: number; text: string }[]): number[] {
  const ends = new Array<number>(LANES).fill(Number.NEGATIVE_INFINITY);
  return items.map(({ part, text: words }) => {
    const width = words.length * WIDTH;
    const from = part < 6 ? part : part > 94 ? part - width : part - width / 2;
    const lane = from < -1 || from + width > 101 ? -1 : ends.findIndex((end) => end < from);
    if (lane >= 0) ends[lane] = from + width + 1;
    return lane;
  });
}
