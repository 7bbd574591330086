// The view as React state, kept in the URL. Choices push a history entry; gestures (zoom, a slider) show at once and replace
// the entry when they have rested for 400 ms.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { formatQuery, type Pair } from "./query";
import { formatView, type Parsed, parseView, type View } from "./view";

const REST = 400;

export type SetView = (change: Partial<View> | ((view: View) => Partial<View>), gesture?: boolean) => void;

export const pairsOf = (search: Record<string, string>): Pair[] => Object.entries(search);

export function searchOf(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries(pairs.filter(([key]) => key !== "__proto__"));
}

export function useView(): Parsed & { set: SetView } {
  const search = useSearch({ strict: false }) as Record<string, string>;
  const navigate = useNavigate();
  const [draft, setDraft] = useState<View | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const written = useRef<string | null>(null);
  const key = formatQuery(pairsOf(search));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the search, whose identity changes.
  const parsed = useMemo(() => parseView(pairsOf(search)), [key]);
  const view = draft ?? parsed.view;
  const current = useRef(view);
  current.current = view;

  // Another address (back, a link) ends the draft. Our own, when it arrives, ends it only if nothing was changed since.
  useEffect(() => {
    if (written.current === key) {
      setDraft((old) => (old !== null && formatQuery(formatView(old)) === key ? null : old));
      return;
    }
    clearTimeout(timer.current);
    setDraft(null);
  }, [key]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const write = useCallback(
    (next: View, replace: boolean) => {
      written.current = formatQuery(formatView(next));
      void navigate({ to: ".", search: searchOf(formatView(next)) as never, replace, resetScroll: false });
    },
    [navigate],
  );

  const set = useCallback<SetView>(
    (change, gesture = false) => {
      const next = { ...current.current, ...(typeof change === "function" ? change(current.current) : change) };
      current.current = next;
      setDraft(next);
      clearTimeout(timer.current);
      if (gesture) timer.current = setTimeout(() => write(next, true), REST);
      else write(next, false);
    },
    [write],
  );
  return { view, problems: parsed.problems, set };
}
