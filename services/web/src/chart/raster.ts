// The rasteriser: anti-aliased lines, envelopes and dots into an opaque RGBA buffer. No canvas, so it runs in a worker,
// gives the same pixels on every machine, and can be tested against golden pixels.
//
// A shape is collected as coverage (0 to 1 a pixel) in a mask and put over the picture in one go by `flush`, so that the
// joints of a line, where two segments share a pixel, do not get darker than the line. Coverage is exact for axis-parallel
// edges and within a few percent for slopes: each pixel column (steep lines: row) takes the vertical (horizontal) extent
// of the line at the middle of its overlap.
//
// Coordinates are device pixels, y down; the centre of the top left pixel is (0.5, 0.5).

export type Rgb = readonly [number, number, number];

export class Raster {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** The pixels, four bytes at a time: alpha, blue, green and red from the top byte down. */
  private readonly words: Uint32Array;
  private readonly mask: Float32Array;
  // Rows touched since the last flush, a pixel column: [top, bottom], empty where top > bottom.
  private readonly top: Int32Array;
  private readonly bottom: Int32Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background: Rgb,
  ) {
    this.pixels = new Uint8ClampedArray(width * height * 4);
    this.mask = new Float32Array(width * height);
    this.top = new Int32Array(width).fill(height);
    this.bottom = new Int32Array(width).fill(-1);
    this.words = new Uint32Array(this.pixels.buffer);
    // RGBA in memory order; every platform that runs a browser today is little-endian.
    this.words.fill(((255 << 24) | (background[2] << 16) | (background[1] << 8) | background[0]) >>> 0);
  }

  private cover(x: number, y: number, amount: number): void {
    this.mask[y * this.width + x] += amount;
    if (y < this.top[x]) this.top[x] = y;
    if (y > this.bottom[x]) this.bottom[x] = y;
  }

  /** Covers the rectangle [x0, x1) × [y0, y1) with fractional edges. */
  rect(x0: number, y0: number, x1: number, y1: number): void {
    const left = Math.max(0, x0);
    const right = Math.min(this.width, x1);
    const upper = Math.max(0, y0);
    const lower = Math.min(this.height, y1);
    if (!(right > left && lower > upper)) return;
    for (let x = Math.floor(left); x < right; x++) {
      const wide = Math.min(x + 1, right) - Math.max(x, left);
      for (let y = Math.floor(upper); y < lower; y++) {
        this.cover(x, y, wide * (Math.min(y + 1, lower) - Math.max(y, upper)));
      }
    }
  }

  /** A filled circle; its edge is one pixel soft. */
  dot(cx: number, cy: number, radius: number): void {
    const x1 = Math.min(this.width - 1, Math.ceil(cx + radius));
    const y1 = Math.min(this.height - 1, Math.ceil(cy + radius));
    for (let x = Math.max(0, Math.floor(cx - radius - 1)); x <= x1; x++) {
      for (let y = Math.max(0, Math.floor(cy - radius - 1)); y <= y1; y++) {
        const inside = radius + 0.5 - Math.hypot(x + 0.5 - cx, y + 0.5 - cy);
        if (inside > 0) this.cover(x, y, Math.min(1, inside));
      }
    }
  }

  /** A straight line of the given width with butt ends; what lies outside the picture is clipped first. */
  line(x0: number, y0: number, x1: number, y1: number, width: number): void {
    const margin = width + 2;
    const right = this.width + margin;
    const bottom = this.height + margin;
    const inside = (x: number, y: number) => x >= -margin && x <= right && y >= -margin && y <= bottom;
    if (inside(x0, y0) && inside(x1, y1)) {
      this.segment(x0, y0, x1, y1, width);
      return;
    }
    const clipped = clip(x0, y0, x1, y1, -margin, -margin, right, bottom);
    if (clipped !== null) this.segment(clipped[0], clipped[1], clipped[2], clipped[3], width);
  }

  private segment(ax: number, ay: number, bx: number, by: number, width: number): void {
    if (Math.abs(bx - ax) >= Math.abs(by - ay)) {
      if (ax <= bx) this.shallow(ax, ay, bx, by, width);
      else this.shallow(bx, by, ax, ay, width);
    } else if (ay <= by) this.steep(ax, ay, bx, by, width);
    else this.steep(bx, by, ax, ay, width);
  }

  private shallow(ax: number, ay: number, bx: number, by: number, width: number): void {
    if (bx === ax) return;
    const slope = (by - ay) / (bx - ax);
    const half = (width / 2) * Math.sqrt(1 + slope * slope);
    const last = Math.min(this.width - 1, Math.ceil(bx) - 1);
    for (let x = Math.max(0, Math.floor(ax)); x <= last; x++) {
      const from = Math.max(x, ax);
      const to = Math.min(x + 1, bx);
      const y = ay + slope * ((from + to) / 2 - ax);
      const upper = y - half;
      const lower = Math.min(this.height, y + half);
      for (let row = Math.max(0, Math.floor(upper)); row < lower; row++) {
        this.cover(x, row, (to - from) * (Math.min(row + 1, lower) - Math.max(row, upper)));
      }
    }
  }

  private steep(ax: number, ay: number, bx: number, by: number, width: number): void {
    const slope = (bx - ax) / (by - ay);
    const half = (width / 2) * Math.sqrt(1 + slope * slope);
    const last = Math.min(this.height - 1, Math.ceil(by) - 1);
    for (let y = Math.max(0, Math.floor(ay)); y <= last; y++) {
      const from = Math.max(y, ay);
      const to = Math.min(y + 1, by);
      const x = ax + slope * ((from + to) / 2 - ay);
      const right = Math.min(this.width, x + half);
      for (let column = Math.max(0, Math.floor(x - half)); column < right; column++) {
        this.cover(column, y, (to - from) * (Math.min(column + 1, right) - Math.max(column, x - half)));
      }
    }
  }

  /**
   * Puts one vertical span a pixel column, from upper[x] to lower[x] (empty where upper > lower), straight over the picture:
   * what a crowd of lines is drawn with, several times faster than through the mask.
   */
  spans(upper: Float32Array, lower: Float32Array, color: Rgb, alpha: number): void {
    const { width, height, words } = this;
    const redBlue = color[0] | (color[2] << 16);
    const green = color[1] << 8;
    const whole = Math.round(alpha * 256);
    for (let x = 0; x < width; x++) {
      const from = Math.max(0, upper[x]);
      const to = Math.min(height, lower[x]);
      if (!(to > from)) continue;
      const first = Math.floor(from);
      const last = Math.ceil(to) - 1;
      const top = Math.round(alpha * 256 * (Math.min(first + 1, to) - from));
      let p = first * width + x;
      words[p] = blend(words[p], redBlue, green, top);
      for (let y = first + 1; y < last; y++) {
        p += width;
        words[p] = blend(words[p], redBlue, green, whole);
      }
      if (last > first) {
        p = last * width + x;
        words[p] = blend(words[p], redBlue, green, Math.round(alpha * 256 * (to - last)));
      }
    }
  }

  /** Puts what was covered over the picture in one colour and clears the mask. */
  flush(color: Rgb, alpha: number): void {
    const { width, mask, pixels } = this;
    for (let x = 0; x < width; x++) {
      const end = this.bottom[x];
      for (let y = this.top[x]; y <= end; y++) {
        const at = y * width + x;
        const covered = mask[at];
        if (covered === 0) continue;
        mask[at] = 0;
        const a = alpha * Math.min(covered, 1);
        const p = at * 4;
        pixels[p] += (color[0] - pixels[p]) * a;
        pixels[p + 1] += (color[1] - pixels[p + 1]) * a;
        pixels[p + 2] += (color[2] - pixels[p + 2]) * a;
      }
      this.top[x] = this.height;
      this.bottom[x] = -1;
    }
  }
}

/** `part` of 256 of a colour over an opaque pixel, rounded; red and blue are computed in one go, 16 bits apart. */
function blend(pixel: number, redBlue: number, green: number, part: number): number {
  const rest = 256 - part;
  const rb = (Math.imul(pixel & 0xff00ff, rest) + Math.imul(redBlue, part) + 0x800080) >>> 8;
  const g = (Math.imul(pixel & 0xff00, rest) + Math.imul(green, part) + 0x8000) >>> 8;
  return (0xff000000 | (rb & 0xff00ff) | (g & 0xff00)) >>> 0;
}

/** How many lines cross each pixel: what a crowd too large to see through is drawn as. */
export class Density {
  private readonly counts: Uint16Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.counts = new Uint16Array(width * height);
  }

  /** As the raster's: here each pixel of a span counts one. */
  spans(upper: Float32Array, lower: Float32Array): void {
    for (let x = 0; x < this.width; x++) {
      const to = Math.min(this.height, Math.round(lower[x]));
      for (let y = Math.max(0, Math.round(upper[x])); y < to; y++) this.counts[y * this.width + x]++;
    }
  }

  /** The logarithm of the count on a scale of colours from low to high. */
  paint(raster: Raster, scale: readonly Rgb[]): void {
    const most = this.counts.reduce((a, b) => Math.max(a, b), 1);
    const colors = Array.from({ length: most + 1 }, (_, n) => colorAt(scale, Math.log(n) / (Math.log(most) || 1)));
    for (let i = 0; i < this.counts.length; i++) {
      const n = this.counts[i];
      if (n > 0) raster.pixels.set(colors[n], i * 4);
    }
  }
}

function colorAt(scale: readonly Rgb[], part: number): Rgb {
  const at = Math.min(1, Math.max(0, part)) * (scale.length - 1);
  const low = Math.floor(at);
  const high = Math.min(scale.length - 1, low + 1);
  const mix = (k: 0 | 1 | 2) => Math.round(scale[low][k] + (scale[high][k] - scale[low][k]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}

/** Liang and Barsky 1984; null when nothing of the line is inside. */
export function clip(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): [number, number, number, number] | null {
  const dx = x1 - x0;
  const dy = y1 - y0;
  let from = 0;
  let to = 1;
  const edges: [number, number][] = [
    [-dx, x0 - left],
    [dx, right - x0],
    [-dy, y0 - top],
    [dy, bottom - y0],
  ];
  for (const [p, q] of edges) {
    if (p === 0) {
      if (!(q >= 0)) return null;
    } else if (p < 0) from = Math.max(from, q / p);
    else to = Math.min(to, q / p);
  }
  if (!(from <= to)) return null;
  return [x0 + from * dx, y0 + from * dy, x0 + to * dx, y0 + to * dy];
}

/**
 * Draws a polyline of vertices [from, to) with a dash pattern (lengths in pixels, drawn and left out in turn; empty: solid).
 * The pattern runs on through the corners.
 */
export function polyline(
  raster: Raster,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  from: number,
  to: number,
  width: number,
  dash: readonly number[],
): void {
  let index = 0;
  let left = dash.length > 0 ? dash[0] : Number.POSITIVE_INFINITY;
  for (let i = from + 1; i < to; i++) {
    let ax = xs[i - 1];
    let ay = ys[i - 1];
    const bx = xs[i];
    const by = ys[i];
    if (dash.length === 0) {
      raster.line(ax, ay, bx, by, width);
      continue;
    }
    let rest = Math.hypot(bx - ax, by - ay);
    // A line that runs far outside the picture would be cut into very many dashes that nobody sees.
    if (!(rest < 1e5)) continue;
    while (rest > 0) {
      const length = Math.min(left, rest);
      const mx = ax + ((bx - ax) * length) / rest;
      const my = ay + ((by - ay) * length) / rest;
      if (index % 2 === 0) raster.line(ax, ay, mx, my, width);
      ax = mx;
      ay = my;
      rest -= length;
      left -= length;
      if (left <= 0) {
        index = (index + 1) % dash.length;
        left = dash[index];
      }
    }
  }
}
