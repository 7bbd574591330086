// Sound and film of the drawn runs at the step of the view, a player each; where one plays, the others rest.

import { useState } from "react";
import type { ValueItem } from "../../api/values";
import { duration } from "../../chart/format";
import { blobUrl, WhyNot } from "../../components/blobs";
import { visible } from "../../components/Name";
import { n, text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { useTabbable } from "../roving";
import css from "./ClipPanel.module.css";
import { clipsOf, type LoggedClip } from "./clip";
import { KindShell } from "./KindShell";
import { Gone, RunFigure, RunFigures } from "./RunFigures";
import frame from "./RunFigures.module.css";
import { nameOf } from "./runs";
import { useValues, type Values } from "./useValues";

export function ClipPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  return (
    <KindShell id={id} values={values} shared={shared}>
      <RunFigures className={kind === "audio" ? css.sounds : css.films} label={text.kinds.clips}>
        {values.items.map((item) => (
          <RunClips key={item.run} id={id} item={item} values={values} shared={shared} />
        ))}
      </RunFigures>
    </KindShell>
  );
}

interface RunProps extends Pick<KindPanelProps, "id" | "shared"> {
  item: ValueItem;
  values: Values;
}

function RunClips({ id, item, values, shared }: RunProps) {
  const { run, point, problem } = item;
  const clips = point === null ? [] : clipsOf(point.value);
  const name = visible(nameOf(run, shared).slice(0, 100));
  return (
    <RunFigure {...{ id, item, values, shared }} className={css.run}>
      {problem !== null && <Gone>{problem.detail || problem.title}</Gone>}
      {clips === null && <Gone>{text.kinds.damaged}</Gone>}
      {(clips ?? []).map((clip, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step's clips are known by their place.
        <Clip key={i} id={id} clip={clip} name={text.kinds.clipOf(name, i + 1)} />
      ))}
    </RunFigure>
  );
}

interface ClipProps {
  id: string;
  clip: LoggedClip;
  name: string;
}

function Clip({ id, clip, name }: ClipProps) {
  const { blob, type, label, rate, seconds } = clip;
  const words = [
    visible(label.slice(0, 200)),
    rate === undefined ? "" : text.kinds.rate(n(Math.round(rate))),
    seconds === undefined ? "" : duration(seconds),
  ].filter(Boolean);
  return (
    <div className={css.clip}>
      <Player key={blob} id={id} blob={blob} type={type} name={name} />
      {words.length > 0 && <small className={frame.caption}>{words.join(" · ")}</small>}
    </div>
  );
}

let playing: HTMLMediaElement | null = null;

function playAlone(media: HTMLMediaElement): void {
  if (playing !== media) playing?.pause();
  playing = media;
}

function Player({ id, blob, type, name }: { id: string; blob: string; type: string; name: string }) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const [failed, setFailed] = useState(false);
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
  if (type.startsWith("audio/")) return <audio className={css.sound} preload="none" {...props} />;
  return <video className={css.film} preload="metadata" {...props} />;
}
