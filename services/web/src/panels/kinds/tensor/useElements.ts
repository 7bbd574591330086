// The elements of a tensor that are shown, and of a small one all of them: those of a blob are read when it is seen.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { fetchBytes } from "../../../components/blobs";
import { elementBytes, elementsIn, elementsOf, partOf, type Summary, sumUp } from "../../../components/files/elements";
import type { Matrix } from "./drawing";
import { scaleOf } from "./scale";
import { type LoggedTensor, MOST_SHOWN, type Slice, shownCount, sliceOf } from "./tensor";

const KEPT = 60_000; // ms

/** `summary`: of the whole tensor, or of a large one of what is shown. */
export interface Read extends Matrix {
  summary: Summary;
  whole: boolean;
}

interface Place {
  lead: readonly number[];
  row: number;
}

/** `read` null: nothing has come yet, or there is nothing to read. */
export function useElements(tensor: LoggedTensor, { lead, row }: Place, seen: boolean) {
  const { blob, count, dtype } = tensor;
  const slice = useMemo(() => sliceOf(tensor, lead, row), [tensor, lead, row]);
  const size = elementBytes(dtype);
  const readable = size !== undefined && (blob !== null || tensor.data !== null);
  const whole = count <= MOST_SHOWN;
  const [from, to] = whole || slice === null ? [0, count] : [slice.start, slice.start + shownCount(slice)];
  const { data, error, refetch } = useQuery({
    queryKey: ["tensor", blob?.id ?? "", from, to],
    enabled: seen && readable && blob !== null && slice !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT,
    retry: false,
    placeholderData: keepPreviousData,
    // With what they belong to, since they are shown until the next have come.
    queryFn: async ({ signal }) => ({
      tensor,
      slice,
      whole,
      bytes: await fetchBytes(blob?.id ?? "", from * (size ?? 0), to * (size ?? 0), signal),
    }),
  });
  const read = useMemo((): Read | null => {
    if (slice === null || !readable) return null;
    if (tensor.data !== null) return readOf(tensor, slice, whole, elementsOf(tensor.data));
    if (data === undefined || data.slice === null) return null;
    const elements = elementsIn(data.bytes, data.tensor.dtype);
    // All elements are there: the slice may have moved on.
    const at = data.whole && data.tensor.blob?.id === blob?.id ? slice : data.slice;
    return elements && readOf(data.tensor, at, data.whole, elements);
  }, [tensor, slice, whole, readable, data, blob?.id]);
  return { read, empty: slice === null, readable, error, retry: () => void refetch() };
}

function readOf(tensor: LoggedTensor, slice: Slice, whole: boolean, all: ReturnType<typeof elementsOf>): Read {
  const summary = sumUp(all);
  const elements = whole ? partOf(all, slice.start, shownCount(slice)) : all;
  return { tensor, slice, elements, scale: scaleOf(summary), summary, whole };
}
