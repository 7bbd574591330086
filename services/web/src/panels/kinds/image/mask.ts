// Class numbers of a mask: a grey PNG of 8 or 16 bits, which a canvas would round to 8. Only what a mask can be is read.

const MOST_PIXELS = 1 << 24;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export interface Mask {
  width: number;
  height: number;
  /** Row by row. */
  classes: Uint16Array;
}

interface Header {
  width: number;
  height: number;
  /** A pixel's. */
  bytes: 1 | 2;
}

/** Null: it is no grey PNG of 8 or 16 bits without interlacing, or a damaged one, or larger than 4,096 × 4,096 pixels. */
export async function decodeMask(file: Uint8Array<ArrayBuffer>): Promise<Mask | null> {
  if (!SIGNATURE.every((byte, i) => file[i] === byte)) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let header: Header | null = null;
  const data: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const body = file.subarray(at + 8, at + 8 + size);
    if (type === "IHDR") header = headerOf(body);
    else if (type === "IDAT") data.push(body);
    at += 12 + size;
  }
  if (header === null) return null;
  const bytes = await inflate(new Blob(data), (header.width * header.bytes + 1) * header.height);
  return bytes === null ? null : unfilter(bytes, header);
}

function headerOf(body: Uint8Array<ArrayBuffer>): Header | null {
  if (body.length < 13) return null;
  const view = new DataView(body.buffer, body.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bits, colour, , , interlaced] = body.subarray(8);
  if ((bits !== 8 && bits !== 16) || colour !== 0 || interlaced !== 0) return null;
  return width * height > MOST_PIXELS ? null : { width, height, bytes: bits === 8 ? 1 : 2 };
}

/** Exactly so many bytes; null: there are fewer, or they are none. */
async function inflate(data: Blob, size: number): Promise<Uint8Array | null> {
  const out = new Uint8Array(size);
  let filled = 0;
  try {
    const reader = data.stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    while (filled < size) {
      const { value, done } = await reader.read();
      if (done) return null;
      const part = value.subarray(0, size - filled);
      out.set(part, filled);
      filled += part.length;
    }
    await reader.cancel();
  } catch {
    return filled === size ? out : null;
  }
  return out;
}

/** PNG specification, 9.2: each byte is told by those at its left, above, and above at its left. */
function unfilter(bytes: Uint8Array, { width, height, bytes: step }: Header): Mask {
  const row = width * step;
  const classes = new Uint16Array(width * height);
  let above = new Uint8Array(row);
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1);
    const filter = bytes[start];
    const line = bytes.slice(start + 1, start + 1 + row);
    for (let x = 0; x < row; x++) {
      const left = x >= step ? line[x - step] : 0;
      line[x] += predicted(filter, left, above[x], x >= step ? above[x - step] : 0);
    }
    for (let x = 0; x < width; x++)
      classes[y * width + x] = step === 1 ? line[x] : (line[2 * x] << 8) | line[2 * x + 1];
    above = line;
  }
  return { width, height, classes };
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}

/** The colour of a class; those of a mask with more classes than there are colours come again. */
export const colorOfClass = <T>(number: number, colors: readonly T[]): T => colors[number % colors.length];

/** Class 0 is the ground, and clear, as classes are that are not shown. */
export function paintMask(
  { classes }: Mask,
  colors: readonly (readonly number[])[],
  isOff: (number: number) => boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(classes.length * 4);
  const off = new Map<number, boolean>([[0, true]]);
  const clear = (number: number) => {
    const known = off.get(number) ?? isOff(number);
    off.set(number, known);
    return known;
  };
  classes.forEach((number, i) => {
    if (clear(number)) return;
    const [r, g, b] = colorOfClass(number, colors);
    pixels.set([r, g, b, 255], i * 4);
  });
  return pixels;
}
