// The elements of a tensor, of every dtype that numpy and its extensions name, and what they are together.

import { toValue } from "../../api/json64";
import { exactValue } from "../../chart/format";

export interface Elements {
  count: number;
  /** Of a complex number its absolute value, of a boolean 0 or 1. */
  value(i: number): number;
  /** As it was logged. */
  exact(i: number): string;
}

interface Type {
  bytes: number;
  value(view: DataView, at: number): number;
  /** Where the value as a float64 is not all there is to say. */
  exact?(view: DataView, at: number): string;
}

const wide = (read: (view: DataView, at: number) => bigint): Type => ({
  bytes: 8,
  value: (view, at) => Number(read(view, at)),
  exact: (view, at) => String(read(view, at)),
});

function complex({ bytes, value }: Type): Type {
  return {
    bytes: 2 * bytes,
    value: (view, at) => Math.hypot(value(view, at), value(view, at + bytes)),
    exact: (view, at) => complexText(value(view, at), value(view, at + bytes)),
  };
}

const complexText = (re: number, im: number) => {
  const sign = im < 0 || Object.is(im, -0) ? "−" : "+";
  return `${exactValue(re)} ${sign} ${exactValue(Math.abs(im))}i`;
};

/** sign | exponent | mantissa, as IEEE 754 has them. `finite`: no infinities, and only the all-ones pattern is NaN (OCP E4M3). */
function smallFloat(bits: number, exponentBits: number, mantissaBits: number, finite: boolean): number {
  const sign = (bits >> (exponentBits + mantissaBits)) & 1 ? -1 : 1;
  const top = 2 ** exponentBits - 1;
  const exponent = (bits >> mantissaBits) & top;
  const mantissa = bits & (2 ** mantissaBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === top && (!finite || mantissa === 2 ** mantissaBits - 1))
    return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * (mantissa + 2 ** mantissaBits) * 2 ** (exponent - bias - mantissaBits);
}

const float32: Type = { bytes: 4, value: (view, at) => view.getFloat32(at, true) };
const float64: Type = { bytes: 8, value: (view, at) => view.getFloat64(at, true) };

const TYPES: Record<string, Type> = {
  float64,
  float32,
  // These have no reader in every browser.
  float16: { bytes: 2, value: (view, at) => smallFloat(view.getUint16(at, true), 5, 10, false) },
  bfloat16: { bytes: 2, value: (view, at) => smallFloat(view.getUint16(at, true), 8, 7, false) },
  float8_e5m2: { bytes: 1, value: (view, at) => smallFloat(view.getUint8(at), 5, 2, false) },
  float8_e4m3fn: { bytes: 1, value: (view, at) => smallFloat(view.getUint8(at), 4, 3, true) },
  int64: wide((view, at) => view.getBigInt64(at, true)),
  uint64: wide((view, at) => view.getBigUint64(at, true)),
  int32: { bytes: 4, value: (view, at) => view.getInt32(at, true) },
  uint32: { bytes: 4, value: (view, at) => view.getUint32(at, true) },
  int16: { bytes: 2, value: (view, at) => view.getInt16(at, true) },
  uint16: { bytes: 2, value: (view, at) => view.getUint16(at, true) },
  int8: { bytes: 1, value: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, value: (view, at) => view.getUint8(at) },
  bool: {
    bytes: 1,
    value: (view, at) => Number(view.getUint8(at) !== 0),
    exact: (view, at) => String(view.getUint8(at) !== 0),
  },
  complex64: complex(float32),
  complex128: complex(float64),
};

/** Bytes of an element; undefined: the dtype cannot be read here. */
export const elementBytes = (dtype: string): number | undefined =>
  Object.hasOwn(TYPES, dtype) ? TYPES[dtype].bytes : undefined;

/** As a blob has them: little-endian, row by row. Null: the dtype cannot be read here. */
export function elementsIn(bytes: Uint8Array, dtype: string): Elements | null {
  if (!Object.hasOwn(TYPES, dtype)) return null;
  const { bytes: size, value, exact } = TYPES[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    count: Math.floor(bytes.length / size),
    value: (i) => value(view, i * size),
    exact: (i) => exact?.(view, i * size) ?? exactValue(value(view, i * size)),
  };
}

/** As the REST interface writes them: numbers, words for what is not finite, booleans, [re, im]. */
export function elementsOf(data: readonly unknown[]): Elements {
  const value = (of: unknown): number => {
    if (typeof of === "boolean") return Number(of);
    return Array.isArray(of) ? Math.hypot(toValue(of[0]), toValue(of[1])) : toValue(of);
  };
  const exact = (of: unknown): string => {
    if (typeof of === "bigint" || typeof of === "boolean") return String(of);
    return Array.isArray(of) ? complexText(toValue(of[0]), toValue(of[1])) : exactValue(toValue(of));
  };
  return { count: data.length, value: (i) => value(data[i]), exact: (i) => exact(data[i]) };
}

/** `count` of them from one on. */
export const partOf = (elements: Elements, from: number, count: number): Elements => ({
  count,
  value: (i) => elements.value(from + i),
  exact: (i) => elements.exact(from + i),
});

export interface Summary {
  count: number;
  nan: number;
  infinite: number;
  /** Of those that are finite; NaN: there are none. */
  min: number;
  max: number;
  mean: number;
  /** Of all of them, not of a sample of more. */
  deviation: number;
}

export function sumUp({ count, value }: Elements): Summary {
  const sum: Summary = {
    count,
    nan: 0,
    infinite: 0,
    min: Number.NaN,
    max: Number.NaN,
    mean: Number.NaN,
    deviation: Number.NaN,
  };
  for (let i = 0; i < count; i++) {
    const v = value(i);
    if (Number.isNaN(v)) sum.nan++;
    else if (!Number.isFinite(v)) sum.infinite++;
    else {
      if (!(v >= sum.min)) sum.min = v;
      if (!(v <= sum.max)) sum.max = v;
    }
  }
  if (Number.isNaN(sum.min)) return sum;
  // In units of the largest, whose squares do not overflow (Welford 1962).
  const unit = Math.max(Math.abs(sum.min), Math.abs(sum.max)) || 1;
  let [seen, mean, squares] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const v = value(i);
    if (!Number.isFinite(v)) continue;
    const off = v / unit - mean;
    mean += off / ++seen;
    squares += off * (v / unit - mean);
  }
  sum.mean = mean * unit;
  sum.deviation = Math.sqrt(squares / seen) * unit;
  return sum;
}
