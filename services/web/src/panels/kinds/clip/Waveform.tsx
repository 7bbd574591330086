// A sound as its waveform, with the place that is heard; a click or a key goes to another one. Clips of a panel have one scale.

import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { duration } from "../../../chart/format";
import { useSeen } from "../../../components/useSeen";
import { text } from "../../../text";
import { along } from "../along";
import type { LoggedClip } from "./clip";
import { type Peaks, spanAt } from "./peaks";
import { usePeaks } from "./usePeaks";
import css from "./Waveform.module.css";

const KEY = 0.02; // of the sound, that an arrow key goes by
const PAGE = 0.1;

/** What the clips of a panel have in common. */
export interface Scale {
  /** Seconds of the longest; 0: not known yet. */
  longest: number;
  onLength(blob: string, seconds: number): void;
}

interface Props {
  clip: LoggedClip;
  name: string;
  color: string;
  tabIndex: number;
  media: RefObject<HTMLMediaElement | null>;
  scale: Scale;
}

export function Waveform({ clip, name, color, tabIndex, media, scale: { longest, onLength } }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const peaks = usePeaks(clip, seen);
  const { blob } = clip;
  const seconds = peaks?.seconds ?? clip.seconds ?? 0;
  useEffect(() => {
    if (peaks != null) onLength(blob, peaks.seconds);
  }, [blob, peaks, onLength]);
  const width = longest > 0 && seconds > 0 ? Math.min(1, seconds / longest) : 1;
  if (peaks === null) return null;
  return (
    <div ref={place} className={css.place}>
      {peaks !== undefined && peaks.seconds > 0 && (
        <Track {...{ peaks, name, color, tabIndex, media }} style={{ width: `${width * 100}%` }} />
      )}
    </div>
  );
}

interface TrackProps extends Pick<Props, "name" | "color" | "tabIndex" | "media"> {
  peaks: Peaks;
  style: React.CSSProperties;
}

function Track({ peaks, name, color, tabIndex, media, style }: TrackProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLElement>(null);
  const { seconds } = peaks;
  const at = usePlayhead(media, head, seconds);
  usePainted(canvas, peaks, color);
  const seek = (to: number) => {
    if (media.current !== null) media.current.currentTime = Math.min(seconds, Math.max(0, to));
  };
  const press = (event: KeyboardEvent) => {
    const now = media.current?.currentTime ?? 0;
    const to = keyed(event.key, now, seconds);
    if (to !== null) seek(to);
    else if (event.key === " " || event.key === "Enter") toggle(media.current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={css.track}
      style={style}
      role="slider"
      tabIndex={tabIndex}
      aria-label={text.kinds.waveform(name)}
      aria-valuemin={0}
      aria-valuemax={Number(seconds.toFixed(2))}
      aria-valuenow={Number(at.toFixed(2))}
      aria-valuetext={text.kinds.placeOf(duration(at), duration(seconds))}
      {...along((part) => seek(part * seconds))}
      onKeyDown={press}
    >
      <canvas ref={canvas} />
      <i ref={head} className={css.head} />
    </div>
  );
}

function toggle(media: HTMLMediaElement | null): void {
  if (media?.paused)
    void media.play().catch(() => {}); // its player says why it cannot
  else media?.pause();
}

function keyed(key: string, at: number, seconds: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return at - KEY * seconds;
    case "ArrowRight":
    case "ArrowUp":
      return at + KEY * seconds;
    case "PageDown":
      return at - PAGE * seconds;
    case "PageUp":
      return at + PAGE * seconds;
    case "Home":
      return 0;
    case "End":
      return seconds;
    default:
      return null;
  }
}

/** The second that is heard, several times a second; the line goes with each picture. */
function usePlayhead(
  media: RefObject<HTMLMediaElement | null>,
  head: RefObject<HTMLElement | null>,
  seconds: number,
): number {
  const [at, setAt] = useState(media.current?.currentTime ?? 0);
  useEffect(() => {
    const el = media.current;
    if (el === null) return;
    let frame = 0;
    const put = () => {
      if (head.current !== null) head.current.style.left = `${(100 * Math.min(seconds, el.currentTime)) / seconds}%`;
    };
    const follow = () => {
      put();
      if (!el.paused) frame = requestAnimationFrame(follow);
    };
    const tell = () => {
      put();
      setAt(el.currentTime);
    };
    tell();
    if (!el.paused) follow();
    const heard = ["timeupdate", "seeking", "ended"];
    for (const name of heard) el.addEventListener(name, tell);
    el.addEventListener("play", follow);
    return () => {
      cancelAnimationFrame(frame);
      for (const name of heard) el.removeEventListener(name, tell);
      el.removeEventListener("play", follow);
    };
  }, [media, head, seconds]);
  return at;
}

function usePainted(canvas: RefObject<HTMLCanvasElement | null>, peaks: Peaks, color: string): void {
  useLayoutEffect(() => {
    const el = canvas.current;
    if (el === null) return;
    const observer = new ResizeObserver(() => paint(el, peaks, color));
    observer.observe(el);
    return () => observer.disconnect();
  }, [canvas, peaks, color]);
}

function paint(canvas: HTMLCanvasElement, peaks: Peaks, color: string): void {
  const dpr = devicePixelRatio || 1;
  const [width, height] = [Math.round(canvas.clientWidth * dpr), Math.round(canvas.clientHeight * dpr)];
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.fillStyle = color;
  const y = (sample: number) => ((1 - Math.max(-1, Math.min(1, sample))) / 2) * (height - 1);
  for (let x = 0; x < width; x++) {
    const [least, greatest] = spanAt(peaks, x, width);
    context.fillRect(x, y(greatest), 1, Math.max(1, y(least) - y(greatest)));
  }
}
