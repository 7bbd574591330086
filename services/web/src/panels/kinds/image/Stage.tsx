// One image large, with what is known of it; or two: side by side, one after the other, or their difference. Under them all
// images of the panel, to choose from.

import { type ReactNode, useEffect, useRef, useState } from "react";
import { blobUrl } from "../../../components/blobs";
import controls from "../../../components/controls.module.css";
import { visible } from "../../../components/Name";
import { text } from "../../../text";
import { type RunImages, type Shown, Thumb } from "../ImagePanel";
import { RunName } from "../runs";
import { pointText } from "../words";
import { difference } from "./difference";
import css from "./Image.module.css";
import type { Choice, LoggedImage } from "./image";
import { filterOf } from "./look";
import { Shot } from "./Shot";

const BEAT = 700; // ms that each of two images is seen for

interface Props extends Shown {
  chosen: Choice[];
}

export function Stage({ chosen, ...shown }: Props) {
  const { look, runs } = shown;
  const found = chosen.map((choice) => ({ choice, image: imageOf(runs, choice) }));
  const both = found.length === 2;
  return (
    <div className={css.stage}>
      <div className={css.large}>
        {both && look.compare === "flicker" ? (
          <Flicker>
            {found.map(({ choice, image }) => (
              <Large key={keyOf(choice)} {...shown} choice={choice} image={image} />
            ))}
          </Flicker>
        ) : (
          found.map(({ choice, image }) => <Large key={keyOf(choice)} {...shown} choice={choice} image={image} />)
        )}
        {both && look.compare === "diff" && <Difference {...shown} a={found[0].image} b={found[1].image} />}
      </div>
      <section className={css.strip} aria-label={text.kinds.images}>
        {runs.flatMap(({ item: { run }, images }) =>
          (images ?? []).map((image, index) => (
            <Thumb key={keyOf({ run, index })} {...shown} image={image} choice={{ run, index }} />
          )),
        )}
      </section>
    </div>
  );
}

const keyOf = ({ run, index }: Choice) => `${run}.${index}`;

/** The caller has looked that it is there. */
const imageOf = (runs: RunImages[], { run, index }: Choice): LoggedImage =>
  runs.find(({ item }) => item.run === run)!.images![index];

interface LargeProps extends Shown {
  choice: Choice;
  image: LoggedImage;
}

function Large({ id, shared, values, runs, look, layers, choice, image }: LargeProps) {
  const { run, index } = choice;
  const of = runs.find(({ item }) => item.run === run);
  const said = layers.of(run, index);
  const point = of?.item.point ?? null;
  const name = visible((shared.runs.get(run)?.name ?? run).slice(0, 100));
  const alt = said?.caption ? visible(said.caption.slice(0, 500)) : text.kinds.imageOf(name, index + 1, "");
  return (
    <figure className={css.one}>
      <div className={css.frame}>
        <Shot image={image} alt={alt} look={look} layers={said} palette={shared.palette} fill={true}>
          {(shot) => shot}
        </Shot>
      </div>
      <figcaption className={css.facts}>
        <RunName id={id} run={run} shared={shared} />
        {point !== null && <span>{pointText(point, values.place, values.steps.get(run))}</span>}
        {(of?.images?.length ?? 0) > 1 && <span>{text.kinds.imageNumber(index + 1, of!.images!.length)}</span>}
        {index === 0 && image.width !== undefined && image.height !== undefined && (
          <span>{text.kinds.pixels(image.width, image.height)}</span>
        )}
        {said?.caption && <span>{visible(said.caption.slice(0, 500))}</span>}
        <a href={blobUrl(image.blob)} target="_blank" rel="noreferrer">
          {text.kinds.original}
        </a>
      </figcaption>
    </figure>
  );
}

/** One after the other; where less motion is asked for, by a click alone. */
function Flicker({ children }: { children: ReactNode[] }) {
  const [second, setSecond] = useState(false);
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => setSecond((old) => !old), BEAT);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={css.flicker}>
      {children.map((child, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: these are the first and the second.
        <span key={i} className={css.layer} hidden={second !== (i === 1)}>
          {child}
        </span>
      ))}
      <button type="button" className={`${controls.btn} ${css.swap}`} onClick={() => setSecond(!second)}>
        {text.kinds.otherImage}
      </button>
    </div>
  );
}

interface DifferenceProps extends Pick<Shown, "look"> {
  a: LoggedImage;
  b: LoggedImage;
}

type Found = ReturnType<typeof difference> | "sizes" | "failed" | null;

/** The absolute difference of each pixel, made so strong that the largest one is white. */
function Difference({ a, b, look }: DifferenceProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [found, setFound] = useState<Found>(null);
  useEffect(() => {
    let current = true;
    void Promise.all([pixelsOf(a.blob), pixelsOf(b.blob)]).then(
      ([one, other]) => {
        if (!current) return;
        if (one.width !== other.width || one.height !== other.height) return setFound("sizes");
        const made = difference(one.data, other.data);
        setFound(made);
        if (canvas.current === null) return;
        Object.assign(canvas.current, { width: one.width, height: one.height });
        canvas.current.getContext("2d")?.putImageData(new ImageData(made.pixels, one.width, one.height), 0, 0);
      },
      () => current && setFound("failed"),
    );
    return () => {
      current = false;
    };
  }, [a.blob, b.blob]);
  const words =
    found === null
      ? ""
      : typeof found === "string"
        ? text.kinds.noDifference[found]
        : text.kinds.difference(found.largest);
  return (
    <figure className={css.one}>
      <div className={css.frame}>
        <span className={css.filled}>
          <canvas
            ref={canvas}
            className={css.pixels}
            style={{ filter: filterOf(look) }}
            role="img"
            aria-label={words}
          />
        </span>
      </div>
      <figcaption className={css.facts}>{words}</figcaption>
    </figure>
  );
}

async function pixelsOf(blob: string): Promise<ImageData> {
  const image = new Image();
  image.src = blobUrl(blob);
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height);
}
