// Images of the drawn runs at the step of the view.

import { useState } from "react";
import type { ValueItem } from "../../api/values";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import css from "./ImagePanel.module.css";
import { imagesOf, type LoggedImage } from "./image";
import { KindShell } from "./KindShell";
import { RunName } from "./runs";
import { useValues, type Values } from "./useValues";
import { pointText } from "./words";

export function ImagePanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  return (
    <KindShell id={id} values={values} shared={shared}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
      <section className={css.grid} tabIndex={0} aria-label={text.kinds.images}>
        {values.items.map((item) => (
          <RunImages key={item.run} id={id} item={item} values={values} shared={shared} />
        ))}
      </section>
    </KindShell>
  );
}

interface RunProps extends Pick<KindPanelProps, "id" | "shared"> {
  item: ValueItem;
  values: Values;
}

function RunImages({ id, item, values, shared }: RunProps) {
  const { run, point, problem } = item;
  const images = point === null ? [] : imagesOf(point.value);
  return (
    <figure className={css.run}>
      {problem !== null && <p>{problem.detail || problem.title}</p>}
      {images === null && <p>{text.kinds.damaged}</p>}
      {(images ?? []).map((image, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step's images are known by their place.
        <Picture key={i} image={image} />
      ))}
      <figcaption>
        <RunName id={id} run={run} shared={shared} />
        {point !== null && <span>{pointText(point, values.place, values.steps.get(run))}</span>}
      </figcaption>
    </figure>
  );
}

function Picture({ image: { blob, width, height } }: { image: LoggedImage }) {
  const [failed, setFailed] = useState(false);
  const url = `/api/v1/blobs/${blob}`;
  if (failed) return <p>{text.files.unreadable}</p>;
  return (
    <img
      className={css.picture}
      src={url}
      alt=""
      width={width}
      height={height}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}
