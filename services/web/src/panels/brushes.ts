// Brushes of parallel coordinates: which runs pass through them, what they are in the filter language, and how they move.

import { literal } from "../filter/meaning";
import type { AxisView, Brush } from "../state/axes";
import { filterKey } from "../state/columns";
import { axisOf, type HandPanel } from "../state/hand_panels";
import { type Cell, panelColumn } from "./columns";
import type { SideScale } from "./scales";

export function inBrush(brush: Brush, cell: Cell): boolean {
  if (typeof brush === "string") return cell !== null && String(cell) === brush;
  return typeof cell === "number" && cell >= brush[0] && cell <= brush[1];
}

/** A run passes through one of the brushes of every axis that has some. */
export function passes(panel: HandPanel, cells: readonly Cell[]): boolean {
  return panel.y.every((column, i) => {
    const { brushes } = axisOf(panel, column);
    return brushes.length === 0 || brushes.some((brush) => inBrush(brush, cells[i]));
  });
}

export const isBrushed = (panel: HandPanel) => panel.y.some((column) => axisOf(panel, column).brushes.length > 0);

export const withoutBrushes = (panel: HandPanel): HandPanel => ({
  ...panel,
  axes: panel.axes.flatMap(([column, axis]): HandPanel["axes"] =>
    axis.scale === null && !axis.flip ? [] : [[column, { ...axis, brushes: [] }]],
  ),
});

/** The brushes in the filter language; `rows` say of which type a category's values are. */
export function brushFilter(panel: HandPanel, rows: readonly { cells: Cell[] }[]): string {
  const tests = panel.y.flatMap((text, i) => {
    const column = panelColumn(text);
    const { brushes } = axisOf(panel, text);
    if (column === null || brushes.length === 0) return [];
    const key = filterKey(column);
    const all = brushes.flatMap((brush) =>
      typeof brush === "string"
        ? valuesOf(brush, i, rows).map((value) => `${key} = ${value}`)
        : [`(${key} >= ${brush[0]} and ${key} <= ${brush[1]})`],
    );
    return all.length === 1 ? [all[0].replace(/^\((.*)\)$/s, "$1")] : [`(${all.join(" or ")})`];
  });
  return tests.join(" and ");
}

/** What a category's text can be: a number or text as it is in the runs; true and false also as they are written. */
function valuesOf(name: string, column: number, rows: readonly { cells: Cell[] }[]): string[] {
  const cell =
    rows.find(({ cells }) => cells[column] !== null && String(cells[column]) === name)?.cells[column] ?? name;
  const own = literal(cell);
  return name === "true" || name === "false" ? [own, name] : [own];
}

/** A brush between two places of an axis, in any order; of categories one for each that lies between. */
export function brushesAt(scale: SideScale, a: number, b: number): Brush[] {
  const [lo, hi] = [Math.max(0, Math.min(a, b)), Math.min(1, Math.max(a, b))];
  if (scale.kind === "cat") {
    const half = 0.5 / scale.names.length;
    return scale.names.filter((name) => scale.at(name)! + half > lo && scale.at(name)! - half < hi);
  }
  const [from, to] = [scale.numberAt(lo), scale.numberAt(hi)];
  return from === null || to === null ? [] : [[from, to]];
}

/** Where a brush lies on its axis. */
export function placesOf(scale: SideScale, brush: Brush): [from: number, to: number] | null {
  if (typeof brush === "string") {
    const at = scale.kind === "cat" ? scale.at(brush) : null;
    const half = 0.5 / Math.max(1, scale.names.length);
    return at === null ? null : [at - half, at + half];
  }
  if (scale.kind === "cat") return null;
  // What is beyond the axis, or not positive on a logarithmic one, ends at its end.
  const clamp = (place: number) => Math.min(1, Math.max(0, place));
  const to = scale.at(brush[1]);
  return to === null ? null : [clamp(scale.at(brush[0]) ?? 0), clamp(to)];
}

/** Adds brushes; those that touch become one. */
export function addBrushes(axis: AxisView, added: readonly Brush[]): AxisView {
  const names = new Set([...axis.brushes, ...added].filter((brush) => typeof brush === "string"));
  const ranges = [...axis.brushes, ...added].filter((brush) => typeof brush !== "string");
  const joined: [number, number][] = [];
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return { ...axis, brushes: [...joined, ...names] };
}
