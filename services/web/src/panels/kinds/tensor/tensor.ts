// What points of tensor tags hold, and which part of one is shown: a matrix of its last two dimensions, as many of its rows as
// there is room for. Such a part is one stretch of the elements, so that no more than it is asked for.

import { elementBytes } from "../../../components/files/elements";

export interface LoggedTensor {
  /** numpy's name. */
  dtype: string;
  shape: number[];
  /** Of its elements. */
  count: number;
  /** Its elements as the server gives them; null: they are in the blob, or nobody here can read them. */
  data: unknown[] | null;
  blob: { id: string; bytes: number } | null;
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Null: the value is no tensor, or not as large as its shape says. */
export function tensorOf(value: unknown): LoggedTensor | null {
  const { dtype, shape, data, blob, bytes, base64 } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Array.isArray(shape) || !shape.every(isSize)) return null;
  const count = shape.reduce((product, size) => product * size, 1);
  const tensor = { dtype, shape, count, data: null, blob: null };
  if (Array.isArray(data)) return data.length === count ? { ...tensor, data } : null;
  if (typeof base64 === "string") return tensor;
  if (typeof blob !== "string" || !isSize(Number(bytes))) return null;
  const size = elementBytes(dtype);
  if (size !== undefined && Number(bytes) !== count * size) return null;
  return { ...tensor, blob: { id: blob, bytes: Number(bytes) } };
}

/** Elements that are shown, and asked for, at once. */
export const MOST_SHOWN = 262_144;

export interface Slice {
  /** Indices in the dimensions before the last two. */
  lead: number[];
  /** Of the matrix; a vector is one row, a scalar one element. */
  rows: number;
  columns: number;
  /** Rows that are shown: of all the first, and how many. */
  from: number;
  shownRows: number;
  /** Elements of a row that are shown: all, unless one row alone is too long. */
  shownColumns: number;
  /** Of the first that is shown, among the elements. */
  start: number;
}

/** `lead` and `row` as far as the tensor has them. Null: it has no elements. */
export function sliceOf({ shape, count }: LoggedTensor, lead: readonly number[], row: number): Slice | null {
  if (count === 0) return null;
  const leading = shape.slice(0, -2);
  const columns = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  const at = leading.map((size, i) => Math.min(lead[i] ?? 0, size - 1));
  const matrix = at.reduce((place, index, i) => place * leading[i] + index, 0);
  const shownColumns = Math.min(columns, MOST_SHOWN);
  const shownRows = Math.min(rows, rowsAtOnce(columns));
  const from = Math.min(row, rows - shownRows);
  return { lead: at, rows, columns, from, shownRows, shownColumns, start: (matrix * rows + from) * columns };
}

const rowsAtOnce = (columns: number) => Math.max(1, Math.floor(MOST_SHOWN / columns));

export const shownCount = ({ shownRows, shownColumns }: Slice) => shownRows * shownColumns;

/** The index of an element that is shown, as one writes it: "[3, 0, 12]". */
export function indexText({ shape }: LoggedTensor, { lead, from }: Slice, row: number, column: number): string {
  const index = [...lead, from + row, column].slice(-shape.length);
  return shape.length === 0 ? "" : `[${index.join(", ")}]`;
}

export interface Slider {
  /** Of the dimension; null: of the rows, a part of which is shown at once. */
  dimension: number | null;
  at: number;
  most: number;
  /** What it goes on by. */
  step: number;
}

/** What leads through tensors of these shapes, which may differ. */
export function slidersOf(tensors: readonly LoggedTensor[], lead: readonly number[], row: number): Slider[] {
  const leading = tensors.map(({ shape }) => shape.slice(0, -2));
  const depth = Math.max(0, ...leading.map(({ length }) => length));
  const sliders: Slider[] = [];
  for (let dimension = 0; dimension < depth; dimension++) {
    const most = Math.max(...leading.map((sizes) => (sizes[dimension] ?? 1) - 1));
    if (most > 0) sliders.push({ dimension, at: Math.min(lead[dimension] ?? 0, most), most, step: 1 });
  }
  const parts = tensors.filter(({ shape }) => shape.length > 1).map(({ shape }) => shape.slice(-2));
  const left = Math.max(0, ...parts.map(([rows, columns]) => rows - rowsAtOnce(columns)));
  const step = Math.min(...parts.map(([, columns]) => rowsAtOnce(columns)));
  // The last stop is behind the last part, which ends with the rows.
  const most = Math.ceil(left / step) * step;
  if (left > 0) sliders.push({ dimension: null, at: Math.min(row, most), most, step });
  return sliders;
}

/** Indices in the address: "3.0". */
export const parseLead = (text: string | undefined): number[] => (text ? text.split(".").map(Number) : []);

/** Null: the first of each. */
export function formatLead(lead: readonly number[]): string | null {
  const last = lead.findLastIndex((index) => index > 0);
  return last < 0 ? null : Array.from({ length: last + 1 }, (_, i) => lead[i] ?? 0).join(".");
}
