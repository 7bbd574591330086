// Which tags none of the drawn runs has. Most tags need no question: one that more runs have than are not drawn is in a drawn
// run. Of the others the server is asked for each drawn run, if these are not too many.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { send } from "../api/client";
import { tagKey, wireTag } from "../api/tags";
import type { TagItem } from "../api/types";
import type { PanelShared } from "../experiment/context";
import { hasPanel, kindId, kindOf, tagOf } from "../state/panel_ids";

const MOST = 10_000; // series of a request, the server's limit; beyond it nothing is folded
const MOST_OF_KINDS = 5_000; // series of the other kinds: a request for each thousand of them
const NONE: ReadonlySet<string> = new Set();

interface Answer {
  items: { run: string; tag: string; tag_base64?: string; error?: unknown; count?: number | bigint }[];
}

/** Panels of tags that may be in none of the drawn runs, of those in `tags`; `known`: how many runs the page has at least. */
export function doubtful(tags: readonly TagItem[], known: number, drawn: number): string[] {
  const runs = tags.reduce((most, item) => Math.max(most, item.runs ?? 0), known);
  const asked = (item: TagItem) =>
    (item.kind === "scalar" || hasPanel(item.kind)) && (item.runs ?? runs) <= runs - drawn;
  return tags.filter(asked).map((item) => kindId(item.kind, tagKey(item)));
}

export function useWithout(tags: TagItem[] | undefined, { runs, looks }: PanelShared): ReadonlySet<string> {
  const drawn = useMemo(() => [...looks.keys()].sort(), [looks]);
  const asked = useMemo(() => doubtful(tags ?? [], runs.size, drawn.length), [tags, runs.size, drawn.length]);
  const scalars = useMissing(drawn, asked, MOST, "scalars");
  const others = useMissing(drawn, asked, MOST_OF_KINDS, "others");
  return useMemo(() => (others.size === 0 ? scalars : new Set([...scalars, ...others])), [scalars, others]);
}

const ASKS = { scalars: missingScalars, others: missingOthers };

function useMissing(drawn: string[], all: string[], most: number, of: keyof typeof ASKS): ReadonlySet<string> {
  const asked = useMemo(() => all.filter((id) => (kindOf(id) === null) === (of === "scalars")), [all, of]);
  const few = drawn.length > 0 && asked.length > 0 && asked.length * drawn.length <= most;
  const answer = useQuery({
    queryKey: ["without", drawn.join(), asked.join("\n")],
    enabled: few,
    staleTime: Number.POSITIVE_INFINITY, // a tag that appears is a panel again by its count of runs
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ASKS[of](asked, drawn, signal),
  });
  return few && answer.data !== undefined ? answer.data : NONE;
}

async function missingScalars(tags: string[], drawn: string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const series = tags.flatMap((tag) => drawn.map((run) => ({ run, ...wireTag(tag) })));
  const answered = await send<Answer>("POST", "/api/v1/series:query", { series, columns: 1, max_points: 1 }, signal);
  const present = new Set((answered?.items ?? []).filter((item) => Number(item.count ?? 0) > 0).map(tagKey));
  return new Set(tags.filter((tag) => !present.has(tag)));
}

async function missingOthers(ids: string[], drawn: string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { fetchPresent } = await import("../api/values");
  const series = ids.flatMap((id) => drawn.map((run) => ({ run, tag: tagOf(id), kind: kindOf(id) ?? "" })));
  const present = await fetchPresent(series, signal);
  return new Set(ids.filter((_, i) => !drawn.some((_, j) => present[i * drawn.length + j])));
}
