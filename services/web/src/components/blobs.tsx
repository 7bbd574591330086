// Bytes that were logged and cannot be shown: the server says why it has none, or they are none that the browser can read.

import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import { text } from "../text";
import { ProblemBox } from "./Problem";

export const blobUrl = (blob: string) => `/api/v1/blobs/${encodeURIComponent(blob)}`;

/** Its bytes from one on up to another, which is not among them, or to its end. */
export async function fetchBytes(blob: string, from: number, to: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await call(blobUrl(blob), { signal, headers: { range: `bytes=${from}-${to - 1}` } });
  return new Uint8Array(await response.arrayBuffer());
}

/** Whether the server has the bytes; its error says why not. */
export function useBlobThere(blob: string) {
  return useQuery({
    queryKey: ["blob there", blob],
    queryFn: async ({ signal }) => (await call(blobUrl(blob), { signal, headers: { range: "bytes=0-0" } })).ok,
    retry: false,
    gcTime: 0,
  });
}

export function WhyNot({ blob, className, onRetry }: { blob: string; className: string; onRetry(): void }) {
  const { data, error } = useBlobThere(blob);
  if (error !== null) return <ProblemBox error={error} retry={onRetry} />;
  return <p className={className}>{data && text.files.unreadable}</p>;
}
