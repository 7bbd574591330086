// What a screen reader hears of what changes: an act of one's own at once, live values politely and not more often than each
// ten seconds.

import { useEffect, useSyncExternalStore } from "react";

const PACE = 10_000; // ms between two announcements of live values

let words = "";
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Says it now. */
export function say(next: string): void {
  words = next;
  for (const listener of listeners) listener();
}

/** `live`: what is true at this moment; "": nothing to say. */
export function Announcer({ live }: { live: () => string }) {
  const shown = useSyncExternalStore(subscribe, () => words);
  useEffect(() => {
    let last = "";
    const timer = setInterval(() => {
      const next = live();
      if (next !== "" && next !== last) say(next);
      last = next;
    }, PACE);
    return () => clearInterval(timer);
  }, [live]);
  return (
    <span className="sr" role="status" data-announcer>
      {shown}
    </span>
  );
}
