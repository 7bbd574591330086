// Around the pixel that is pointed at, in each of the pictures that are shown together.

import css from "./Large.module.css";
import { type Place, pixelAt } from "./zoom";

interface Props {
  at: Place;
  size: { width: number; height: number };
}

export function Mark({ at, size }: Props) {
  const pixel = pixelAt(at, size);
  if (pixel === null) return null;
  const percent = (place: number, whole: number) => `${(100 * (place + 0.5)) / whole}%`;
  return (
    <i
      className={css.mark}
      style={{
        left: percent(pixel.x, size.width),
        top: percent(pixel.y, size.height),
        width: `${100 / size.width}%`,
        height: `${100 / size.height}%`,
      }}
    />
  );
}
