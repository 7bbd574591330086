// The absolute difference of two pictures of one size.

export interface Difference {
  /** RGBA, so strong that the largest difference is 255. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Of any channel, 0 to 255. */
  largest: number;
}

/** Of RGBA bytes; how clear they are counts as a channel. */
export function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): Difference {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  const times = largest === 0 ? 0 : 255 / largest;
  const pixels = new Uint8ClampedArray(a.length);
  for (let i = 0; i < a.length; i += 4) {
    const clear = Math.abs(a[i + 3] - b[i + 3]);
    for (let c = 0; c < 3; c++) pixels[i + c] = Math.max(Math.abs(a[i + c] - b[i + c]), clear) * times;
    pixels[i + 3] = 255;
  }
  return { pixels, largest };
}
