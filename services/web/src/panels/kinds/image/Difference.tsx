// The absolute difference of each pixel of two images, made so strong that the largest one is white.

import { useEffect, useRef, useState } from "react";
import { text } from "../../../text";
import { difference } from "./difference";
import imageCss from "./Image.module.css";
import type { LoggedImage } from "./image";
import css from "./Large.module.css";
import { filterOf, type ImageLook } from "./look";
import { Mark } from "./Mark";
import { pixelsOf } from "./pixels";
import { placed } from "./placed";
import type { Seen } from "./useHands";
import { Viewport } from "./Viewport";

interface Props {
  a: LoggedImage;
  b: LoggedImage;
  look: ImageLook;
  seen: Seen;
}

type Found = ReturnType<typeof difference> | "sizes" | "failed" | null;

export function Difference({ a, b, look, seen }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [found, setFound] = useState<Found>(null);
  const [size, setSize] = useState({ width: 1, height: 1 });
  useEffect(() => {
    let current = true;
    void Promise.all([pixelsOf(a.blob), pixelsOf(b.blob)]).then(
      ([one, other]) => {
        if (!current) return;
        if (one.width !== other.width || one.height !== other.height) return setFound("sizes");
        const made = difference(one.data, other.data);
        setFound(made);
        setSize({ width: one.width, height: one.height });
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
      <Viewport seen={seen} first={false} over={null}>
        <span className={css.placed} style={placed(size, seen.zoom, look.actual)} data-picture={size.width}>
          <canvas
            ref={canvas}
            className={imageCss.pixels}
            style={{ filter: filterOf(look) }}
            role="img"
            aria-label={words}
          />
          {seen.mark !== null && <Mark at={seen.mark} size={size} />}
        </span>
      </Viewport>
      <figcaption className={css.facts}>
        <span>{words}</span>
      </figcaption>
    </figure>
  );
}
