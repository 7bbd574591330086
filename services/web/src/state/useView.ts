// The view as React state, kept in the URL. Choices push a history entry; gestures (zoom, a slider) show at once and replace
// the entry when they have rested for 400 ms.

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { formatQuery, type Pair, parseQuery } from "./query";
import { besideStored, LONG_ADDRESS, type StoredView, storedKey, storeView, useStoredView, withStored } from "./stored";
import { formatView, type Parsed, parseView, type View } from "./view";

const REST = 400;

const NOTHING: Pair[] = [];

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
  const stored = useStoredView();
  const base = stored?.pairs ?? NOTHING;
  const own = formatQuery(pairsOf(search));
  const parsed = useMemo(() => parseView(withStored(base, parseQuery(own))), [base, own]);
  const key = useMemo(() => formatQuery(formatView(parsed.view)), [parsed]);
  useShortened(own, key, stored);
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
      const pairs = besideStored(base, formatView(next));
      void navigate({ to: ".", search: searchOf(pairs) as never, replace, resetScroll: false });
    },
    [navigate, base],
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

/** An address that is too long is stored, and becomes its short link in the same entry of the history. */
function useShortened(own: string, key: string, stored: StoredView | null): void {
  const navigate = useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const path = stored?.path ?? null;
  useEffect(() => {
    if (own.length <= LONG_ADDRESS) return;
    let current = true;
    const { pathname } = router.state.location;
    void storeView(path ?? pathname, parseQuery(key)).then(
      (view) => {
        if (!current) return;
        client.setQueryData(storedKey(view.id), view);
        void navigate({
          to: "/v/$id",
          params: { id: view.id },
          search: {} as never,
          replace: true,
          resetScroll: false,
        });
      },
      () => {}, // without the server the long address stays, and says the same
    );
    return () => {
      current = false;
    };
  }, [own, key, path, navigate, router, client]);
}
