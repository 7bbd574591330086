// What the pixels are that are pointed at, of each picture in a frame.

import { text } from "../../../text";
import type { Shown } from "../ImagePanel";
import { colorOf } from "../runs";
import type { Large } from "./Compared";
import { keyOf, type LoggedImage } from "./image";
import css from "./Large.module.css";
import { pixelOf, useDecoded } from "./pixels";
import { type Place, pixelAt } from "./zoom";

interface Props {
  shown: Shown;
  of: Large[];
  mark: Place | null;
}

export function PixelValues({ shown: { shared }, of, mark }: Props) {
  return (
    <ul className={css.values}>
      {of.map((large) => (
        <PixelValue
          key={keyOf(large)}
          image={large.image}
          mark={mark}
          color={colorOf(shared.looks.get(large.run), shared.palette)}
        />
      ))}
    </ul>
  );
}

function PixelValue({ image, mark, color }: { image: LoggedImage; mark: Place | null; color: string }) {
  const decoded = useDecoded(image.blob);
  if (decoded === null || mark === null) return null;
  const pixel = pixelAt(mark, { width: decoded.naturalWidth, height: decoded.naturalHeight });
  if (pixel === null) return null;
  return (
    <li>
      <i style={{ background: color }} />
      {text.kinds.pixel(pixel.x, pixel.y, [...pixelOf(decoded, pixel.x, pixel.y)])}
    </li>
  );
}
