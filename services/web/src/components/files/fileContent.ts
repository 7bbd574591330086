// What is in the bytes of a file: texts, tables (docs/formats/protocol.md, value.proto).

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
