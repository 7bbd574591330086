// Server data of the experiment page, in the query cache.

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchExperiments, fetchRuns, fetchTags } from "../api/client";
import type { Run, TagItem } from "../api/types";

export const experimentsKey = (workspace: string) => ["experiments", workspace];
export const runsKey = (experiment: string, tag: string | null) => ["runs", experiment, tag];
export const tagsKey = (experiment: string) => ["tags", experiment];

export function useExperiments(workspace: string, pollMs?: number) {
  return useQuery({
    queryKey: experimentsKey(workspace),
    queryFn: ({ signal }) => fetchExperiments(workspace, signal),
    refetchInterval: pollMs,
  });
}

/** All runs; with the summary of one tag, for the table's metric column. Asked for once, when the tag is known (`ready`). */
export function useRuns(experiment: string, tag: string | null, ready: boolean) {
  const client = useQueryClient();
  const queryKey = runsKey(experiment, tag);
  return useQuery({
    queryKey,
    enabled: ready,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const first = client.getQueryData(queryKey) === undefined;
      return fetchRuns(experiment, tag, signal, (runs) => {
        if (first) client.setQueryData<Run[]>(queryKey, runs);
      });
    },
  });
}

/** Tags of all kinds in logged order; scalars become panels, the others are counted. */
export function useTags(experiment: string, wanted = true) {
  const client = useQueryClient();
  const queryKey = tagsKey(experiment);
  return useQuery({
    queryKey,
    enabled: wanted,
    queryFn: ({ signal }) => {
      const first = client.getQueryData(queryKey) === undefined;
      return fetchTags(experiment, null, signal, (tags) => {
        if (first) client.setQueryData<TagItem[]>(queryKey, tags);
      });
    },
  });
}

const HIGHER_IS_BETTER = /acc|auc|f1|precision|recall|score|reward|return|bleu|iou|\bmap\b|psnr|ssim/i;

/** Which extreme of a tag is its best, as far as its name says. */
export const likelyBest = (tag: string) => (HIGHER_IS_BETTER.test(tag) ? "max" : "min");
