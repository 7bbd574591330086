// The timeline of a run on wall time; beneath it, what has no single time.

import { useQuery } from "@tanstack/react-query";
import { fetchConsole, type RunDetail } from "../../api/run";
import { clockTime, duration } from "../../chart/format";
import { Name } from "../../components/Name";
import { text } from "../../text";
import { Card } from "./Card";
import { type Span, useSeriesOf, useWriters } from "./data";
import { type Happening, happenings } from "./happened";
import css from "./Strips.module.css";
import { type Strip, silences } from "./strips";

const ERRORS = { writers: [], match: "", levels: ["error", "critical"] };

interface Props {
  run: RunDetail;
  strips: readonly Strip[];
  span: Span | null;
  names: ReadonlyMap<number, string>;
}

export function Happened({ run, strips, span, names }: Props) {
  const series = useSeriesOf(run.id);
  const writers = useWriters(run.id);
  const errors = useQuery({
    queryKey: ["first error", run.id, run.status],
    queryFn: ({ signal }) => fetchConsole(run.id, ERRORS, {}, 1, signal),
    retry: false,
  });
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
  });
  const placed = all.filter((item): item is Happening & { at: number } => item.at !== null);
  const others = all.filter((item) => item.at === null);
  const length = span.to - span.from || 1;
  const part = (at: number) => Math.min(100, Math.max(0, ((at - span.from) / length) * 100));
  let before = Number.NEGATIVE_INFINITY;
  let low = false;
  return (
    <Card wide title={text.happened.title} side={duration(length)}>
      <ol className={css.line} aria-label={text.happened.title}>
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
        {placed.map((item, i) => {
          const at = part(item.at);
          // Words that would stand on each other go to a second line.
          low = at - before < 14 ? !low : false;
          before = at;
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike.
              key={i}
              className={css.event}
              style={{ left: `${at}%` }}
              data-kind={item.kind}
              data-side={at < 6 ? "start" : at > 94 ? "end" : undefined}
              data-low={low ? "" : undefined}
              title={clockTime(item.at)}
            >
              <span>
                <Name name={item.text} title={false} />
              </span>
            </li>
          );
        })}
      </ol>
      {others.length > 0 && (
        <ul className={css.facts}>
          {others.map((item) => (
            <li key={item.text} data-kind={item.kind}>
              <Name name={item.text} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
