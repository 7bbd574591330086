// Which run a pointer is at, in the small charts of panels by hand.

/** CSS pixels from a mark or a line within which it is meant. */
const REACH = 10;

export interface Mark {
  x: number;
  y: number;
}

/** The nearest of some marks; of equally near ones the last, which lies on top. */
export function nearestMark<T extends Mark>(marks: readonly T[], x: number, y: number): T | null {
  let found: T | null = null;
  let least = REACH;
  for (const mark of marks) {
    const distance = Math.hypot(mark.x - x, mark.y - y);
    if (distance <= least) [found, least] = [mark, distance];
  }
  return found;
}

export interface AxesLine {
  /** Pixels down each axis; null: the line is broken there. */
  ys: readonly (number | null)[];
}

/** The nearest of some lines over axes that stand `step` pixels apart. */
export function nearestLine<T extends AxesLine>(lines: readonly T[], step: number, x: number, y: number): T | null {
  let found: T | null = null;
  let least = REACH;
  for (const line of lines) {
    const at = heightAt(line.ys, step, x);
    const distance = at === null ? Number.POSITIVE_INFINITY : Math.abs(at - y);
    if (distance <= least) [found, least] = [line, distance];
  }
  return found;
}

function heightAt(ys: readonly (number | null)[], step: number, x: number): number | null {
  if (step === 0) return Math.abs(x) <= REACH ? ys[0] : null;
  const part = Math.min(ys.length - 1, Math.max(0, x / step));
  const left = Math.min(ys.length - 1, Math.floor(part));
  const a = ys[left];
  const b = ys[Math.min(ys.length - 1, left + 1)];
  if (left === part) return a;
  return a === null || b === null ? null : a + (b - a) * (part - left);
}
