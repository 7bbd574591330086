// What the columns of a panel may be: the server's keys of the experiment, metrics as last, least and greatest.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client";
import { tagText } from "../../api/tags";
import type { PanelShared } from "../../experiment/context";
import { quoteItem } from "../../state/list";

interface Keys {
  items: { key: string; space: "run" | "param" | "label" | "metric" }[];
}

const metricName = (tag: string) => (/^[\w/-]+$/.test(tag) && !tag.startsWith("-") ? tag : quoteItem(tag, true));

export function useColumnNames({ runs, tags }: PanelShared): string[] {
  const experiment = runs.values().next().value?.experiment ?? "";
  const keys = useQuery({
    queryKey: ["keys", experiment],
    enabled: experiment !== "",
    queryFn: ({ signal }) => get<Keys>(`/api/v1/experiments/${encodeURIComponent(experiment)}/keys?limit=1000`, signal),
  });
  return useMemo(() => {
    const own = (keys.data?.items ?? []).filter(({ space }) => space !== "metric").map(({ key }) => key);
    const named = tags.map((tag) => metricName(tagText(tag)));
    return [
      ...own.filter((key) => /^(params|labels)\./.test(key)),
      ...named.flatMap((name) => [`m.${name}.last`, `m.${name}.min`, `m.${name}.max`]),
      ...own.filter((key) => !/^(params|labels)\./.test(key)),
    ];
  }, [keys.data, tags]);
}
