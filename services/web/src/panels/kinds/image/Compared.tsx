// One or two images large, zoomed as one: side by side, one after the other, one wiped over the other, or with their difference.

import { type CSSProperties, useEffect, useState } from "react";
import { blobUrl } from "../../../components/blobs";
import controls from "../../../components/controls.module.css";
import { visible } from "../../../components/Name";
import { text } from "../../../text";
import type { Shown } from "../ImagePanel";
import { setKind } from "../own";
import { nameOf, RunName } from "../runs";
import { pointText } from "../words";
import { Difference } from "./Difference";
import { type Choice, keyOf, type LoggedImage } from "./image";
import css from "./Large.module.css";
import { PixelValues } from "./PixelValues";
import { Shot } from "./Shot";
import { useGesture } from "./useGesture";
import type { Seen } from "./useHands";
import { Viewport } from "./Viewport";
import { Wipe } from "./Wipe";
import { formatZoom, type Place, parseZoom } from "./zoom";

const BEAT = 700; // ms that each of two images is seen for

/** An image that was chosen. */
export interface Large extends Choice {
  image: LoggedImage;
}

interface FormProps {
  shown: Shown;
  chosen: Large[];
  seen: Seen;
}

export function Compared({ chosen, ...shown }: Shown & { chosen: Choice[] }) {
  const { shared, id, look, runs } = shown;
  const [told, change] = useGesture(look.zoom, (value) => setKind(shared, id, "zoom", value, true));
  const [mark, onMark] = useState<Place | null>(null);
  const seen: Seen = {
    zoom: parseZoom(told),
    onZoom: (make) => parseZoom(change((old) => formatZoom(make(parseZoom(old))))),
    mark,
    onMark,
  };
  const large = chosen.map(({ run, index }) => ({
    run,
    index,
    // The caller has looked that it is there.
    image: runs.find(({ item }) => item.run === run)!.images![index],
  }));
  const Form =
    large.length < 2 ? SideBySide : { side: SideBySide, diff: SideBySide, flicker: Flicker, wipe: Wiped }[look.compare];
  return (
    <div className={css.large}>
      <Form shown={shown} chosen={large} seen={seen} />
      {large.length === 2 && look.compare === "diff" && (
        <Difference a={large[0].image} b={large[1].image} look={look} seen={seen} />
      )}
    </div>
  );
}

function SideBySide({ shown, chosen, seen }: FormProps) {
  return chosen.map((large, i) => (
    <figure key={keyOf(large)} className={css.one}>
      <Viewport seen={seen} first={i === 0} over={<PixelValues shown={shown} of={[large]} mark={seen.mark} />}>
        <Picture shown={shown} large={large} seen={seen} />
      </Viewport>
      <figcaption className={css.facts}>
        <Facts shown={shown} large={large} />
      </figcaption>
    </figure>
  ));
}

/** One after the other; where less motion is asked for, by a click alone. */
function Flicker({ shown, chosen, seen }: FormProps) {
  const [second, setSecond] = useState(0);
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => setSecond((old) => 1 - old), BEAT);
    return () => clearInterval(timer);
  }, []);
  const over = (
    <>
      <PixelValues shown={shown} of={chosen} mark={seen.mark} />
      <button type="button" className={`${controls.btn} ${css.swap}`} onClick={() => setSecond(1 - second)}>
        {text.kinds.otherImage}
      </button>
    </>
  );
  return (
    <figure className={css.one}>
      <Viewport seen={seen} first={true} over={over}>
        {chosen.map((large, i) => (
          <div key={keyOf(large)} className={css.layer} data-hidden={i !== second || undefined}>
            <Picture shown={shown} large={large} seen={seen} />
          </div>
        ))}
      </Viewport>
      <figcaption className={css.facts}>
        <Facts shown={shown} large={chosen[second]} />
      </figcaption>
    </figure>
  );
}

/** The first at the left of the divider, the second at its right. */
function Wiped({ shown, chosen, seen }: FormProps) {
  const { shared, id, look } = shown;
  const [told, change] = useGesture(look.wipe, (value) => setKind(shared, id, "wipe", value, true));
  const part = Number(told ?? 50);
  const clip = (i: number): CSSProperties => ({
    clipPath: i === 0 ? `inset(0 ${100 - part}% 0 0)` : `inset(0 0 0 ${part}%)`,
  });
  const over = (
    <>
      <Wipe part={part} onMove={(next) => change(() => (next === 50 ? null : String(next)))} />
      <PixelValues shown={shown} of={chosen} mark={seen.mark} />
    </>
  );
  return (
    <figure className={css.one}>
      <Viewport seen={seen} first={true} over={over}>
        {chosen.map((large, i) => (
          <div key={keyOf(large)} className={css.layer} style={clip(i)}>
            <Picture shown={shown} large={large} seen={seen} />
          </div>
        ))}
      </Viewport>
      <figcaption className={css.two}>
        {chosen.map((large) => (
          <div key={keyOf(large)} className={css.facts}>
            <Facts shown={shown} large={large} />
          </div>
        ))}
      </figcaption>
    </figure>
  );
}

interface LargeProps {
  shown: Shown;
  large: Large;
}

function Picture({ shown, large: { run, index, image }, seen }: LargeProps & { seen: Seen }) {
  const { shared, layers, look } = shown;
  const said = layers.of(run, index);
  const name = visible(nameOf(run, shared).slice(0, 100));
  const alt = said?.caption ? visible(said.caption.slice(0, 500)) : text.kinds.imageOf(name, index + 1, "");
  return (
    <Shot image={image} alt={alt} look={look} layers={said} palette={shared.palette} seen={seen}>
      {(shot) => shot}
    </Shot>
  );
}

function Facts({ shown, large: { run, index, image } }: LargeProps) {
  const { id, shared, values, runs, layers } = shown;
  const of = runs.find(({ item }) => item.run === run);
  const point = of?.item.point ?? null;
  const caption = layers.of(run, index)?.caption;
  return (
    <>
      <RunName id={id} run={run} shared={shared} />
      {point !== null && <span>{pointText(point, values.place, values.steps.get(run))}</span>}
      {(of?.images?.length ?? 0) > 1 && <span>{text.kinds.imageNumber(index + 1, of!.images!.length)}</span>}
      {index === 0 && image.width !== undefined && image.height !== undefined && (
        <span>{text.kinds.pixels(image.width, image.height)}</span>
      )}
      {caption && <span>{visible(caption.slice(0, 500))}</span>}
      <a href={blobUrl(image.blob)} target="_blank" rel="noreferrer">
        {text.kinds.original}
      </a>
    </>
  );
}
