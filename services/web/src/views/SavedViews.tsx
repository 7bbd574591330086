// The menu of saved views, at the left of the filter line: which one this page began as, and whether it was edited since.

import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../api/types";
import controls from "../components/controls.module.css";
import { later } from "../components/later";
import { Name } from "../components/Name";
import { icon } from "../components/Shell";
import { formatQuery, type Pair, parseQuery } from "../state/query";
import type { SetView } from "../state/useView";
import { formatView, parseView, type View } from "../state/view";
import { text } from "../text";
import { fetchViews, type NamedView, viewsKey } from "./api";
import css from "./SavedViews.module.css";

const ViewsPopup = later(() => import("./later/ViewsPopup").then((m) => m.ViewsPopup));

interface Props {
  experiment: string;
  view: View;
  set: SetView;
}

/** What of the address is saved: all but which saved view it is. */
export const queryOf = (view: View): string => formatQuery(formatView({ ...view, saved: null }));

/** The whole view that a saved address says. */
export function viewOf(query: string, saved: string | null): View {
  const pairs: Pair[] = parseQuery(query);
  return { ...parseView(pairs).view, saved };
}

/** Two addresses that say the same view; one may have been written by another version. */
const sameView = (a: string, b: string) => queryOf(viewOf(a, null)) === queryOf(viewOf(b, null));

interface Saved {
  views: NamedView[];
  current: NamedView | null;
  /** The page differs from what it began as. */
  edited: boolean;
  /** Somebody saved it since. */
  newer: boolean;
  /** The server keeps none: an older one. */
  unknown: boolean;
}

export function useSavedViews({ experiment, view, set }: Props): Saved {
  const answer = useQuery({
    queryKey: viewsKey(experiment),
    queryFn: ({ signal }) => fetchViews(experiment, signal),
    refetchOnWindowFocus: "always", // others save too
  });
  const views = useMemo(() => answer.data ?? [], [answer.data]);
  // A page that was opened without a word shows the team's view, once; whoever clears everything later means it.
  const fresh = useRef(queryOf(view) === "" && view.saved === null);
  useEffect(() => {
    if (answer.data === undefined || !fresh.current) return;
    const standard = answer.data.find((one) => one.default);
    fresh.current = false;
    if (standard !== undefined) set((v) => (queryOf(v) === "" ? viewOf(standard.state.query, standard.id) : {}), true);
  }, [answer.data, set]);
  const unknown = answer.error instanceof ApiError && answer.error.problem.status === 404;
  const current = views.find(({ id }) => id === view.saved) ?? null;
  return { views, current, ...useBeginning(current, queryOf(view)), unknown };
}

/** What somebody else saves since the page was opened is no edit of one's own. */
function useBeginning(current: NamedView | null, query: string): Pick<Saved, "edited" | "newer"> {
  const began = useRef<NamedView | null>(null);
  if (current === null || began.current?.id !== current.id || sameView(query, current.state.query))
    began.current = current;
  if (current === null || began.current === null) return { edited: false, newer: false };
  return {
    edited: !sameView(query, began.current.state.query),
    newer: current.version > began.current.version,
  };
}

export function SavedViews(props: Props) {
  const { views, current, edited, newer, unknown } = useSavedViews(props);
  const [asked, setAsked] = useState(false);
  const label = (
    <>
      {current === null ? text.views : <Name name={current.name} />}
      {edited && <span className={css.edited}>· {text.edited}</span>}
      {newer && <span className={css.edited}>· {text.viewNewer}</span>}
      <ChevronDown {...icon} size={14} />
    </>
  );
  const closed = (
    <button
      type="button"
      className={`${controls.ghost} ${css.trigger}`}
      title={text.viewsHint}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      {label}
    </button>
  );
  if (unknown) return null;
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <ViewsPopup {...props} {...{ views, current, edited, newer, label }} />
    </Suspense>
  );
}
