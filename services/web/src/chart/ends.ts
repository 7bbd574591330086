// Where lines end, for their names, and how names keep apart.

import { cssOf, type Layers, scaleYFor } from "./layers";
import type { LineEnd } from "./protocol";
import { valuesOf } from "./values";

const MOST = 300;

/** The last value in view of each line, of groups of their centres; from the top of the plot down. */
export function endsOf(layers: Layers): LineEnd[] {
  const { groups, lines, scene, scaleX, panel, smoother } = layers;
  const out: LineEnd[] = [];
  const put = (of: Omit<LineEnd, "value" | "py">, value: number, py: number) => {
    if (Number.isFinite(py)) out.push({ ...of, value, py: py / panel.dpr });
  };
  for (const { group, x, centre } of groups) {
    let i = x.length - 1;
    while (i >= 0 && (x[i] > scaleX.hi || !Number.isFinite(centre[i]))) i--;
    if (i < 0 || x[i] < scaleX.lo) continue;
    const color = cssOf(scene.theme.runs[group.slot % scene.theme.runs.length]);
    put({ run: group.key, tag: "", group: true, color }, centre[i], layers.scaleY(centre[i]));
  }
  for (const { run, tag, line, shift, color } of groups.length > 0 ? [] : lines) {
    const values = valuesOf(line, smoother);
    const [from, to] = line.within(scaleX.lo + shift, scaleX.hi + shift);
    let i = to - 1;
    while (i >= from && !Number.isFinite(values[i])) i--;
    const scaleY = scaleYFor(layers, tag);
    if (i >= from && !(scaleY.log && values[i] <= 0))
      put({ run: run.id, tag, group: false, color: cssOf(color) }, values[i], scaleY(values[i]));
  }
  return out.sort((a, b) => a.py - b.py).slice(0, MOST);
}

/**
 * Places for labels of `size` as near as they can to where they want to be (ascending), without one over another, within
 * [0, room]: neighbours that would touch become one block around the mean of what they want.
 */
export function pushApart(wanted: readonly number[], size: number, room: number): number[] {
  const blocks: { from: number; count: number; sum: number }[] = [];
  const place = (sum: number, count: number) =>
    Math.max(0, Math.min(sum / count - (count * size) / 2, room - count * size));
  for (const want of wanted) {
    let block = { count: 1, sum: want, from: place(want, 1) };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.from + last.count * size > block.from;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      const count = last.count + block.count;
      const sum = last.sum + block.sum;
      block = { count, sum, from: place(sum, count) };
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + (i + 0.5) * size));
}
