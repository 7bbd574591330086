// Addresses. The query string is the view's own grammar (state/view.ts), so the router only splits it into pairs.

import { createRootRoute, createRoute, createRouter, Link, Outlet } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import controls from "./components/controls.module.css";
import { later } from "./components/later";
import { RUN_TABS, type RunTab } from "./components/places";
import { Shell } from "./components/Shell";
import { ExperimentPage } from "./experiment/ExperimentPage";
import { ExperimentsPage } from "./pages/ExperimentsPage";
import { formatQuery, parseQuery } from "./state/query";
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

const experiment = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace/e/$experiment",
  component: function Experiment() {
    const params = experiment.useParams();
    // Another experiment is another page: nothing of the old one's state stays.
    return <ExperimentPage key={params.experiment} workspace={params.workspace} experiment={params.experiment} />;
  },
});

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
    routeTree: root.addChildren([home, workspace, experiment, compare, runOverview, runTab]),
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
