// The siblings of a part of the path, found as one types: experiments of the workspace, runs of the experiment.

import { Popover } from "@base-ui/react/popover";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { findRuns } from "../api/find";
import { useExperiments } from "../experiment/data";
import { makeMatcher } from "../state/match";
import { text } from "../text";
import css from "./Crumbs.module.css";
import controls from "./controls.module.css";
import { Name } from "./Name";
import { type Place, sameView, sharedView } from "./places";
import { icon } from "./Shell";

const MOST = 100;

interface Props {
  place: Place;
  of: "experiments" | "runs";
  label: string;
  className: string;
}

/** Begins open: it is not there before somebody asks for it. */
export function CrumbMenu({ place, of, label, className }: Props) {
  const [open, setOpen] = useState(true);
  const [find, setFind] = useState("");
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={className} aria-label={label} title={label}>
        <ChevronsUpDown {...icon} size={13} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={6} align="start">
          <Popover.Popup className={controls.popup} aria-label={label}>
            <input
              className={`${controls.text} ${css.find}`}
              type="search"
              value={find}
              placeholder={of === "runs" ? text.findRun : text.findExperiment}
              aria-label={of === "runs" ? text.findRun : text.findExperiment}
              onChange={(event) => setFind(event.target.value)}
            />
            <nav className={css.list} aria-label={label}>
              {of === "runs" ? (
                <Runs place={place} find={find} close={() => setOpen(false)} />
              ) : (
                <Experiments place={place} find={find} close={() => setOpen(false)} />
              )}
            </nav>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface ListProps {
  place: Place;
  find: string;
  close(): void;
}

function Experiments({ place, find, close }: ListProps) {
  const { data } = useExperiments(place.workspace);
  const { matches } = makeMatcher(find);
  const found = (data ?? []).filter((e) => matches(e.name));
  return (
    <>
      {found.slice(0, MOST).map((e) => (
        <Link
          key={e.id}
          className={controls.item}
          to="/w/$workspace/e/$experiment"
          params={{ workspace: place.workspace, experiment: e.id }}
          search={{} as never}
          aria-current={e.id === place.experiment?.id ? "page" : undefined}
          onClick={close}
        >
          <Name name={e.name} />
        </Link>
      ))}
      <Rest found={data && found.length} none={text.noExperiment(find)} />
    </>
  );
}

function Runs({ place, find, close }: ListProps) {
  const experiment = place.experiment?.id;
  const { data } = useQuery({
    queryKey: ["find runs", place.workspace, experiment, find],
    queryFn: ({ signal }) => findRuns({ workspace: place.workspace, experiment, name: find, limit: MOST }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      {data?.map((run) => (
        <Link
          key={run.id}
          className={controls.item}
          to="."
          params={((old: Record<string, string>) => ({ ...old, run: run.id })) as never}
          search={(run.id === place.run?.id ? sameView : sharedView) as never}
          aria-current={run.id === place.run?.id ? "page" : undefined}
          onClick={close}
        >
          <Name name={run.name} />
        </Link>
      ))}
      <Rest found={data?.length} none={text.noRunMatches(find)} />
    </>
  );
}

function Rest({ found, none }: { found: number | undefined; none: string }) {
  if (found === 0) return <p className={css.note}>{none}</p>;
  return found !== undefined && found >= MOST ? <p className={css.note}>{text.firstOf(MOST)}</p> : null;
}
