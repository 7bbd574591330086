// What a logged text is: one text, or lists of texts of any depth, as a table and as tables of tables.

import { visible } from "../../../components/Name";

/** Bytes that are no UTF-8 come as base64. */
export type Piece = { text: string } | { bytes: number };

export interface TextTable {
  /** Where it stands in lists of more than two levels; of two levels and fewer empty. */
  at: number[];
  rows: Piece[][];
}

/** Null: the value is not what a text is. A list of one text is that text: so PyTorch logs them. */
export function readText(value: unknown): Piece | TextTable[] | null {
  if (!Array.isArray(value)) return pieceOf(value);
  if (value.length === 1 && !Array.isArray(value[0])) return pieceOf(value[0]);
  const tables: TextTable[] = [];
  // A list of lists of lists and so on, without recursion: its depth is the log's.
  const open: { list: unknown[]; at: number[] }[] = [{ list: value, at: [] }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { list, at } = item;
    if (list.some((row) => Array.isArray(row) && row.some(Array.isArray))) {
      if (!list.every(Array.isArray)) return null;
      for (let i = list.length - 1; i >= 0; i--) open.push({ list: list[i] as unknown[], at: [...at, i] });
      continue;
    }
    const rows = list.map((row) => (Array.isArray(row) ? row : [row]).map(pieceOf));
    if (rows.some((row) => row.some((piece) => piece === null))) return null;
    tables.push({ at, rows: rows as Piece[][] });
  }
  return tables;
}

function pieceOf(value: unknown): Piece | null {
  if (typeof value === "string") return { text: value };
  const base64 = (value as { base64?: unknown } | null | undefined)?.base64;
  return typeof base64 === "string" ? { bytes: bytesIn(base64) } : null;
}

const bytesIn = (base64: string) => Math.floor((base64.replace(/=+$/, "").length * 3) / 4);

/** A text in lines, its invisible characters made visible. */
export const shownText = (text: string): string => text.replace(/[^\n\t]+/g, visible);
