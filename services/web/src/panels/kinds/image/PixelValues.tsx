// What the pixels are that are pointed at, of each picture in a frame, and the classes that its masks have there.

import { useQueries } from "@tanstack/react-query";
import { visible } from "../../../components/Name";
import { text } from "../../../text";
import type { Shown } from "../ImagePanel";
import { colorOf } from "../runs";
import type { Large } from "./Compared";
import { keyOf, maskLayer } from "./image";
import css from "./Large.module.css";
import { fetchMask } from "./MaskLayer";
import { pixelOf, useDecoded } from "./pixels";
import type { MaskImage } from "./useLayers";
import { type Place, pixelAt } from "./zoom";

const KEPT = 10_000; // ms that the classes of a mask that is no longer shown are kept

interface Props {
  shown: Shown;
  of: Large[];
  mark: Place | null;
}

export function PixelValues({ shown, of, mark }: Props) {
  return (
    <ul className={css.values}>
      {of.map((large) => (
        <PixelValue key={keyOf(large)} shown={shown} large={large} mark={mark} />
      ))}
    </ul>
  );
}

interface ValueProps extends Omit<Props, "of"> {
  large: Large;
}

function PixelValue({ shown: { shared, layers, look }, large: { run, index, image }, mark }: ValueProps) {
  const decoded = useDecoded(image.blob);
  const masks = (layers.of(run, index)?.masks ?? []).filter(({ name }) => !look.off.has(maskLayer(name)));
  const classAt = useClasses(masks);
  if (decoded === null || mark === null) return null;
  const pixel = pixelAt(mark, { width: decoded.naturalWidth, height: decoded.naturalHeight });
  const value = pixel && pixelOf(decoded, pixel.x, pixel.y);
  if (pixel === null || value === null) return null;
  const words = [
    text.kinds.pixel(pixel.x, pixel.y, [...value]),
    ...masks.flatMap((mask, i) => classText(mask, classAt(i, mark))),
  ];
  return (
    <li>
      <i style={{ background: colorOf(run, shared) }} />
      {words.join(" · ")}
    </li>
  );
}

/** The ground is told where it has a name. */
function classText({ name, classes }: MaskImage, number: number | undefined): string[] {
  const said = number === undefined ? "" : (classes[number] ?? (number === 0 ? "" : text.kinds.classNumber(number)));
  return said === "" ? [] : [text.kinds.maskAt(visible(name.slice(0, 60)), visible(said.slice(0, 60)))];
}

/** Which class the i-th of some masks has at a place; a mask may be of another size than its image. */
function useClasses(masks: MaskImage[]) {
  const found = useQueries({
    queries: masks.map(({ blob }) => ({
      queryKey: ["mask", blob],
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: KEPT,
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchMask(blob, signal),
    })),
  });
  return (i: number, at: Place): number | undefined => {
    const mask = found[i]?.data;
    const pixel = mask == null ? null : pixelAt(at, mask);
    return pixel === null ? undefined : mask?.classes[pixel.y * mask.width + pixel.x];
  };
}
