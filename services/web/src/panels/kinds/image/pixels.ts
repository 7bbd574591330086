// Pixels of images, as the browser decodes them: 8 bits a channel.

import { useEffect, useState } from "react";
import { blobUrl } from "../../../components/blobs";

async function decoded(blob: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = blobUrl(blob);
  await image.decode();
  return image;
}

/** All of them. */
export async function pixelsOf(blob: string): Promise<ImageData> {
  const image = await decoded(blob);
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** Null: it is not there yet, or cannot be decoded. */
export function useDecoded(blob: string): HTMLImageElement | null {
  const [found, setFound] = useState<{ blob: string; image: HTMLImageElement } | null>(null);
  useEffect(() => {
    let current = true;
    decoded(blob).then(
      (image) => current && setFound({ blob, image }),
      () => {}, // the picture itself says why
    );
    return () => {
      current = false;
    };
  }, [blob]);
  return found?.blob === blob ? found.image : null;
}

let one: OffscreenCanvasRenderingContext2D | null = null;

/** R, G, B and A of one pixel: of a large picture only that one is drawn. Null: the browser does not let it be read. */
export function pixelOf(image: HTMLImageElement, x: number, y: number): Uint8ClampedArray | null {
  one ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
  try {
    one.clearRect(0, 0, 1, 1);
    one.drawImage(image, -x, -y);
    return one.getImageData(0, 0, 1, 1).data;
  } catch {
    // A vector picture that holds a page counts as foreign, and so does the canvas from then on.
    one = null;
    return null;
  }
}
