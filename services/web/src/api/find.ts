// Finding runs by what one remembers of their name.

import { get } from "./client";
import type { Page, Run } from "./types";

/** A string as the filter language writes it. */
export const quoted = (value: string) =>
  `"${value.replace(/[\\"]/g, "\\$&").replace(/[\n\r\t]/g, (c) => (c === "\n" ? "\\n" : c === "\r" ? "\\r" : "\\t"))}"`;

const literally = (value: string) => value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** All words have to occur in the name, in any case; or it is the run's id. */
export function nameFilter(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return "";
  const all = words.map((word) => `name ~ ${quoted(`(?i)${literally(word)}`)}`).join(" and ");
  return words.length === 1 ? `(${all} or id = ${quoted(words[0])})` : all;
}

interface Find {
  workspace: string;
  experiment?: string;
  name: string;
  limit: number;
}

/** The newest that match, without their parameters. */
export async function findRuns({ workspace, experiment, name, limit }: Find, signal?: AbortSignal): Promise<Run[]> {
  const query = new URLSearchParams({ workspace, limit: String(limit), order: "-created", columns: "params.none" });
  if (experiment !== undefined) query.set("experiment", experiment);
  const filter = nameFilter(name);
  if (filter !== "") query.set("filter", filter);
  return (await get<Page<Run>>(`/api/v1/runs?${query}`, signal)).items;
}
