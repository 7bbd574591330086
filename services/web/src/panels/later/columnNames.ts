// What the columns of a panel may be: the server's keys of the experiment, metrics as last, least and greatest.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client";
import { tagText } from "../../api/tags";
import type { PanelShared } from "../../experiment/context";
import { formatColumn, metricOf } from "../../state/columns";

interface Keys {
  items: { key: string; space: "run" | "param" | "label" | "metric" }[];
}

const SHOWN = ["last", "min", "max"] as const;

export function useColumnNames({ runs, tags }: PanelShared): string[] {
  const experiment = runs.values().next().value?.experiment ?? "";
  const keys = useQuery({
    queryKey: ["keys", experiment],
    enabled: experiment !== "",
    queryFn: ({ signal }) => get<Keys>(`/api/v1/experiments/${encodeURIComponent(experiment)}/keys?limit=1000`, signal),
  });
  return useMemo(() => {
    const own = (keys.data?.items ?? []).filter(({ space }) => space !== "metric").map(({ key }) => key);
    return [
      ...own.filter((key) => /^(params|labels)\./.test(key)),
      ...tags.flatMap((tag) => SHOWN.map((stat) => formatColumn(metricOf(tagText(tag), stat)))),
      ...own.filter((key) => !/^(params|labels)\./.test(key)),
    ];
  }, [keys.data, tags]);
}
