// Views that the server keeps: /v/{id} is the stored address, and what was changed since stands behind it as ordinary
// parameters. `no` names keys of the stored address that have their default again.

import { createContext, useContext } from "react";
import { get, send } from "../api/client";
import { quoteItem, splitList } from "./list";
import { formatQuery, type Pair, parseQuery } from "./query";

/** Characters of an address beyond which it is stored: chats and mail cut longer ones. */
export const LONG_ADDRESS = 1_800;

export interface StoredView {
  id: string;
  path: string;
  pairs: Pair[];
}

interface Wire {
  id: string;
  state: { path?: unknown; query?: unknown };
}

function read({ id, state }: Wire): StoredView {
  const path = typeof state.path === "string" ? state.path : "/";
  return { id, path, pairs: parseQuery(typeof state.query === "string" ? state.query : "") };
}

export const storedKey = (id: string) => ["view", id];

export const fetchStored = async (id: string, signal?: AbortSignal): Promise<StoredView> =>
  read(await get<Wire>(`/api/v1/views/${encodeURIComponent(id)}`, signal));

/** The same state has the same id. */
export async function storeView(path: string, pairs: readonly Pair[]): Promise<StoredView> {
  const state = { path, query: formatQuery(pairs) };
  const answer = await send<{ id: string }>("POST", "/api/v1/views", state);
  return { id: answer!.id, path, pairs: [...pairs] };
}

const GONE = "no";

/** The view's pairs: the stored ones with what the address says otherwise. */
export function withStored(stored: readonly Pair[], own: readonly Pair[]): Pair[] {
  if (stored.length === 0) return [...own];
  const gone = new Set((splitList(own.find(([key]) => key === GONE)?.[1] ?? "") ?? []).map(({ item }) => item));
  const said = new Map(own.filter(([key]) => key !== GONE));
  const kept = stored
    .filter(([key]) => !gone.has(key) || said.has(key))
    .map(([key, value]): Pair => [key, said.get(key) ?? value]);
  const known = new Set(stored.map(([key]) => key));
  return [...kept, ...[...said].filter(([key]) => !known.has(key))];
}

/** What the address has to say so that `withStored` gives these pairs. */
export function besideStored(stored: readonly Pair[], pairs: readonly Pair[]): Pair[] {
  if (stored.length === 0) return [...pairs];
  const before = new Map(stored);
  const now = new Map(pairs);
  const changed = pairs.filter(([key, value]) => before.get(key) !== value);
  const gone = stored.filter(([key]) => !now.has(key)).map(([key]) => quoteItem(key));
  return gone.length === 0 ? changed : [...changed, [GONE, gone.join(",")]];
}

/** The stored view that the page stands on; null: its address says all. */
export const StoredContext = createContext<StoredView | null>(null);

export const useStoredView = () => useContext(StoredContext);
