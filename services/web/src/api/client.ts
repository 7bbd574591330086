// Requests of the REST interface. Errors are ApiError with the server's own words (RFC 9457).

import { text } from "../text";
import { parseJson } from "./json64";
import { ApiError, type Experiment, type Page, type Problem, type ServerInfo, type TagItem } from "./types";

export async function problemOf(response: Response): Promise<Problem> {
  const body = await response.text().catch(() => "");
  try {
    const json = JSON.parse(body) as Partial<Problem>;
    if (typeof json.title === "string") {
      return {
        title: json.title,
        detail: typeof json.detail === "string" ? json.detail : "",
        status: response.status,
        ...(typeof json.position === "number" ? { position: json.position, length: json.length, hint: json.hint } : {}),
      };
    }
  } catch {
    // Not a problem document: a proxy's page, or nothing.
  }
  return { title: text.httpError(response.status), detail: "", status: response.status };
}

/** Any request; an answer that is not 2xx, and none at all, is an ApiError. */
export async function call(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError({ title: text.unreachable, detail: text.unreachableDetail, status: 0 });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await call(path, { signal, headers: { accept: "application/json" } });
  return parseJson(await response.text()) as T;
}

/** A request that changes something, or asks with a body; what it answers, null if nothing. */
export async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T | null> {
  const response = await call(path, {
    method,
    signal,
    headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.text();
  return answer === "" ? null : (parseJson(answer) as T);
}

const PAGE_PACE = 300; // ms between two looks at a list that is still loading: each one renders the page

/** All pages of a list. `onPage` sees what there is so far now and then, so that a long list can be shown while it loads. */
export async function all<T>(path: string, signal?: AbortSignal, onPage?: (items: T[]) => void): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  do {
    const page: Page<T> = await get<Page<T>>(
      cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
      signal,
    );
    items.push(...page.items);
    // A cursor that does not move would never end.
    cursor = page.next === cursor ? null : page.next || null;
    if (cursor !== null && performance.now() - shownAt >= PAGE_PACE) {
      shownAt = performance.now();
      onPage?.([...items]);
    }
  } while (cursor !== null);
  return items;
}

const enc = encodeURIComponent;

export const fetchServer = (signal?: AbortSignal) => get<ServerInfo>("/api/v1/server", signal);

export const fetchExperiments = (workspace: string, signal?: AbortSignal) =>
  all<Experiment>(`/api/v1/experiments?workspace=${enc(workspace)}&limit=1000`, signal);

export const fetchTags = (
  experiment: string,
  kind: string | null,
  signal?: AbortSignal,
  onPage?: (tags: TagItem[]) => void,
) =>
  all<TagItem>(
    `/api/v1/experiments/${enc(experiment)}/tags?limit=1000${kind ? `&kind=${enc(kind)}` : ""}`,
    signal,
    onPage,
  );
