// Precision and recall over thresholds, as they were logged: true and false positives, true and false negatives, precision,
// recall, a column for each threshold.

import { toValue } from "../../../api/json64";

export interface PrPoint {
  threshold: number;
  tp: number;
  fp: number;
  tn: number;
  fn: number;
  precision: number;
  recall: number;
}

const ROWS = 6;

/** A row for each of what a point has, all of one length. Null: the value is not what a curve is. */
function rowsOf(value: unknown): unknown[][] | null {
  const rows = (value as { rows?: unknown } | null | undefined)?.rows;
  if (!Array.isArray(rows) || rows.length !== ROWS || !rows.every(Array.isArray)) return null;
  return rows.every((row) => row.length === rows[0].length) ? rows : null;
}

/** Thresholds stand at equal distances from 0 to 1. */
function columnOf(rows: readonly unknown[][], i: number): PrPoint {
  const [tp, fp, tn, fn, precision, recall] = rows.map((row) => toValue(row[i]));
  return { threshold: rows[0].length > 1 ? i / (rows[0].length - 1) : 0, tp, fp, tn, fn, precision, recall };
}

const isPositive = ({ tp, fp }: PrPoint) => tp !== 0 || fp !== 0;

/**
 * By rising threshold. Those above the greatest prediction are left out: without a positive there is no precision. Null: the
 * value is not what a curve is.
 */
export function readCurve(value: unknown): PrPoint[] | null {
  const rows = rowsOf(value);
  if (rows === null) return null;
  return rows[0].map((_, i) => columnOf(rows, i)).filter(isPositive);
}

/** 0: there is none, or the value is not what a curve is. */
export const countThresholds = (value: unknown): number => rowsOf(value)?.[0].length ?? 0;

/** At the logged threshold that is nearest; without a positive the precision is NaN. Null: there is none. */
export function pointAt(value: unknown, threshold: number): PrPoint | null {
  const rows = rowsOf(value);
  if (rows === null || rows[0].length === 0) return null;
  const point = columnOf(rows, Math.round(threshold * (rows[0].length - 1)));
  return isPositive(point) ? point : { ...point, precision: Number.NaN };
}

export const MEASURES = ["precision", "recall", "f1"] as const;
export type Measure = (typeof MEASURES)[number];

/** F1 is that of the counts: 0 where nothing is found, NaN where there is nothing to find. */
export function measureOf({ precision, recall, tp, fp, fn }: PrPoint, measure: Measure): number {
  if (measure === "f1") return (2 * tp) / (2 * tp + fp + fn);
  return measure === "precision" ? precision : recall;
}

/** Whether a point has a place between 0 and 1 on both axes. */
export const isPlaced = ({ precision, recall }: PrPoint): boolean =>
  precision >= 0 && precision <= 1 && recall >= 0 && recall <= 1;

/** The area below the curve by steps: precision at each recall that is gained. Null: no point has a place. */
export function averagePrecision(points: readonly PrPoint[]): number | null {
  const placed = points.filter(isPlaced);
  if (placed.length === 0) return null;
  let sum = 0;
  // From the greatest threshold, where the recall is least.
  let before = 0;
  for (let i = placed.length - 1; i >= 0; i--) {
    sum += Math.max(0, placed[i].recall - before) * placed[i].precision;
    before = Math.max(before, placed[i].recall);
  }
  return sum;
}

export const F1_LINES = [0.2, 0.4, 0.6, 0.8] as const;

/** Recall and precision along which the harmonic mean of both is `f1`, from its right end to its upper one. */
export function f1Line(f1: number, points = 48): { recall: number; precision: number }[] {
  const least = f1 / (2 - f1); // the recall at which the precision is 1
  return Array.from({ length: points }, (_, i) => {
    const recall = 1 - (i / (points - 1)) * (1 - least);
    return { recall, precision: Math.min(1, (f1 * recall) / (2 * recall - f1)) };
  });
}
