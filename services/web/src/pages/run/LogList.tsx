// A window onto a console. Rows are 18 px and one line each; only those in view exist. Browsers end an element at some
// 17 million pixels, so beyond 15 million the scroll bar is scaled.

import { ArrowDown } from "lucide-react";
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "react";
import { toValue } from "../../api/json64";
import type { ConsoleAsk, ConsoleLine } from "../../api/run";
import { clockTime } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { icon } from "../../components/Shell";
import { n, text } from "../../text";
import { ansiParts } from "./ansi";
import css from "./Logs.module.css";
import { LogStore } from "./logStore";

const ROW = 18; // CSS pixels
const MOST_PIXELS = 15_000_000;
const POLL = 1_000; // ms
const MOST_SHOWN = 4_000; // characters of a line

interface Props {
  run: string;
  ask: ConsoleAsk;
  live: boolean;
  /** The line that the address names; it is shown first. null: the end. */
  at: number | null;
  /** Names of writers; null: they are not shown. */
  writers: ReadonlyMap<number, string> | null;
  onLine(line: ConsoleLine): void;
  onCount?(total: number, matched: number | null): void;
  label: string;
}

export function LogList({ run, ask, live, at, writers, onLine, onCount, label }: Props) {
  const asked = useStore(run, ask, live);
  // What is there stays until the answer to another question is there.
  const answered = useRef(asked);
  if (asked.loaded || answered.current.run !== run) answered.current = asked;
  const store = answered.current;
  const scroll = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const [follow, setFollow] = useState(at === null);
  const seen = useRef(0);
  const following = useRef(false);
  const filters = ask.match !== "" || ask.levels.length > 0;

  const full = store.rows * ROW;
  const tall = Math.min(full, MOST_PIXELS);
  const scale = full > MOST_PIXELS ? (full - view.height) / (tall - view.height) : 1;
  const first = Math.max(0, Math.floor((view.top * scale) / ROW) - 10);
  const last = Math.min(store.rows, Math.ceil((view.top * scale + view.height) / ROW) + 10);

  const measure = useCallback(() => {
    const el = scroll.current;
    if (el === null) return;
    setView((old) =>
      old.top === el.scrollTop && old.height === el.clientHeight ? old : { top: el.scrollTop, height: el.clientHeight },
    );
  }, []);
  useLayoutEffect(() => {
    const el = scroll.current;
    if (el === null) return;
    measure();
    const observer = new ResizeObserver(() => {
      if (following.current) el.scrollTop = el.scrollHeight;
      measure();
    });
    observer.observe(el);
    return () => observer.disconnect();
  }, [measure]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are a reason to ask again.
  useEffect(() => store.want(first, last), [store, first, last, store.rows]);
  useEffect(() => {
    if (store.loaded) onCount?.(store.total, store.matched);
  }, [store.loaded, store.total, store.matched, onCount]);

  // The first look goes to the line of the address, or to the end; later only who follows is taken along.
  following.current = follow && !filters;
  const placed = useRef(false);
  useLayoutEffect(() => {
    const el = scroll.current;
    if (el === null || !store.loaded || store.rows === 0) return;
    if (!placed.current) {
      placed.current = true;
      if (at !== null) el.scrollTop = (Math.max(0, at - 5) * ROW) / scale;
      else if (!filters) el.scrollTop = el.scrollHeight;
      measure();
    } else if (follow && !filters) {
      el.scrollTop = el.scrollHeight;
      measure();
    }
  }, [store.loaded, store.rows, follow, at, filters, scale, measure]);
  if (follow) seen.current = store.rows;
  const unseen = store.rows - seen.current;

  const onScroll = () => {
    const el = scroll.current;
    if (el === null) return;
    measure();
    setFollow(el.scrollTop + el.clientHeight >= el.scrollHeight - ROW);
  };
  /** j and k choose the next line or the one before, from the first in view on. */
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
    const el = scroll.current;
    if (by === 0 || el === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const top = Math.ceil((el.scrollTop * scale) / ROW);
    const from = rows.find((row) => at !== null && store.line(row)?.line === at);
    const row = from === undefined ? top : Math.min(store.rows - 1, Math.max(0, from + by));
    const line = store.line(row);
    if (line === undefined) return;
    onLine(line);
    const below = Math.ceil((row + 1) * ROW - el.clientHeight);
    if (row < top) el.scrollTop = (row * ROW) / scale;
    else if (below > el.scrollTop * scale) el.scrollTop = below / scale;
  };
  const rows: number[] = [];
  for (let row = first; row < last; row++) rows.push(row);
  return (
    <div className={css.list}>
      {asked.error !== null && <ProblemBox error={asked.error} retry={() => asked.start()} />}
      {store.earlier > 0 && <p className={css.note}>{text.logs.earlier(store.earlier)}</p>}
      <div
        className={css.scroll}
        ref={scroll}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={label}
      >
        <div className={css.canvas} style={{ height: tall }}>
          <div
            className={css.rows}
            style={{ transform: `translateY(${view.top - (view.top * scale - first * ROW)}px)` }}
          >
            {rows.map((row) => (
              <Line
                key={row}
                line={store.line(row)}
                chosen={at !== null && store.line(row)?.line === at}
                writers={writers}
                onLine={onLine}
              />
            ))}
          </div>
        </div>
        {!store.loaded && asked.error === null && (
          <p className={css.note} role="status" aria-busy="true">
            {text.logs.reading}
          </p>
        )}
        {store.loaded && store.rows === 0 && <p className={css.note}>{filters ? text.logs.noMatch : text.logs.none}</p>}
      </div>
      {!follow && live && unseen > 0 && !filters && (
        <button type="button" className={`${controls.btn} ${css.news}`} onClick={() => setFollow(true)}>
          <ArrowDown {...icon} size={14} />
          {text.logs.newLines(unseen)}
        </button>
      )}
    </div>
  );
}

function useStore(run: string, ask: ConsoleAsk, live: boolean): LogStore {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const key = JSON.stringify(ask);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question.
  const store = useMemo(() => new LogStore(run, ask, changed), [run, key]);
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => {
      if (!document.hidden) void store.look();
    }, POLL);
    return () => clearInterval(timer);
  }, [store, live]);
  return store;
}

interface LineProps {
  line: ConsoleLine | undefined;
  chosen: boolean;
  writers: ReadonlyMap<number, string> | null;
  onLine(line: ConsoleLine): void;
}

const CLASS: Record<string, string> = {
  warning: css.warning,
  error: css.error,
  critical: css.error,
  debug: css.debug,
};

export const Line = memo(function Line({ line, chosen, writers, onLine }: LineProps) {
  if (line === undefined) return <div className={css.line} aria-hidden="true" />;
  const level = line.level ?? "";
  const wall = toValue(line.wall);
  return (
    <div className={`${css.line} ${CLASS[level] ?? ""} ${chosen ? css.chosen : ""}`}>
      <button
        type="button"
        className={css.number}
        tabIndex={-1}
        title={text.logs.atTime(clockTime(wall))}
        onClick={() => onLine(line)}
      >
        {n(line.line + 1)}
      </button>
      <span className={css.time} title={clockTime(wall)}>
        {timeOfDay(wall)}
      </span>
      {writers !== null && <span className={css.writer}>{writers.get(line.writer) ?? line.writer}</span>}
      <span className={css.level}>{level !== "" && level !== "info" && level !== "debug" ? level : ""}</span>
      <span className={css.text}>
        {ansiParts(line.text.slice(0, MOST_SHOWN)).map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name.
          <span key={i} data-colour={part.colour || undefined} className={part.bold ? css.bold : undefined}>
            {visible(part.text.replace(/\t/g, "    "))}
          </span>
        ))}
        {line.text.length > MOST_SHOWN && <i className={css.cut}>{text.logs.cut(line.text.length - MOST_SHOWN)}</i>}
      </span>
    </div>
  );
});

function timeOfDay(wall: number): string {
  const date = new Date(wall * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
