// What the run printed: all writers in one list, or each in its own; by level and by expression; followed while it runs.

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { toValue } from "../../api/json64";
import type { ConsoleLine } from "../../api/run";
import { clockTime } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { useKeys } from "../../keys";
import { isLive } from "../../runs/values";
import { usePageParam } from "../../state/usePageParam";
import { n, text } from "../../text";
import { useWriters } from "./data";
import { LogList } from "./LogList";
import css from "./Logs.module.css";
import type { TabProps } from "./RunPage";
import { writerNames } from "./writers";

const LEVELS = ["debug", "info", "warning", "error", "critical", "stdout", "stderr"] as const;
const REST = 300; // ms after the last key before the server is asked
const MOST_SPLIT = 6;

export function Logs({ workspace, run }: TabProps) {
  const [match, setMatch] = usePageParam("r.match");
  const [levels, setLevels] = usePageParam("r.level");
  const [shown, setShown] = usePageParam("r.writers");
  const [split, setSplit] = usePageParam("r.split");
  const [at, setAt] = usePageParam("r.line");
  const [chosen, setChosen] = useState<ConsoleLine | null>(null);
  const [count, setCount] = useState<{ total: number; matched: number | null } | null>(null);
  const onCount = useCallback((total: number, matched: number | null) => setCount({ total, matched }), []);
  const writers = useWriters(run.id);
  const names = useMemo(() => writerNames(writers.data ?? []), [writers.data]);
  const picked = shown.split(",").filter(Boolean).map(Number);
  const chosenLevels = levels.split(",").filter(Boolean);
  const navigate = useNavigate();
  const onLine = useCallback(
    (line: ConsoleLine) => {
      setChosen(line);
      setAt(String(line.line), true);
    },
    [setAt],
  );
  const find = useRef<HTMLInputElement>(null);
  useKeys(
    useCallback((key) => {
      if (key !== "/") return false;
      find.current?.focus();
      return true;
    }, []),
  );
  const toggle = (list: string[], item: string) =>
    (list.includes(item) ? list.filter((other) => other !== item) : [...list, item]).join(",");
  const all = writers.data ?? [];
  const isSplit = split === "1" && all.length > 1;
  const columns = isSplit
    ? (picked.length > 0 ? all.filter((w) => picked.includes(w.writer)) : all).slice(0, MOST_SPLIT)
    : [];
  const live = isLive(run);
  const place = at === "" || !/^\d+$/.test(at) ? null : Number(at);
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <Search value={match} onChange={setMatch} input={find} />
        <fieldset className={css.levels} aria-label={text.logs.levels}>
          {LEVELS.map((level) => (
            <button
              key={level}
              type="button"
              className={css.chip}
              aria-pressed={chosenLevels.includes(level)}
              onClick={() => setLevels(toggle(chosenLevels, level))}
            >
              {level}
            </button>
          ))}
        </fieldset>
        {all.length > 1 && (
          <>
            <span className={controls.seg}>
              <button type="button" aria-pressed={!isSplit} onClick={() => setSplit("")}>
                {text.logs.merged}
              </button>
              <button type="button" aria-pressed={isSplit} onClick={() => setSplit("1")}>
                {text.logs.split}
              </button>
            </span>
            <fieldset className={css.levels} aria-label={text.logs.writers}>
              {all.slice(0, 64).map((w) => (
                <button
                  key={w.writer}
                  type="button"
                  className={css.chip}
                  aria-pressed={picked.length === 0 || picked.includes(w.writer)}
                  onClick={() => setShown(toggle(picked.map(String), String(w.writer)))}
                >
                  {names.get(w.writer)}
                </button>
              ))}
            </fieldset>
          </>
        )}
        <span className={css.count} role="status">
          {count !== null && text.logs.count(count.total, count.matched)}
        </span>
      </div>
      {chosen !== null && (
        <div className={css.chosenBar}>
          <span>{text.logs.chosen(n(chosen.line + 1), clockTime(toValue(chosen.wall)))}</span>
          <button
            type="button"
            className={controls.btn}
            onClick={() =>
              void navigate({
                to: "/w/$workspace/r/$run/$tab",
                params: { workspace, run: run.id, tab: "charts" },
                search: ((old: Record<string, string>) => ({ ...old, x: "wall", at: String(chosen.wall) })) as never,
              })
            }
          >
            {text.logs.inCharts}
          </button>
        </div>
      )}
      <div className={css.lists}>
        {isSplit ? (
          columns.map((w) => (
            <section key={w.writer} className={css.column} aria-label={names.get(w.writer)}>
              <h2>{names.get(w.writer)}</h2>
              <LogList
                run={run.id}
                ask={{ writers: [w.writer], match, levels: chosenLevels }}
                live={live}
                at={null}
                writers={null}
                onLine={setChosen}
                label={text.logs.of(names.get(w.writer) ?? "")}
              />
            </section>
          ))
        ) : (
          <LogList
            run={run.id}
            ask={{ writers: picked, match, levels: chosenLevels }}
            live={live}
            at={place}
            writers={all.length > 1 ? names : null}
            onLine={onLine}
            onCount={onCount}
            label={text.tabs.logs}
          />
        )}
      </div>
    </div>
  );
}

interface SearchProps {
  value: string;
  onChange(value: string, replace: boolean): void;
  input: React.RefObject<HTMLInputElement | null>;
}

/** Waits until the typing rests. */
function Search({ value, onChange, input }: SearchProps) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => {
    if (draft === value) return;
    const timer = setTimeout(() => onChange(draft, true), REST);
    return () => clearTimeout(timer);
  }, [draft, value, onChange]);
  return (
    <input
      ref={input}
      type="search"
      className={`${controls.text} ${css.search}`}
      value={draft}
      placeholder={text.logs.search}
      aria-label={text.logs.search}
      spellCheck={false}
      onChange={(event) => setDraft(event.target.value)}
    />
  );
}
