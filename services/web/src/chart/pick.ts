// Which line was drawn last over each pixel: what a crowd is hovered by, since asking thousands of lines would take too long.

export class PickBuffer {
  /** 0: none. */
  private readonly ids: Uint32Array;

  constructor(
    readonly width: number,
    private readonly height: number,
  ) {
    this.ids = new Uint32Array(width * height);
  }

  /** As the raster's; `index` is that of the line. */
  spans(upper: Float32Array, lower: Float32Array, index: number): void {
    for (let x = 0; x < this.width; x++) {
      const to = Math.min(this.height, Math.round(lower[x]));
      for (let y = Math.max(0, Math.round(upper[x])); y < to; y++) this.ids[y * this.width + x] = index + 1;
    }
  }

  /** The lines within `reach` of a pixel, each once, the nearest first. */
  near(x: number, y: number, reach: number, most: number): number[] {
    const best = new Map<number, number>();
    const x1 = Math.min(this.width - 1, Math.ceil(x + reach));
    const y1 = Math.min(this.height - 1, Math.ceil(y + reach));
    for (let row = Math.max(0, Math.floor(y - reach)); row <= y1; row++) {
      for (let column = Math.max(0, Math.floor(x - reach)); column <= x1; column++) {
        const id = this.ids[row * this.width + column];
        if (id === 0) continue;
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        if (distance <= reach && distance < (best.get(id) ?? Number.POSITIVE_INFINITY)) best.set(id, distance);
      }
    }
    return [...best]
      .sort((a, b) => a[1] - b[1])
      .slice(0, most)
      .map(([id]) => id - 1);
  }
}
