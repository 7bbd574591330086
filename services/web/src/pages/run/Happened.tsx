// The timeline of a run on wall time, and below it in words what is not as usual.

import { useQuery } from "@tanstack/react-query";
import { fetchConsole, type RunDetail, type SeriesItem } from "../../api/run";
import { clockTime, duration } from "../../chart/format";
import { Name } from "../../components/Name";
import { text } from "../../text";
import { Card } from "./Card";
import { type Span, useForks, useRun, useSeriesOf, useWriters } from "./data";
import { type Happening, happenings, lanes, sickSeries, toldOf } from "./happened";
import { firstNotFinite, type Rewinds, rewindsOf } from "./moments";
import css from "./Strips.module.css";
import { type Strip, silences } from "./strips";

const ERRORS = { writers: [], match: "", levels: ["error", "critical"] };

interface Props {
  workspace: string;
  run: RunDetail;
  strips: readonly Strip[];
  span: Span | null;
  names: ReadonlyMap<number, string>;
}

export function Happened({ workspace, run, strips, span, names }: Props) {
  const series = useSeriesOf(run.id);
  const writers = useWriters(run.id);
  const parent = useRun(run.forked_from?.run ?? null);
  const forks = useForks(workspace, run.id);
  const errors = useQuery({
    queryKey: ["first error", run.id, run.status],
    queryFn: ({ signal }) => fetchConsole(run.id, ERRORS, {}, 1, signal),
    retry: false,
  });
  const notFinite = useFirsts(run.id, series.data ?? []);
  const rewinds = useRewinds(run.id, series.data ?? []);
  if (span === null) return null;
  const gaps = strips.length === 0 ? [] : silences(strips, span.from, span.to);
  const all = happenings({
    run,
    series: series.data ?? [],
    writers: writers.data ?? [],
    names,
    silences: gaps,
    span,
    firstError: errors.data?.items[0] ?? null,
    notFinite,
    rewinds,
    parent: parent.data?.name ?? null,
    forks: forks.data ?? [],
  });
  return (
    <Card wide title={text.happened.title} side={duration(span.to - span.from || 1)}>
      <Timeline all={all} gaps={gaps} span={span} />
      <InWords all={all} until={span.to} />
    </Card>
  );
}

/** The first value that is no number of each tag that is told of; it stays where it is while the run goes on. */
function useFirsts(run: string, series: readonly SeriesItem[]) {
  const told = toldOf(sickSeries(series));
  const keys = told.map((item) => `${item.tag} ${item.writer}`);
  const { data } = useQuery({
    queryKey: ["first not finite", run, keys],
    queryFn: async ({ signal }) => {
      const found = await Promise.all(told.map((item) => firstNotFinite(run, item, signal)));
      return new Map(found.flatMap((first, i) => (first === null ? [] : [[keys[i], first] as const])));
    },
    enabled: told.length > 0,
    placeholderData: (old) => old,
  });
  return data ?? new Map<string, never>();
}

/** Told by the series that most was hidden of. */
const NO_REWINDS: Rewinds = { last: [], before: 0 };

function useRewinds(run: string, series: readonly SeriesItem[]) {
  const hidden = (item: SeriesItem) => (item.kind === "scalar" ? Number(item.hidden ?? 0) : 0);
  const item = series.reduce<SeriesItem | null>(
    (most, next) => (hidden(next) > (most === null ? 0 : hidden(most)) ? next : most),
    null,
  );
  const { data } = useQuery({
    queryKey: ["rewinds", run, item && `${item.tag} ${item.writer} ${hidden(item)}`],
    queryFn: ({ signal }) => (item === null ? NO_REWINDS : rewindsOf(run, item, signal)),
    enabled: item !== null,
    placeholderData: (old) => old,
  });
  return data ?? NO_REWINDS;
}

interface TimelineProps {
  all: readonly Happening[];
  gaps: readonly { from: number; to: number }[];
  span: Span;
}

function Timeline({ all, gaps, span }: TimelineProps) {
  const length = span.to - span.from || 1;
  const part = (at: number) => Math.min(100, Math.max(0, ((at - span.from) / length) * 100));
  const placed = all.flatMap((item) =>
    item.at === null || item.at > span.to ? [] : [{ ...item, at: item.at, part: part(item.at) }],
  );
  const lane = lanes(placed);
  return (
    <ol className={css.line} data-lanes={Math.max(0, ...lane)} aria-label={text.happened.title}>
      <li className={css.axis} aria-hidden="true" />
      <li className={css.on} style={{ left: 0, right: 0 }} aria-hidden="true" />
      {gaps.map((gap) => (
        <li
          key={gap.from}
          className={css.gap}
          style={{ left: `${part(gap.from)}%`, width: `${part(gap.to) - part(gap.from)}%` }}
          aria-hidden="true"
        />
      ))}
      {placed.map((item, i) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike.
          key={i}
          className={css.event}
          style={{ left: `${item.part}%` }}
          data-kind={item.kind}
          data-side={item.part < 6 ? "start" : item.part > 94 ? "end" : undefined}
          data-lane={lane[i]}
          title={`${clockTime(item.at)}: ${item.text}`}
        >
          <span className={lane[i] < 0 ? "sr" : undefined}>
            <Name name={item.text} title={false} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What is not as usual, and what has no place on the line. */
function InWords({ all, until }: { all: readonly Happening[]; until: number }) {
  const told = all.filter(({ at, kind }) => at === null || at > until || kind === "warn" || kind === "bad");
  if (told.length === 0) return null;
  return (
    <ul className={css.facts}>
      {told.map((item) => (
        <li key={`${item.at} ${item.text}`} data-kind={item.kind}>
          <time>{item.at === null ? "" : clockTime(item.at)}</time>
          <Name name={item.text} />
        </li>
      ))}
    </ul>
  );
}
