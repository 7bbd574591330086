// Addresses. The query string is the view's own grammar (state/view.ts), so the router only splits it into pairs.

import { useQuery } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, Link, Outlet, useParams, useRouter } from "@tanstack/react-router";
import { type ReactNode, Suspense, useEffect } from "react";
import controls from "./components/controls.module.css";
import { later } from "./components/later";
import { ProblemBox } from "./components/Problem";
import { RUN_TABS, type RunTab } from "./components/places";
import { Shell } from "./components/Shell";
import { ExperimentPage } from "./experiment/ExperimentPage";
import { ExperimentsPage } from "./pages/ExperimentsPage";
import { formatQuery, parseQuery } from "./state/query";
import { fetchStored, StoredContext, type StoredView, storedKey } from "./state/stored";
import { pairsOf, searchOf } from "./state/useView";
import { text } from "./text";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

// One workspace and no accounts: home is skipped.
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: () => <ExperimentsPage workspace="default" />,
});

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace",
  component: function Workspace() {
    const { workspace: name } = workspace.useParams();
    return <ExperimentsPage workspace={name} />;
  },
});

// An experiment stands at its own address and at those of stored views of it: the page is the frame of both, so that an address
// that becomes a short one changes nothing on it.
const experimentFrame = createRoute({
  getParentRoute: () => root,
  id: "experiment",
  component: function Experiment() {
    const params: { workspace?: string; experiment?: string; id?: string } = useParams({ strict: false });
    const stored = useStored(params.id);
    const place = stored.view === null ? params : experimentOf(stored.view.path);
    if (stored.error !== null) {
      return (
        <Shell place={null} title={text.storedView}>
          <ProblemBox error={stored.error} />
        </Shell>
      );
    }
    if (place?.experiment === undefined || place.workspace === undefined) return <Shell place={null}>{null}</Shell>;
    // Another experiment is another page: nothing of the old one's state stays.
    return (
      <StoredContext value={stored.view}>
        <ExperimentPage key={place.experiment} workspace={place.workspace} experiment={place.experiment} />
      </StoredContext>
    );
  },
});

const experiment = createRoute({ getParentRoute: () => experimentFrame, path: "/w/$workspace/e/$experiment" });
const storedView = createRoute({ getParentRoute: () => experimentFrame, path: "/v/$id" });

function experimentOf(path: string): { workspace: string; experiment: string } | null {
  const match = /^\/w\/([^/]+)\/e\/([^/]+)$/.exec(path);
  return match === null ? null : { workspace: decodeURIComponent(match[1]), experiment: decodeURIComponent(match[2]) };
}

/** The stored view of this id; one of another page than an experiment's leads to its address. */
function useStored(id: string | undefined): { view: StoredView | null; error: Error | null } {
  const router = useRouter();
  const { data, error } = useQuery({
    queryKey: storedKey(id ?? ""),
    queryFn: ({ signal }) => fetchStored(id ?? "", signal),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY, // what has an id never changes
  });
  const view = id === undefined ? null : (data ?? null);
  useEffect(() => {
    // Only addresses of this page: a stored path is somebody's text.
    if (view !== null && experimentOf(view.path) === null && /^\/(?:w\/|$)/.test(view.path)) {
      router.history.replace(view.path + formatQuery(view.pairs));
    }
  }, [view, router]);
  return { view, error: id === undefined ? null : error };
}

const RunPage = later(() => import("./pages/run/RunPage").then((m) => m.RunPage));

const runOverview = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace/r/$run",
  component: function Overview() {
    const params = runOverview.useParams();
    return (
      <Soon>
        <RunPage key={params.run} workspace={params.workspace} run={params.run} tab="overview" />
      </Soon>
    );
  },
});

const runTab = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace/r/$run/$tab",
  component: function Tab() {
    const { workspace, run, tab } = runTab.useParams();
    if (!(RUN_TABS as readonly string[]).includes(tab)) return <NotFound />;
    return (
      <Soon>
        <RunPage key={run} workspace={workspace} run={run} tab={tab as RunTab} />
      </Soon>
    );
  },
});

const ComparePage = later(() => import("./pages/compare/ComparePage").then((m) => m.ComparePage));

const compare = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace/e/$experiment/compare",
  component: function Compare() {
    const params = compare.useParams();
    return (
      <Soon>
        <ComparePage key={params.experiment} workspace={params.workspace} experiment={params.experiment} />
      </Soon>
    );
  },
});

/** The frame while a page's program is on the way. */
const Soon = ({ children }: { children: ReactNode }) => (
  <Suspense fallback={<Shell place={null}>{null}</Shell>}>{children}</Suspense>
);

function NotFound() {
  return (
    <Shell place={null} title={text.notFound}>
      <div className={controls.problem}>
        <h1>{text.notFound}</h1>
        <span>{text.notFoundDetail}</span>
        <Link className={controls.btn} to="/">
          {text.toExperiments}
        </Link>
      </div>
    </Shell>
  );
}

export function makeRouter() {
  return createRouter({
    routeTree: root.addChildren([
      home,
      workspace,
      experimentFrame.addChildren([experiment, storedView]),
      compare,
      runOverview,
      runTab,
    ]),
    parseSearch: (search) => searchOf(parseQuery(search)),
    stringifySearch: (search) => formatQuery(pairsOf(search as Record<string, string>)),
    defaultPreload: false,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
