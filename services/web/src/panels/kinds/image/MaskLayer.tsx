// A mask over its image: classes in colours.

import { useEffect, useRef, useState } from "react";
import { call } from "../../../api/client";
import { blobUrl } from "../../../components/blobs";
import type { PanelShared } from "../../../experiment/context";
import { rgbOf } from "../../../experiment/scene";
import { text } from "../../../text";
import css from "./Image.module.css";
import { classLayer } from "./image";
import { decodeMask, type Mask, paintMask } from "./mask";
import type { MaskImage } from "./useLayers";

interface Props {
  mask: MaskImage;
  palette: PanelShared["palette"];
  /** Layers and classes that are not shown. */
  off: ReadonlySet<string>;
}

/** Null: it is none. */
export async function fetchMask(blob: string, signal: AbortSignal): Promise<Mask | null> {
  const response = await call(blobUrl(blob), { signal });
  return decodeMask(new Uint8Array(await response.arrayBuffer()));
}

export function MaskLayer({ mask: { blob, name }, palette, off }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState(false);
  const hidden = [...off].join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `hidden` says what is in `off`, which is made anew each time.
  useEffect(() => {
    const stop = new AbortController();
    const draw = async () => {
      const mask = await fetchMask(blob, stop.signal);
      if (stop.signal.aborted) return;
      setFailed(mask === null);
      const context = canvas.current?.getContext("2d");
      if (mask === null || canvas.current === null || context == null) return;
      Object.assign(canvas.current, { width: mask.width, height: mask.height });
      const pixels = paintMask(mask, palette.runs.map(rgbOf), (number) => off.has(classLayer(name, number)));
      context.putImageData(new ImageData(pixels, mask.width, mask.height), 0, 0);
    };
    draw().catch(() => {
      if (!stop.signal.aborted) setFailed(true);
    });
    return () => stop.abort();
  }, [blob, name, palette, hidden]);
  if (failed) return <em className={css.noMask}>{text.kinds.noMask(name)}</em>;
  return <canvas ref={canvas} className={css.mask} data-mask={name} />;
}
