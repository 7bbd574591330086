// Server data of the experiment page, in the query cache.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchExperiments, fetchTags } from "../api/client";
import type { TagItem } from "../api/types";

export const experimentsKey = (workspace: string) => ["experiments", workspace];
export const tagsKey = (experiment: string) => ["tags", experiment];
/** Before the keys of what panels of images, texts and so on show. */
export const valuesKey = ["values"];

export function useExperiments(workspace: string, pollMs?: number) {
  return useQuery({
    queryKey: experimentsKey(workspace),
    queryFn: ({ signal }) => fetchExperiments(workspace, signal),
    refetchInterval: pollMs,
  });
}

/** Tags of all kinds in logged order; each is a panel, or stands in a list of those that have none. */
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
