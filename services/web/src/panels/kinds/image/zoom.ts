// Which part of an enlarged picture is seen, in parts of the picture: so it can be the same of all pictures that are shown
// together, whatever their sizes.

/** A place in a picture: 0 to 1 from its left and its top. */
export interface Place {
  u: number;
  v: number;
}

/** The place in the middle of the frame, and how much larger than without zoom the picture is. */
export interface Zoom extends Place {
  times: number;
}

export const WHOLE: Zoom = { times: 1, u: 0.5, v: 0.5 };

const MOST_SCALE = 64; // pixels of the page for one of the picture

interface Size {
  width: number;
  height: number;
}

/** A picture and the frame that it is seen in, in pixels of the page. */
export interface Laid {
  frame: Size;
  /** The picture without zoom. */
  base: Size;
  /** What one of its pixels then has. */
  scale: number;
}

const between = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value));

/** The picture has no space at an edge as long as it is larger than the frame; else it stands in the middle. */
function held({ times, u, v }: Zoom, { frame, base }: Laid): Zoom {
  const along = (middle: number, seen: number, whole: number) => {
    const half = seen / (whole * times) / 2;
    return half >= 0.5 ? 0.5 : between(half, middle, 1 - half);
  };
  return { times, u: along(u, frame.width, base.width), v: along(v, frame.height, base.height) };
}

/** What is at `at` stays where it is. */
export function zoomBy(zoom: Zoom, by: number, at: Place, laid: Laid): Zoom {
  const times = between(1, zoom.times * by, Math.max(1, MOST_SCALE / laid.scale));
  const real = times / zoom.times;
  return held({ times, u: at.u + (zoom.u - at.u) / real, v: at.v + (zoom.v - at.v) / real }, laid);
}

/** By so many pixels of the page; the picture goes with the pointer. */
export function panBy({ times, u, v }: Zoom, x: number, y: number, laid: Laid): Zoom {
  const { width, height } = laid.base;
  return held({ times, u: u - x / (width * times), v: v - y / (height * times) }, laid);
}

export const canPan = ({ times }: Zoom, { frame, base }: Laid) =>
  base.width * times > frame.width + 1 || base.height * times > frame.height + 1;

/** The pixel at a place; null: beside the picture, or it has none, as a vector picture without a size of its own. */
export function pixelAt({ u, v }: Place, { width, height }: Size): { x: number; y: number } | null {
  if (!(u >= 0 && u < 1 && v >= 0 && v < 1) || width === 0 || height === 0) return null;
  return { x: Math.floor(u * width), y: Math.floor(v * height) };
}

const rounded = (value: number, digits: number) => String(Number(value.toFixed(digits)));

/** As the address has it: `2.5,0.4,0.61`; null: nothing is enlarged. */
export const formatZoom = ({ times, u, v }: Zoom): string | null =>
  times <= 1.0005 && u === 0.5 && v === 0.5 ? null : [rounded(times, 3), rounded(u, 5), rounded(v, 5)].join(",");

export function parseZoom(text: string | null | undefined): Zoom {
  const parts = /^(\d{1,5}(?:\.\d{1,3})?),([01](?:\.\d{1,5})?),([01](?:\.\d{1,5})?)$/.exec(text ?? "");
  if (parts === null) return WHOLE;
  const [times, u, v] = parts.slice(1).map(Number);
  return times < 1 || u > 1 || v > 1 ? WHOLE : { times, u, v };
}
