// A chart of one metric with a line for each GPU or writer, on wall time. Painted by hand from typed arrays; the value under the
// pointer, or under the keys ← and →, is written beside it.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RunDetail } from "../../api/run";
import { clockTime } from "../../chart/format";
import { niceStep } from "../../chart/ticks";
import { Name } from "../../components/Name";
import { useSeen } from "../../components/useSeen";
import { isLive } from "../../runs/values";
import { text } from "../../text";
import { useTheme } from "../../theme";
import css from "./System.module.css";
import { measureName, type SystemPanel, withUnit } from "./system";
import { fetchLines, type WriterLine } from "./writerData";
import { gpuName } from "./writers";

const COLUMNS = 300;
const POLL = 10_000; // ms, as the client samples
const MOST_LEGEND = 8;

interface Props {
  run: RunDetail;
  panel: SystemPanel;
  names: ReadonlyMap<number, string>;
}

export function WriterPlot({ run, panel, names }: Props) {
  const card = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const seen = useSeen(card);
  const theme = useTheme();
  const [at, setAt] = useState<number | null>(null);
  const { data } = useQuery({
    queryKey: ["writer lines", run.id, panel.lines.map(keyOf), isLive(run)],
    queryFn: ({ signal }) => fetchLines(run.id, panel.lines, COLUMNS, signal),
    enabled: seen,
    refetchInterval: isLive(run) ? POLL : false,
    placeholderData: keepPreviousData,
  });
  const box = useMemo(() => data && boxOf(data, panel.name), [data, panel.name]);
  const draw = useCallback(() => {
    if (canvas.current !== null && data && box) paint(canvas.current, data, box, at, panel);
  }, [data, box, at, panel]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the tokens that are read.
  useEffect(draw, [draw, theme]);
  useEffect(() => {
    const el = canvas.current;
    if (el === null) return;
    const observer = new ResizeObserver(draw);
    observer.observe(el);
    return () => observer.disconnect();
  }, [draw]);
  const [first] = panel.lines;
  const device = panel.lines.length === 1 && first.gpu !== null ? text.system.gpu(first.gpu.index) : panel.device;
  const label = `${device} ${measureName(panel.name)}`;
  const point = (clientX: number) => {
    const el = canvas.current;
    if (el === null || !box) return;
    const rect = el.getBoundingClientRect();
    const part = (clientX - rect.left - LEFT) / (rect.width - LEFT - RIGHT);
    setAt(box.from + Math.min(1, Math.max(0, part)) * (box.to - box.from));
  };
  const onKey = (event: KeyboardEvent) => {
    if (!box || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    const step = ((box.to - box.from) / 100) * (event.key === "ArrowLeft" ? -1 : 1);
    setAt((old) => Math.min(box.to, Math.max(box.from, (old ?? box.to) + step)));
    event.preventDefault();
  };
  const values = (data ?? []).map((line) => ({ line, value: nearest(line, at) }));
  const shown = at === null ? [] : values;
  return (
    <figure className={css.panel} ref={card} aria-label={box ? sentence(label, values, panel.name) : label}>
      <figcaption>
        <span>
          <Name name={device} /> <b>{measureName(panel.name)}</b>
        </span>
        <span className={css.readout}>
          {shown.length === 0 ? values.length === 1 && withUnit(panel.name, values[0].value) : `${clockTime(at ?? 0)}`}
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair. */}
      <div className={css.plot} tabIndex={0} role="group" aria-label={text.system.crosshair(label)} onKeyDown={onKey}>
        <canvas ref={canvas} onPointerMove={(event) => point(event.clientX)} onPointerLeave={() => setAt(null)} />
      </div>
      {panel.lines.length > 1 && (
        <ul className={css.lines}>
          {values.slice(0, MOST_LEGEND).map(({ line, value }) => (
            <li key={keyOf(line)}>
              <i style={{ background: `var(${colorOf(panel, line)})` }} />
              <Name name={nameOf(panel, line, names)} />
              <span>{withUnit(panel.name, value)}</span>
            </li>
          ))}
          {values.length > MOST_LEGEND && <li>{text.writers.more(values.length - MOST_LEGEND)}</li>}
        </ul>
      )}
    </figure>
  );
}

const keyOf = ({ tag, writer }: { tag: string; writer: number }) => `${writer} ${tag}`;
const placeIn = ({ lines }: SystemPanel, of: WriterLine) => lines.findIndex((line) => keyOf(line) === keyOf(of));

/** A GPU has the colour of its place, a writer that of its number, which is the same in all panels. */
const colorOf = (panel: SystemPanel, line: WriterLine): string =>
  `--c${(panel.device === "gpu" ? Math.max(0, placeIn(panel, line)) : line.writer) % 12}`;

function nameOf(panel: SystemPanel, line: WriterLine, names: ReadonlyMap<number, string>): string {
  const gpu = panel.lines[placeIn(panel, line)]?.gpu ?? null;
  return gpu === null ? (names.get(line.writer) ?? text.writers.number(line.writer)) : gpuName(gpu, names);
}

function sentence(label: string, values: readonly { value: number }[], name: string): string {
  const finite = values.map((v) => v.value).filter(Number.isFinite);
  if (finite.length === 0) return label;
  return text.system.sentence(label, withUnit(name, Math.min(...finite)), withUnit(name, Math.max(...finite)));
}

/** The value at a time, or the last. */
function nearest(line: WriterLine, at: number | null): number {
  const { wall, value } = line;
  if (at === null) return value.at(-1) ?? Number.NaN;
  let best = Number.NaN;
  let distance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < wall.length; i++) {
    const d = Math.abs(wall[i] - at);
    if (d < distance) {
      distance = d;
      best = value[i];
    }
  }
  return best;
}

interface Box {
  from: number;
  to: number;
  low: number;
  high: number;
  /** Between two marks of the axis. */
  step: number;
}

const MARKS = 5; // about so many steps in an axis

function boxOf(lines: readonly WriterLine[], name: string): Box | null {
  const box = { from: Infinity, to: -Infinity, low: 0, high: -Infinity, step: 1 };
  for (const { wall, min, max } of lines) {
    for (let i = 0; i < wall.length; i++) {
      box.from = Math.min(box.from, wall[i]);
      box.to = Math.max(box.to, wall[i]);
      if (Number.isFinite(max[i])) box.high = Math.max(box.high, max[i]);
      if (Number.isFinite(min[i])) box.low = Math.min(box.low, min[i]);
    }
  }
  // A share is looked at against the whole.
  if (name.endsWith("percent") && box.high <= 100) box.high = 100;
  if (!(box.high > box.low)) box.high = box.low + 1;
  box.step = niceStep((box.high - box.low) / MARKS, name === "count");
  box.low = Math.floor(box.low / box.step) * box.step;
  box.high = Math.ceil(box.high / box.step) * box.step;
  return box.from <= box.to ? box : null;
}

/** Seconds between two samples beyond which a line has a hole: a writer that is silent has no value. */
function pauseOf(wall: Float64Array): number {
  const gaps = wall.slice(1).map((at, i) => at - wall[i]);
  return 5 * (gaps.sort()[gaps.length >> 1] ?? 0);
}

const LEFT = 62; // "12.5 MB/s"
const RIGHT = 8;
const TOP = 6;
const BOTTOM = 18;
const HOUR = { hour: "2-digit", minute: "2-digit" } as const;

function paint(
  canvas: HTMLCanvasElement,
  lines: readonly WriterLine[],
  box: Box,
  at: number | null,
  panel: SystemPanel,
): void {
  const style = getComputedStyle(document.documentElement);
  const token = (key: string) => style.getPropertyValue(key).trim();
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const c = canvas.getContext("2d");
  if (c === null || width < LEFT + RIGHT) return;
  c.scale(scale, scale);
  const x = (wall: number) => LEFT + ((wall - box.from) / (box.to - box.from || 1)) * (width - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - (value - box.low) / (box.high - box.low)) * (height - TOP - BOTTOM);
  c.font = `${token("--t-10")} ${token("--sans")}`;
  c.textBaseline = "middle";
  const marks = Math.round((box.high - box.low) / box.step);
  for (let i = 0; i <= marks; i++) {
    const value = box.low + i * box.step;
    c.fillStyle = token("--grid");
    c.fillRect(LEFT, Math.round(y(value)), width - LEFT - RIGHT, 1);
    c.fillStyle = token("--text-3");
    c.textAlign = "right";
    c.fillText(withUnit(panel.name, value), LEFT - 6, y(value));
  }
  const clock = new Intl.DateTimeFormat(
    "en-GB",
    box.to - box.from > 86_400 ? { day: "numeric", month: "short" } : HOUR,
  );
  for (const part of [0, 1]) {
    c.textAlign = part === 0 ? "left" : "right";
    const wall = box.from + part * (box.to - box.from);
    c.fillText(clock.format(wall * 1000), x(wall), height - 7);
  }
  c.lineWidth = 1.25;
  c.lineJoin = "round";
  for (const line of lines) {
    const { wall, value } = line;
    c.strokeStyle = token(colorOf(panel, line));
    c.beginPath();
    const pause = pauseOf(wall);
    for (let i = 0; i < wall.length; i++) {
      if (i === 0 || wall[i] - wall[i - 1] > pause) c.moveTo(x(wall[i]), y(value[i]));
      else c.lineTo(x(wall[i]), y(value[i]));
    }
    c.stroke();
  }
  if (at === null) return;
  c.fillStyle = token("--axis");
  c.fillRect(Math.round(x(at)), TOP, 1, height - TOP - BOTTOM);
}
