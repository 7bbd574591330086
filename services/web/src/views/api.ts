// Named views of an experiment, with every version that they had.

import { get, send } from "../api/client";

export interface NamedView {
  id: string;
  name: string;
  owner: string;
  shared: boolean;
  /** What a fresh page of the team shows; at most one. */
  default: boolean;
  /** The address's query string. */
  state: { query: string };
  version: number;
  updated: string;
}

export interface ViewVersion {
  version: number;
  state: { query: string };
  created: string;
  author: string;
}

const enc = encodeURIComponent;
const path = (experiment: string, id = "") =>
  `/api/v1/experiments/${enc(experiment)}/views${id === "" ? "" : `/${enc(id)}`}`;

export const viewsKey = (experiment: string) => ["views", experiment];

export const fetchViews = async (experiment: string, signal?: AbortSignal): Promise<NamedView[]> =>
  (await get<{ items: NamedView[] }>(`${path(experiment)}?limit=1000`, signal)).items;

export const makeView = (experiment: string, name: string, shared: boolean, query: string) =>
  send<NamedView>("POST", path(experiment), { name, shared, state: { query } });

export type ViewChange = Partial<Pick<NamedView, "name" | "shared" | "default" | "state">>;

export const changeView = (experiment: string, id: string, change: ViewChange) =>
  send<NamedView>("PATCH", path(experiment, id), change);

export const deleteView = (experiment: string, id: string) => send<undefined>("DELETE", path(experiment, id));

export const fetchHistory = async (experiment: string, id: string, signal?: AbortSignal): Promise<ViewVersion[]> =>
  (await get<{ items: ViewVersion[] }>(`${path(experiment, id)}/history`, signal)).items;

export const restoreView = (experiment: string, id: string, version: number) =>
  send<NamedView>("POST", `${path(experiment, id)}:restore`, { version });
