// Requests with a body. Errors are ApiError with the server's own words, as those of client.ts.

import { text } from "../text";
import { problemOf } from "./client";
import { parseJson } from "./json64";
import { ApiError } from "./types";

export async function send<T>(
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError({ title: text.unreachable, detail: text.unreachableDetail, status: 0 });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  const answer = await response.text();
  return (answer === "" ? undefined : parseJson(answer)) as T;
}
