// The path to where one is. Each part is a link and, beside it, a menu of its siblings.

import { Link } from "@tanstack/react-router";
import { ChevronsUpDown } from "lucide-react";
import { Suspense, useState } from "react";
import { text } from "../text";
import css from "./Crumbs.module.css";
import { later } from "./later";
import { Name } from "./Name";
import { type Place, sharedView } from "./places";
import { icon } from "./Shell";

const CrumbMenu = later(() => import("./CrumbMenu").then((m) => m.CrumbMenu));

export function Crumbs({ place, title }: { place: Place | null; title: string | undefined }) {
  const { experiment, run } = place ?? {};
  const alone = experiment === undefined && run === undefined;
  return (
    <nav className={css.crumbs} aria-label={text.breadcrumb}>
      {place !== null && alone ? (
        <b aria-current="page">{title ?? text.experiments}</b>
      ) : (
        <Link className={css.far} to="/">
          {text.experiments}
        </Link>
      )}
      {place === null && title !== undefined && <Here label={title} />}
      {experiment !== undefined && place !== null && (
        <>
          {run === undefined ? (
            <Here label={experiment.name ?? experiment.id} />
          ) : (
            <>
              <Slash />
              <Link
                className={css.far}
                to="/w/$workspace/e/$experiment"
                params={{ workspace: place.workspace, experiment: experiment.id }}
                search={sharedView as never}
              >
                <Name name={experiment.name ?? experiment.id} />
              </Link>
            </>
          )}
          <Siblings place={place} of="experiments" />
        </>
      )}
      {run !== undefined && place !== null && (
        <>
          <Here label={run.name ?? run.id} />
          <Siblings place={place} of="runs" />
        </>
      )}
    </nav>
  );
}

const Slash = () => (
  <i className={css.far} aria-hidden="true">
    /
  </i>
);

function Here({ label }: { label: string }) {
  return (
    <>
      <Slash />
      <b aria-current="page">
        <Name name={label} />
      </b>
    </>
  );
}

/** Until it is asked for, only its button is there. */
function Siblings({ place, of }: { place: Place; of: "experiments" | "runs" }) {
  const [asked, setAsked] = useState(false);
  const label = of === "runs" ? text.otherRuns : text.otherExperiments;
  const className = of === "experiments" && place.run !== undefined ? `${css.more} ${css.far}` : css.more;
  const closed = (
    <button
      type="button"
      className={className}
      aria-label={label}
      title={label}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <ChevronsUpDown {...icon} size={13} />
    </button>
  );
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <CrumbMenu place={place} of={of} label={label} className={className} />
    </Suspense>
  );
}
