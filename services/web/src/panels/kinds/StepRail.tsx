// The rail at the foot of a panel: a row of ticks for each run where it really logged, and a handle that moves the pin of the
// view, so that all panels and the crosshair of the charts go with it.

import { ChevronsRight, Pause, Play } from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import controls from "../../components/controls.module.css";
import { icon } from "../../components/Shell";
import { say } from "../../experiment/Announcer";
import type { PanelShared } from "../../experiment/context";
import { text } from "../../text";
import { addRail } from "../rails";
import { useTabbable } from "../roving";
import { along } from "./along";
import { makeRail, nearestStop, partOf, playStride, type Rail, type Stop, stopAt, stopBeside } from "./rail";
import { colorOf, useRunWords } from "./runs";
import css from "./StepRail.module.css";
import type { Values } from "./useValues";
import { stopText } from "./words";

interface Props {
  /** Of the panel. */
  id: string;
  values: Values;
  shared: PanelShared;
}

const BEAT = 250; // ms between two pictures of playing
const MOST_BEATS = 240; // a minute of them
const PAGE = 10; // stops that Page Up and Page Down go by

export function StepRail({ id, values, shared }: Props) {
  const { place, steps } = values;
  const rail = useMemo(() => makeRail(steps, place.x), [steps, place.x]);
  const tabIndex = useTabbable(id) ? 0 : -1;
  const move = useMove(id, rail, values, shared);
  const { stops } = rail;
  const last = stops.at(-1);
  const at = place.at ?? last;
  const playing = usePlaying(rail, at, values.stale, move);
  if (at === undefined || last === undefined) return <footer className={css.rail} />;
  const words = place.at === null ? text.kinds.latest(stopText(last, place.x)) : stopText(at, place.x);
  return (
    <footer className={css.rail} data-rail>
      <button
        type="button"
        className={controls.small}
        tabIndex={tabIndex}
        aria-label={playing.on ? text.kinds.pause : text.kinds.play}
        title={playing.on ? text.kinds.pause : text.kinds.play}
        disabled={stops.length < 2}
        onClick={playing.toggle}
      >
        {playing.on ? <Pause {...icon} size={13} /> : <Play {...icon} size={13} />}
      </button>
      <Track {...{ rail, at, words, tabIndex, shared }} move={move} />
      <output
        className={place.x === "wall" ? css.date : css.words}
        title={place.elsewhere ? text.kinds.elsewhere : words}
      >
        {stopText(at, place.x)}
        {place.elsewhere && ` · ${text.kinds.lastPoint}`}
      </output>
      <button
        type="button"
        className={`${controls.small} ${place.at === null ? controls.on : ""}`}
        tabIndex={tabIndex}
        aria-pressed={place.at === null}
        aria-label={text.kinds.follow}
        title={text.kinds.follow}
        onClick={() => move(null)}
      >
        <ChevronsRight {...icon} size={13} />
      </button>
    </footer>
  );
}

type Move = (to: Stop | null, gesture?: boolean) => void;

/** Moves the view's first pin; null: to no pin, which is the last point of each run. */
function useMove(id: string, rail: Rail, { place }: Values, shared: PanelShared): Move {
  const { edit } = shared;
  const axis = shared.viewCharts.x;
  const move = useCallback<Move>(
    (to, gesture = false) =>
      edit(
        (view) => ({
          at: to === null ? [] : [to, ...view.at.slice(1)],
          // On an axis on which these points have no place a step cannot be pinned.
          ...(typeof to === "bigint" && axis !== "step" ? { at: [to], x: "step", xTag: null, xr: null } : {}),
        }),
        gesture,
      ),
    [edit, axis],
  );
  const now = useRef({ rail, at: place.at });
  now.current = { rail, at: place.at };
  useEffect(
    () =>
      addRail(id, (by) => {
        const { rail, at } = now.current;
        const last = rail.stops.at(-1);
        const to = by === "last" ? last : stopBeside(rail.stops, at ?? last ?? 0n, by);
        if (to === undefined) return;
        move(to, by !== "last");
        say(text.atPin(String(to)));
      }),
    [id, move],
  );
  return move;
}

/** Goes on by itself, from the end to the beginning; never before the picture of the step before has come. */
function usePlaying({ stops }: Rail, at: Stop | undefined, waiting: boolean, move: Move) {
  const [on, setOn] = useState(false);
  useEffect(() => {
    if (!on || waiting || at === undefined) return;
    const timer = setTimeout(() => {
      const next = nearestStop(stops, at) + playStride(stops.length, MOST_BEATS);
      move(stops[next < stops.length ? next : 0], true);
    }, BEAT);
    return () => clearTimeout(timer);
  }, [on, waiting, at, stops, move]);
  return { on, toggle: () => setOn((old) => !old) };
}

interface TrackProps {
  rail: Rail;
  at: Stop;
  words: string;
  tabIndex: number;
  shared: PanelShared;
  move: Move;
}

function Track({ rail, at, words, tabIndex, shared, move }: TrackProps) {
  const track = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { stops } = rail;
  useTicks(track, canvas, rail, shared);
  const place = nearestStop(stops, at);
  const drag = (part: number) => {
    const to = stopAt(stops, part);
    if (to !== undefined && to !== at) move(to, true);
  };
  const press = (event: KeyboardEvent) => {
    const to = keyed(event.key, stops, at, place);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(to, true);
  };
  return (
    <div
      ref={track}
      className={css.track}
      role="slider"
      tabIndex={tabIndex}
      aria-label={text.kinds.rail}
      aria-valuemin={0}
      aria-valuemax={stops.length - 1}
      aria-valuenow={place}
      aria-valuetext={words}
      title={rail.thinned ? text.kinds.thinned : undefined}
      {...along(drag)}
      onKeyDown={press}
    >
      <canvas ref={canvas} />
      <i className={css.handle} style={{ left: `${partOf(stops, at) * 100}%` }} />
    </div>
  );
}

function keyed(key: string, stops: readonly Stop[], at: Stop, place: number): Stop | undefined {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return stopBeside(stops, at, -1);
    case "ArrowRight":
    case "ArrowUp":
      return stopBeside(stops, at, 1);
    case "Home":
      return stops[0];
    case "End":
      return stops.at(-1);
    case "PageUp":
      return stops[Math.min(stops.length - 1, place + PAGE)];
    case "PageDown":
      return stops[Math.max(0, place - PAGE)];
    default:
      return undefined;
  }
}

/** The ticks, a row a run, drawn anew when they or the width change. */
function useTicks(
  track: React.RefObject<HTMLElement | null>,
  canvas: React.RefObject<HTMLCanvasElement | null>,
  rail: Rail,
  shared: PanelShared,
): void {
  const words = useRunWords(shared);
  useLayoutEffect(() => {
    const host = track.current;
    if (host === null) return;
    const draw = () => {
      if (canvas.current === null) return;
      paintTicks(canvas.current, host.clientWidth, host.clientHeight, rail, (run) => colorOf(run, words));
    };
    const observer = new ResizeObserver(draw);
    observer.observe(host);
    return () => observer.disconnect();
  }, [track, canvas, rail, words]);
}

function paintTicks(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  { rows, stops }: Rail,
  colorOf: (run: string) => string,
): void {
  const dpr = devicePixelRatio || 1;
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(height * dpr);
  const context = canvas.getContext("2d");
  if (context === null) return;
  const high = canvas.height / Math.max(1, rows.length);
  rows.forEach((row, i) => {
    context.fillStyle = colorOf(row.run);
    let drawn = -1;
    for (const stop of row.stops) {
      const x = Math.round(partOf(stops, stop) * (canvas.width - dpr));
      if (x === drawn) continue;
      drawn = x;
      context.fillRect(x, Math.floor(i * high), Math.max(1, dpr), Math.max(1, Math.ceil(high * 0.7)));
    }
  });
}
