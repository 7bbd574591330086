// The one request of the chart worker, and what its failures say.

import { SERIES_TYPE } from "../api/series";
import type { Problem } from "../api/types";

export async function problemOf(response: Response): Promise<Problem> {
  try {
    const json = JSON.parse(await response.text()) as Partial<Problem>;
    return { title: json.title ?? `HTTP ${response.status}`, detail: json.detail ?? "", status: response.status };
  } catch {
    return { title: `HTTP ${response.status}`, detail: "", status: response.status };
  }
}

export function asProblem(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "title" in error) return error as Problem;
  return { title: "", detail: error instanceof RangeError ? error.message : "", status: 0 };
}

export const SERIES_PATH = "/api/v1/series:query";

export const seriesRequest = (body: string, signal: AbortSignal | null): RequestInit => ({
  method: "POST",
  signal,
  headers: { "content-type": "application/json", accept: SERIES_TYPE },
  body,
});

export const fetchSeries = (body: string, signal: AbortSignal | null) =>
  fetch(SERIES_PATH, seriesRequest(body, signal));
