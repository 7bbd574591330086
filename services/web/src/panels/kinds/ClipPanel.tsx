// Sound and film of the drawn runs at the step of the view, a player each. Films of a panel go as one; of all else only one plays.

import { useCallback, useMemo, useRef, useState } from "react";
import { duration } from "../../chart/format";
import { blobUrl, WhyNot } from "../../components/blobs";
import { visible } from "../../components/Name";
import { n, text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { useTabbable } from "../roving";
import css from "./ClipPanel.module.css";
import { clipsOf, type LoggedClip } from "./clip/clip";
import { keepTogether } from "./clip/together";
import { hasWaveform } from "./clip/usePeaks";
import { type Scale, Waveform } from "./clip/Waveform";
import { KindShell } from "./KindShell";
import { Gone, RunFigure, RunFigures } from "./RunFigures";
import frame from "./RunFigures.module.css";
import { colorOf, nameOf } from "./runs";
import { useValues } from "./useValues";

export function ClipPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  const runs = useMemo(
    () => values.items.map((item) => ({ item, clips: item.point === null ? [] : clipsOf(item.point.value) })),
    [values.items],
  );
  const scale = useScale(runs.flatMap(({ clips }) => clips ?? []));
  return (
    <KindShell id={id} values={values} shared={shared}>
      <RunFigures ref={keepTogether} className={kind === "audio" ? css.sounds : css.films} label={text.kinds.clips}>
        {runs.map(({ item, clips }) => (
          <RunFigure key={item.run} {...{ id, item, values, shared }} className={css.run}>
            {item.problem !== null && <Gone>{item.problem.detail || item.problem.title}</Gone>}
            {clips === null && <Gone>{text.kinds.damaged}</Gone>}
            {(clips ?? []).map((clip, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step's clips are known by their place.
              <Clip key={i} {...{ id, clip, shared, scale }} run={item.run} number={i + 1} />
            ))}
          </RunFigure>
        ))}
      </RunFigures>
    </KindShell>
  );
}

/** How long the longest of some clips is: of headers that could not be read it is known when they are decoded. */
function useScale(clips: LoggedClip[]): Scale {
  const [lengths, setLengths] = useState<ReadonlyMap<string, number>>(new Map());
  const onLength = useCallback(
    (blob: string, seconds: number) =>
      setLengths((old) => (old.get(blob) === seconds ? old : new Map(old).set(blob, seconds))),
    [],
  );
  const longest = clips.reduce((most, clip) => Math.max(most, lengths.get(clip.blob) ?? clip.seconds ?? 0), 0);
  return { longest, onLength };
}

interface ClipProps extends Pick<KindPanelProps, "id" | "shared"> {
  clip: LoggedClip;
  run: string;
  /** From 1. */
  number: number;
  scale: Scale;
}

function Clip({ id, clip, shared, run, number, scale }: ClipProps) {
  const { blob, label, rate, seconds } = clip;
  const name = text.kinds.clipOf(visible(nameOf(run, shared).slice(0, 100)), number);
  const color = colorOf(run, shared);
  const words = [
    visible(label.slice(0, 200)),
    rate === undefined ? "" : text.kinds.rate(n(Math.round(rate))),
    seconds === undefined ? "" : duration(seconds),
  ].filter(Boolean);
  return (
    <div className={css.clip}>
      <Player key={blob} {...{ id, clip, name, color, scale }} />
      {words.length > 0 && <small className={frame.caption}>{words.join(" · ")}</small>}
    </div>
  );
}

/** The films beside it play with it. */
function playAlone(media: HTMLMediaElement): void {
  const own = media.closest("section")?.querySelectorAll("video") ?? [];
  const beside = new Set<HTMLMediaElement>([media, ...(media instanceof HTMLVideoElement ? own : [])]);
  for (const other of document.querySelectorAll<HTMLMediaElement>("audio, video"))
    if (!beside.has(other)) other.pause();
}

interface PlayerProps extends Pick<ClipProps, "id" | "clip" | "scale"> {
  name: string;
  color: string;
}

function Player({ id, clip, name, color, scale }: PlayerProps) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const media = useRef<HTMLAudioElement>(null);
  const [failed, setFailed] = useState(false);
  const { blob, type } = clip;
  if (failed) return <WhyNot blob={blob} className={frame.gone} onRetry={() => setFailed(false)} />;
  const onError = () => setFailed(true);
  // An animated picture plays by itself.
  if (type.startsWith("image/"))
    return <img className={css.film} src={blobUrl(blob)} alt={name} loading="lazy" onError={onError} />;
  const props = {
    src: blobUrl(blob),
    controls: true,
    tabIndex,
    "aria-label": name,
    onError,
    onPlay: ({ currentTarget }: { currentTarget: HTMLMediaElement }) => playAlone(currentTarget),
  };
  if (!type.startsWith("audio/")) return <video className={css.film} preload="metadata" {...props} />;
  return (
    <>
      {hasWaveform(clip) && <Waveform {...{ clip, name, color, tabIndex, media, scale }} />}
      <audio ref={media} className={css.sound} preload="none" {...props} />
    </>
  );
}
