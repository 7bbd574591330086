// What points of meshes, embeddings and graphs say of themselves: their bytes are not read for it.

import type { PanelKind } from "../../../state/panel_ids";
import { text } from "../../../text";
import { tensorOf } from "../tensor/tensor";

export interface LoggedBlob {
  /** What of the value it is; "": the value. */
  part: string;
  blob: string;
  type: string;
  bytes: number;
  name?: string;
}

export interface Known {
  words: string[];
  blobs: LoggedBlob[];
}

export const KNOWN = ["mesh", "embedding", "graph"] as const satisfies readonly PanelKind[];
export type KnownKind = (typeof KNOWN)[number];

/** Null: the value is not what its kind promises. */
export function knownOf(kind: KnownKind, value: unknown): Known | null {
  const of = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (kind === "graph") return graphOf(of);
  const tensor = tensorOf(of);
  if (tensor === null) return null;
  const words = kind === "mesh" ? meshWords(of, tensor.shape) : embeddingWords(of, tensor.shape);
  if (words === null) return null;
  return {
    words: [...words, `${tensor.dtype} [${tensor.shape.join(", ")}]`],
    blobs: [blobOf("", of), blobOf("metadata", of.metadata), blobOf("sprite", of.sprite)].filter(
      (blob) => blob !== null,
    ),
  };
}

function graphOf(of: Record<string, unknown>): Known | null {
  const blob = blobOf("", of);
  if (blob === null) return null;
  return { words: [typeof of.format === "string" ? of.format : blob.type], blobs: [blob] };
}

/** As TensorBoard shapes them: [meshes, elements, 3 or 4]. */
function meshWords({ part }: Record<string, unknown>, shape: readonly number[]): string[] | null {
  if (shape.length !== 3) return null;
  const [meshes, count] = shape;
  const words = partWords(part, count);
  return meshes === 1 ? [words] : [text.known.meshes(meshes), words];
}

function partWords(part: unknown, count: number): string {
  switch (part) {
    case "vertex":
      return text.known.vertices(count);
    case "face":
      return text.known.faces(count);
    case "color":
      return text.known.colors(count);
    default:
      return text.known.elements(count);
  }
}

function embeddingWords({ columns }: Record<string, unknown>, shape: readonly number[]) {
  if (shape.length !== 2) return null;
  const named = Array.isArray(columns) ? columns.filter((column) => typeof column === "string") : [];
  return [
    text.known.points(shape[0]),
    text.known.dimensions(shape[1]),
    ...(named.length > 0 ? [text.known.columns(named)] : []),
  ];
}

function blobOf(part: string, value: unknown): LoggedBlob | null {
  const { blob, type, bytes, name } = (value ?? {}) as Record<string, unknown>;
  if (typeof blob !== "string" || typeof type !== "string" || !Number.isSafeInteger(Number(bytes))) return null;
  return { part, blob, type, bytes: Number(bytes), ...(typeof name === "string" ? { name } : {}) };
}
