// One image with its layers. Its place has the image's shape before the bytes are there, so that nothing jumps.

import { memo, type ReactNode, type RefObject, type SyntheticEvent, useLayoutEffect, useRef, useState } from "react";
import { blobUrl, WhyNot } from "../../../components/blobs";
import type { PanelShared } from "../../../experiment/context";
import { text } from "../../../text";
import frame from "../RunFigures.module.css";
import css from "./Image.module.css";
import { BOXES, type Box, type LoggedImage, maskLayer } from "./image";
import largeCss from "./Large.module.css";
import { filterOf, type ImageLook } from "./look";
import { Mark } from "./Mark";
import { MaskLayer } from "./MaskLayer";
import { placed } from "./placed";
import type { Seen } from "./useHands";
import type { SaidWithMasks } from "./useLayers";

// Of a very long or high image the whole is shown, in a place that one can see.
const LONGEST = 4;
const SHARP = 2; // pixels of the page for one of the image, above which one sees its pixels as squares

interface Props {
  image: LoggedImage;
  alt: string;
  look: ImageLook;
  layers: SaidWithMasks | undefined;
  palette: PanelShared["palette"];
  /** What is seen of it in a frame; undefined: it is a small one. */
  seen?: Pick<Seen, "zoom" | "mark">;
  /** What stands around it: not around the words that say why it cannot be shown. */
  children(shot: ReactNode): ReactNode;
}

/** The image as `children` frames it; where it cannot be shown, why not. */
export function Shot({ children, ...props }: Props) {
  const [failed, setFailed] = useState<string | null>(null);
  const { blob } = props.image;
  if (failed === blob) return <WhyNot blob={blob} className={frame.gone} onRetry={() => setFailed(null)} />;
  return children(<Layered {...props} onError={() => setFailed(blob)} />);
}

interface Size {
  width: number;
  height: number;
}

interface LayeredProps extends Omit<Props, "children"> {
  onError(): void;
}

function Layered({ image, alt, look, layers, palette, seen, onError }: LayeredProps) {
  const img = useRef<HTMLImageElement>(null);
  const [natural, setNatural] = useState<Size | null>(null);
  const { blob, width, height } = image;
  const shape = natural ?? (width !== undefined && height !== undefined ? { width, height } : { width: 1, height: 1 });
  const sharp = useSharp(img, natural, seen?.zoom.times ?? 1, look.actual);
  const loaded = ({ currentTarget: el }: SyntheticEvent<HTMLImageElement>) => {
    // A vector picture may have no size of its own.
    if (el.naturalWidth > 0) setNatural({ width: el.naturalWidth, height: el.naturalHeight });
  };
  const ratio = Math.min(LONGEST, Math.max(1 / LONGEST, shape.width / shape.height));
  const small = look.actual ? { width: shape.width, height: shape.height } : { aspectRatio: ratio };
  return (
    <span
      data-there={natural !== null || undefined}
      data-picture={shape.width}
      className={seen !== undefined ? largeCss.placed : look.actual ? css.actual : css.shot}
      style={seen === undefined ? small : placed(shape, seen.zoom, look.actual)}
    >
      <img
        ref={img}
        className={sharp ? css.pixels : undefined}
        style={{ filter: filterOf(look) }}
        src={blobUrl(blob)}
        alt={alt}
        loading="lazy"
        decoding="async"
        draggable={false}
        onLoad={loaded}
        onError={onError}
      />
      {layers?.masks.map(
        (mask) =>
          !look.off.has(maskLayer(mask.name)) && (
            <MaskLayer key={mask.name} mask={mask} palette={palette} off={look.off} />
          ),
      )}
      {natural !== null && layers !== undefined && layers.boxes.length > 0 && !look.off.has(BOXES) && (
        <Boxes boxes={layers.boxes} size={natural} palette={palette} />
      )}
      {seen !== undefined && seen.mark !== null && natural !== null && <Mark at={seen.mark} size={natural} />}
    </span>
  );
}

/** Whether its pixels are so large that they are drawn as squares. */
function useSharp(img: RefObject<HTMLImageElement | null>, natural: Size | null, times: number, actual: boolean) {
  const [sharp, setSharp] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what its size on the page depends on.
  useLayoutEffect(() => {
    if (img.current === null || natural === null) return;
    const { clientWidth, clientHeight } = img.current;
    setSharp(Math.min(clientWidth / natural.width, clientHeight / natural.height) > SHARP);
  }, [img, natural, times, actual]);
  return sharp;
}

interface BoxesProps {
  boxes: Box[];
  size: Size;
  palette: PanelShared["palette"];
}

/** A colour for each group, then for each label. */
const Boxes = memo(function Boxes({ boxes, size: { width, height }, palette }: BoxesProps) {
  const groups = [...new Set(boxes.map(groupOf))];
  return (
    <svg
      className={css.boxes}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={text.kinds.boxes(boxes.length)}
    >
      {boxes.map((box, i) => {
        const [x0, y0, x1, y1] = box.corners;
        const color = palette.runs[groups.indexOf(groupOf(box)) % palette.runs.length];
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: boxes are known by their place.
            key={i}
            x={Math.min(x0, x1)}
            y={Math.min(y0, y1)}
            width={Math.abs(x1 - x0)}
            height={Math.abs(y1 - y0)}
            stroke={color}
          >
            <title>{[box.label, box.group].filter(Boolean).join(" · ")}</title>
          </rect>
        );
      })}
    </svg>
  );
});

const groupOf = ({ group, label }: Box) => group || label;
