// What is in the bytes of a file: texts, tables, numbers (docs/formats/protocol.md, value.proto).

/** Texts of a blob of kind text, each as its length (u64, little-endian) and its bytes; the last may be cut. */
export function textsIn(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    at += 8;
    texts.push(decoder.decode(bytes.subarray(at, Math.min(bytes.length, at + length))));
    at += length;
  }
  return texts;
}

export interface FileTable {
  columns: { name: string; type: string | null }[];
  rows: unknown[][];
}

/** A table as the clients log it; null: the document is none. */
export function tableIn(document: unknown): FileTable | null {
  if (typeof document !== "object" || document === null) return null;
  const { columns, rows } = document as Partial<Record<string, unknown>>;
  if (!Array.isArray(columns) || !Array.isArray(rows)) return null;
  if (!columns.every((column) => typeof column?.name === "string")) return null;
  return rows.every(Array.isArray) ? { columns, rows } : null;
}

type Read = (view: DataView, at: number) => number;

// float16 and the smaller floats have no reader in every browser.
const READ: Record<string, [bytes: number, read: Read]> = {
  float64: [8, (view, at) => view.getFloat64(at, true)],
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float16: [2, (view, at) => half(view.getUint16(at, true))],
  bfloat16: [2, (view, at) => wide(view.getUint16(at, true))],
  int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  bool: [1, (view, at) => view.getUint8(at)],
};

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a float32. */
function wide(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

export interface Numbers {
  count: number;
  min: number;
  max: number;
  mean: number;
  /** NaN and infinities. */
  notFinite: number;
  first: number[];
}

/** The numbers of a tensor summed up; null: its dtype cannot be read here. */
export function numbersIn(bytes: Uint8Array, dtype: string, most: number): Numbers | null {
  const reader = READ[dtype];
  if (reader === undefined) return null;
  const [size, read] = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / size);
  const out: Numbers = { count, min: Number.NaN, max: Number.NaN, mean: Number.NaN, notFinite: 0, first: [] };
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = read(view, i * size);
    if (i < most) out.first.push(value);
    if (!Number.isFinite(value)) {
      out.notFinite++;
      continue;
    }
    sum += value;
    if (!(value >= out.min)) out.min = value;
    if (!(value <= out.max)) out.max = value;
  }
  if (count > out.notFinite) out.mean = sum / (count - out.notFinite);
  return out;
}
