// Parts of a page that are not there at first: dialogs and popups. Their program is a fifth of the whole and would stand
// before the first chart.

import { type ComponentType, lazy, type ReactNode, Suspense, useState } from "react";
import { onSettled } from "../settled";
import { Boundary } from "./Problem";

const AFTER = 3_000; // ms from the first picture; then it is fetched unasked, so that it opens at once and without a server

/** A component whose program is fetched when it is first rendered, or when the page has been there for a while. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  if (typeof window !== "undefined") onSettled(() => setTimeout(() => void load().catch(() => {}), AFTER));
  return lazy(() => load().then((component) => ({ default: component })));
}

/** Renders its children from the first time that they are wanted on. */
export function Once({ when, children }: { when: boolean; children: ReactNode }) {
  const [seen, setSeen] = useState(when);
  if (when && !seen) setSeen(true);
  if (!seen) return null;
  return (
    <Boundary>
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  );
}
