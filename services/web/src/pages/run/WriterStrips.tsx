// A strip for each writer. The cells are painted onto a canvas; what they say in words is beside it.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { RunDetail } from "../../api/run";
import { clockTime } from "../../chart/format";
import { isLive } from "../../runs/values";
import { n, text } from "../../text";
import { useTheme } from "../../theme";
import { Card } from "./Card";
import { type Span, spanOf, useSeriesOf, useWriters } from "./data";
import css from "./Strips.module.css";
import { CELLS, makeStrips, type Strip, type StripKind, stripTags } from "./strips";
import { fetchLines } from "./writerData";
import { writerNames } from "./writers";

const MOST = 64;
const POLL = 10_000; // ms, as the client samples

export function useStrips(run: RunDetail) {
  const series = useSeriesOf(run.id);
  const writers = useWriters(run.id);
  const span = spanOf(series.data ?? []);
  const { kind, asked } = stripTags(series.data ?? []);
  const lines = useQuery({
    queryKey: ["strips", run.id, kind, asked.length, isLive(run) ? null : span?.to],
    queryFn: ({ signal }) => fetchLines(run.id, asked, CELLS, signal),
    enabled: asked.length > 0,
    refetchInterval: isLive(run) ? POLL : false,
    placeholderData: (old) => old,
  });
  const strips = span === null ? [] : makeStrips(lines.data ?? [], kind, span.from, span.to);
  return { strips, kind, span, names: writerNames(writers.data ?? []) };
}

interface Props {
  strips: readonly Strip[];
  kind: StripKind;
  span: Span | null;
  names: ReadonlyMap<number, string>;
}

export function WriterStrips({ strips, kind, span, names }: Props) {
  if (strips.length === 0 || span === null) return null;
  return (
    <Card
      wide
      title={text.writers.title}
      side={
        <span className={css.legend}>
          {text.writers.kind[kind]}
          {(["busy", "below", "silent"] as const)
            .filter((key) => key !== "below" || kind !== "points")
            .map((key) => (
              <span key={key}>
                <i className={css[key]} /> {text.writers[key]}
              </span>
            ))}
        </span>
      }
    >
      <table className={css.strips}>
        <thead className="sr">
          <tr>
            <th scope="col">{text.writers.writer}</th>
            <th scope="col">{text.writers.course}</th>
            <th scope="col">{text.writers.mean}</th>
          </tr>
        </thead>
        <tbody>
          {strips.slice(0, MOST).map((strip) => (
            <Row key={strip.writer} strip={strip} kind={kind} span={span} name={names.get(strip.writer) ?? null} />
          ))}
        </tbody>
      </table>
      {strips.length > MOST && <p className={css.note}>{text.writers.more(strips.length - MOST)}</p>}
    </Card>
  );
}

function Row({ strip, kind, span, name }: { strip: Strip; kind: StripKind; span: Span; name: string | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the tokens that are read.
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, strip);
  }, [strip, theme]);
  const silent = strip.cells.filter(Number.isNaN).length / CELLS;
  const below = strip.below.filter(Boolean).length / CELLS;
  const label = name ?? text.writers.number(strip.writer);
  const words = text.writers.sentence(Math.round(below * 100), Math.round(silent * 100));
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        <canvas
          ref={canvas}
          className={css.canvas}
          title={`${clockTime(span.from)} – ${clockTime(span.to)}: ${words}`}
          role="img"
          aria-label={words}
        />
      </td>
      <td className={css.mean}>
        {kind === "points" || Number.isNaN(strip.mean) ? "" : text.writers.percent(n(Math.round(strip.mean)))}
      </td>
    </tr>
  );
}

const HEIGHT = 12;
const LEAST_PARTED = 4; // px: cells narrower than this are one band, or their gaps would be half of it

function paint(canvas: HTMLCanvasElement, strip: Strip): void {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = Math.round(width * scale);
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  const cell = width / CELLS;
  const edge = (i: number) => Math.round(i * cell * scale) / scale;
  const gap = cell < LEAST_PARTED ? 0 : 1;
  for (let i = 0; i < CELLS; i++) {
    const value = strip.cells[i];
    context.fillStyle = token(Number.isNaN(value) ? "--sunken" : strip.below[i] ? "--d1" : "--s1");
    context.fillRect(edge(i), 0, edge(i + 1) - edge(i) - gap, HEIGHT);
  }
}
