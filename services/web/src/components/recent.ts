// The pages that were looked at last, of this browser only: the command box shows them first.

import { useEffect } from "react";
import type { Place } from "./places";

export interface Recent {
  kind: "experiment" | "run";
  workspace: string;
  id: string;
  name: string;
}

const KEY = "stepwell.recent";
const MOST = 8;

export function recents(): Recent[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter(isRecent).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isRecent(item: unknown): item is Recent {
  const r = item as Partial<Recent> | null;
  return (
    (r?.kind === "experiment" || r?.kind === "run") &&
    typeof r.workspace === "string" &&
    typeof r.id === "string" &&
    typeof r.name === "string"
  );
}

/** Puts a page to the front of the list once its name is known. */
export function useRemember(place: Place | null): void {
  const { workspace, experiment, run } = place ?? {};
  const kind = run === undefined ? "experiment" : "run";
  const { id, name } = run ?? experiment ?? {};
  useEffect(() => {
    if (workspace === undefined || id === undefined || name === undefined) return;
    const item: Recent = { kind, workspace, id, name: name.slice(0, 300) };
    try {
      const others = recents().filter((r) => r.id !== id);
      localStorage.setItem(KEY, JSON.stringify([item, ...others].slice(0, MOST)));
    } catch {
      // Without storage there are no recents.
    }
  }, [kind, workspace, id, name]);
}
