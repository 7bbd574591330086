// A strip for each GPU, or for each writer. The cells are painted onto a canvas; what they say in words is beside it.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { RunDetail } from "../../api/run";
import { clockTime } from "../../chart/format";
import { shorten, visible } from "../../components/Name";
import { isLive } from "../../runs/values";
import { n, text } from "../../text";
import { useTheme } from "../../theme";
import { Card } from "./Card";
import { type Span, spanOf, useMachines, useSeriesOf, useWriters } from "./data";
import type { Machines, Measured } from "./machines";
import css from "./Strips.module.css";
import { CELLS, makeStrips, type Strip, type StripKind, shownStrips, stripRows } from "./strips";
import { fetchLines } from "./writerData";
import { gpuName, writerNames } from "./writers";

const MOST = 64;
const MOST_WIDE = 24; // of more the rows are tight, so that 64 are seen at once
const MOST_HOST = 64; // characters
const NO_MACHINES: Machines = new Map();
const POLL = 10_000; // ms, as the client samples

export function useStrips(run: RunDetail) {
  const series = useSeriesOf(run.id);
  const writers = useWriters(run.id);
  const span = spanOf(series.data ?? []);
  const machines = useMachines(run.id);
  const { kind, rows } = stripRows(series.data ?? [], machines.data ?? NO_MACHINES);
  const lines = useQuery({
    queryKey: ["strips", run.id, rows.map(({ tag, writer }) => [tag, writer]), isLive(run) ? null : span?.to],
    queryFn: ({ signal }) => fetchLines(run.id, rows, CELLS, signal),
    enabled: rows.length > 0 && !machines.isPending,
    refetchInterval: isLive(run) ? POLL : false,
    placeholderData: (old) => old,
  });
  const strips = span === null ? [] : makeStrips(lines.data ?? [], kind, span.from, span.to);
  return { strips, rows, kind, span, names: writerNames(writers.data ?? []) };
}

interface Props {
  strips: readonly Strip[];
  rows: readonly Measured[];
  kind: StripKind;
  span: Span | null;
  names: ReadonlyMap<number, string>;
}

export function WriterStrips({ strips, rows, kind, span, names }: Props) {
  if (strips.length === 0 || span === null) return null;
  const label = labels(rows, names);
  return (
    <Card
      wide
      title={kind === "gpu" ? text.writers.gpus : text.writers.title}
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
      <table className={css.strips} data-kind={kind} data-dense={strips.length > MOST_WIDE || undefined}>
        <thead className="sr">
          <tr>
            <th scope="col">{text.writers.writer}</th>
            <th scope="col">{text.writers.course}</th>
            <th scope="col">{text.writers.mean}</th>
          </tr>
        </thead>
        <tbody>
          {shownStrips(strips, MOST).map((strip) => (
            <Row key={`${strip.writer} ${strip.tag}`} strip={strip} kind={kind} span={span} label={label(strip)} />
          ))}
        </tbody>
      </table>
      {strips.length > MOST && <p className={css.note}>{text.writers.mostBelow(MOST, strips.length)}</p>}
    </Card>
  );
}

/** A GPU with who uses it, and of several machines on which one it is. */
function labels(rows: readonly Measured[], names: ReadonlyMap<number, string>): (strip: Strip) => string {
  const gpus = new Map(rows.map(({ tag, writer, gpu }) => [`${writer} ${tag}`, gpu]));
  const hosts = new Set(rows.map(({ gpu }) => gpu?.host ?? null));
  return ({ tag, writer }) => {
    const gpu = gpus.get(`${writer} ${tag}`) ?? null;
    if (gpu === null) return names.get(writer) ?? text.writers.number(writer);
    const host = gpu.host === null || hosts.size < 2 ? "" : ` · ${visible(shorten(gpu.host, MOST_HOST))}`;
    return gpuName(gpu, names) + host;
  };
}

function Row({ strip, kind, span, label }: { strip: Strip; kind: StripKind; span: Span; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the tokens that are read.
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, strip);
  }, [strip, theme]);
  const silent = strip.cells.filter(Number.isNaN).length / CELLS;
  const below = strip.below.filter(Boolean).length / CELLS;
  const words = text.writers.sentence(Math.round(below * 100), Math.round(silent * 100));
  return (
    <tr>
      <th scope="row" title={label}>
        {label}
      </th>
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
