// Options at the caret: keys and values come from the server, with how many runs have them.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { fetchKeys, fetchValues, type KeyItem, type ValuePage } from "../api/runs";
import { visible } from "../components/Name";
import { n, text } from "../text";
import { type Option, operatorsFor, type Place, valuePrefix, valueText } from "./complete";

const KEYS = 1000;
const VALUES = 50;
const SHOWN = 50;

export const keysKey = (experiment: string, prefix: string) => ["keys", experiment, prefix];
export const valuesKey = (experiment: string, key: string, prefix: string) => ["values", experiment, key, prefix];

/** Keys with this text in them. All are asked for once; only where there are more than a page does the server search. */
export function useKeyItems(experiment: string, prefix: string, enabled: boolean) {
  const ask = (text: string, wanted: boolean) => ({
    queryKey: keysKey(experiment, text),
    enabled: wanted,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchKeys(experiment, text, KEYS, signal),
  });
  const all = useQuery(ask("", enabled));
  const many = (all.data?.items.length ?? 0) >= KEYS && prefix !== "";
  const found = useQuery(ask(prefix, enabled && many));
  return many ? found : all;
}

export function useValues(experiment: string, key: string | null, prefix: string) {
  return useQuery({
    queryKey: valuesKey(experiment, key ?? "", prefix),
    enabled: key !== null,
    retry: false,
    // Those of the same key stay until others are there.
    placeholderData: (old: ValuePage | undefined, query) => (query?.queryKey[2] === key ? old : undefined),
    queryFn: ({ signal }) => fetchValues(experiment, key!, prefix, VALUES, signal),
  });
}

/** Values that begin like this. The server searches only where there are more than a page. */
function useValueItems(experiment: string, key: string | null, prefix: string): ValuePage["items"] {
  const all = useValues(experiment, key, "").data?.items;
  const many = (all?.length ?? 0) >= VALUES && prefix !== "";
  const found = useValues(experiment, many ? key : null, prefix).data?.items;
  const items = many ? (found ?? all) : all;
  return useMemo(() => (items ?? []).filter(({ value }) => String(value).startsWith(prefix)), [items, prefix]);
}

/** `place` null: the editor is not in use. */
export function useOptions(experiment: string, place: Place | null): Option[] {
  const atKey = place?.expect === "key";
  const keys = useKeyItems(experiment, atKey ? place.prefix : "", place !== null);
  const key = place?.key ?? null;
  const keyItem = useKeyItems(experiment, key ?? "", key !== null).data?.items.find((item) => item.key === key);
  const values = useValueItems(
    experiment,
    place?.expect === "value" && key !== null ? key.replace(/^m\./, "metrics.") : null,
    place === null ? "" : valuePrefix(place.prefix),
  );
  const keyItems = keys.data?.items;
  return useMemo(() => {
    if (place === null) return [];
    switch (place.expect) {
      case "key":
        return keyOptions(keyItems ?? [], place.prefix);
      case "op":
        return operatorsFor(keyItem?.type ?? null)
          .filter((op) => op.startsWith(place.prefix))
          .map((op) => ({ insert: op, label: op, detail: text.operator[op], kind: "op" }));
      case "value":
        return values.map(({ value, runs }) => ({
          insert: valueText(value),
          label: visible(valueText(value).slice(0, 120)),
          detail: text.runCount(runs),
          kind: "value",
        }));
      case "join":
        return ["and", "or"]
          .filter((word) => word.startsWith(place.prefix))
          .map((word) => ({ insert: word, label: word, detail: text.join[word], kind: "join" }));
    }
    return [];
  }, [place, keyItems, keyItem, values]);
}

function keyOptions(items: readonly KeyItem[], prefix: string): Option[] {
  const needle = prefix.replace(/^m\./, "metrics.").toLowerCase();
  return items
    .filter(
      (item) => item.key.toLowerCase().includes(needle.replace(/"/g, "")) || item.key.toLowerCase().startsWith(needle),
    )
    .slice(0, SHOWN)
    .map((item) => ({
      insert: item.key,
      label: visible(item.key.slice(0, 120)),
      detail: `${text.keyType[item.type] ?? item.type} · ${n(item.runs)}`,
      kind: "key",
    }));
}
