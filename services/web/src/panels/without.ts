// Which tags none of the drawn runs has. Most tags need no question: one that more runs have than are not drawn is in a drawn
// run. Of the others the server is asked for one point of each drawn run, if these are not too many.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { send } from "../api/client";
import { tagKey, wireTag } from "../api/tags";
import type { TagItem } from "../api/types";
import type { PanelShared } from "../experiment/context";

const MOST = 10_000; // series of a request, the server's limit; beyond it nothing is folded
const NONE: ReadonlySet<string> = new Set();

interface Answer {
  items: { run: string; tag: string; tag_base64?: string; error?: unknown; count?: number | bigint }[];
}

/** Tags that may be in none of the drawn runs, of those in `tags`; `known`: how many runs the page has at least. */
export function doubtful(tags: readonly TagItem[], known: number, drawn: number): string[] {
  const runs = tags.reduce((most, item) => Math.max(most, item.runs ?? 0), known);
  return tags.filter((item) => item.kind === "scalar" && (item.runs ?? runs) <= runs - drawn).map(tagKey);
}

export function useWithout(tags: TagItem[] | undefined, { runs, looks }: PanelShared): ReadonlySet<string> {
  const drawn = useMemo(() => [...looks.keys()].sort(), [looks]);
  const asked = useMemo(() => doubtful(tags ?? [], runs.size, drawn.length), [tags, runs.size, drawn.length]);
  const few = drawn.length > 0 && asked.length > 0 && asked.length * drawn.length <= MOST;
  const answer = useQuery({
    queryKey: ["without", drawn.join(), asked.join("\n")],
    enabled: few,
    staleTime: Number.POSITIVE_INFINITY, // a tag that appears is a panel again by its count of runs
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<ReadonlySet<string>> => {
      const series = asked.flatMap((tag) => drawn.map((run) => ({ run, ...wireTag(tag) })));
      const answered = await send<Answer>(
        "POST",
        "/api/v1/series:query",
        { series, columns: 1, max_points: 1 },
        signal,
      );
      const present = new Set((answered?.items ?? []).filter((item) => Number(item.count ?? 0) > 0).map(tagKey));
      return new Set(asked.filter((tag) => !present.has(tag)));
    },
  });
  return few && answer.data !== undefined ? answer.data : NONE;
}
