// The experiments of a workspace: folders by "/", run counts, last activity. An empty workspace is the first-run page.

import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment, useEffect, useMemo, useRef, useState } from "react";
import type { Experiment } from "../api/types";
import { ago } from "../chart/format";
import controls from "../components/controls.module.css";
import { Name, visible } from "../components/Name";
import { ProblemBox } from "../components/Problem";
import { icon, Shell } from "../components/Shell";
import { useExperiments } from "../experiment/data";
import { useKeys } from "../keys";
import { makeMatcher } from "../state/match";
import { n, text } from "../text";
import css from "./ExperimentsPage.module.css";
import { FirstRun } from "./FirstRun";
import { type Folder, makeTree } from "./tree";

const EMPTY_POLL = 2_000;
const POLL = 15_000;

export function ExperimentsPage({ workspace }: { workspace: string }) {
  const [wasEmpty, setWasEmpty] = useState(false);
  const experiments = useExperiments(workspace, wasEmpty ? EMPTY_POLL : POLL);
  const navigate = useNavigate();
  const { data } = experiments;
  const first = data?.find((e) => e.run_count > 0);
  const empty = data !== undefined && first === undefined;

  useEffect(() => {
    if (empty) setWasEmpty(true);
  }, [empty]);
  // Whoever waited for the first run is taken to it.
  useEffect(() => {
    if (!wasEmpty || first === undefined) return;
    void navigate({
      to: "/w/$workspace/e/$experiment",
      params: { workspace, experiment: first.id },
      search: {} as never,
      replace: true,
    });
  }, [wasEmpty, first, navigate, workspace]);
  useEffect(() => {
    document.title = `${text.experiments} · ${text.product}`;
  }, []);

  if (empty) return <FirstRun />;
  return (
    <Shell place={{ workspace }}>
      <div className={css.page}>
        {experiments.error && <ProblemBox error={experiments.error} retry={() => void experiments.refetch()} />}
        {data === undefined && !experiments.error && (
          <span className={`${controls.skeleton} ${css.skeleton}`} aria-busy="true" />
        )}
        {data !== undefined && <List experiments={data} workspace={workspace} />}
      </div>
    </Shell>
  );
}

function List({ experiments, workspace }: { experiments: Experiment[]; workspace: string }) {
  const [filter, setFilter] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const input = useRef<HTMLInputElement>(null);
  useKeys((key) => {
    if (key !== "/") return false;
    input.current?.focus();
    return true;
  });
  const matcher = useMemo(() => makeMatcher(filter), [filter]);
  const shown = useMemo(() => experiments.filter((e) => matcher.matches(e.name)), [experiments, matcher]);
  const tree = useMemo(() => makeTree(shown), [shown]);
  const toggle = (path: string) =>
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <>
      <div className={css.top}>
        <h1>{text.experiments}</h1>
        <span className={css.count}>{text.experimentCount(shown.length)}</span>
        <input
          ref={input}
          type="search"
          className={`${controls.text} ${css.filter}`}
          value={filter}
          placeholder={text.filterExperiments}
          aria-label={text.filterExperiments}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      {shown.length === 0 ? (
        <p className={css.none}>
          {text.noExperiment(filter)} ·{" "}
          <button type="button" className={controls.btn} onClick={() => setFilter("")}>
            {text.clear}
          </button>
        </p>
      ) : (
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{text.columnExperiment}</th>
              <th scope="col" className={css.num}>
                {text.columnRuns}
              </th>
              <th scope="col" className={css.num}>
                {text.columnActivity}
              </th>
            </tr>
          </thead>
          <tbody>
            <Rows folder={tree} depth={0} workspace={workspace} closed={closed} toggle={toggle} />
          </tbody>
        </table>
      )}
    </>
  );
}

interface RowsProps {
  folder: Folder;
  depth: number;
  workspace: string;
  closed: ReadonlySet<string>;
  toggle(path: string): void;
}

function Rows({ folder, depth, workspace, closed, toggle }: RowsProps) {
  const indent = { paddingLeft: 14 + depth * 20 };
  const now = Date.now();
  return (
    <>
      {folder.folders.map((child) => {
        const open = !closed.has(child.path);
        return (
          <Fragment key={`f ${child.path}`}>
            <tr className={css.folder}>
              <td style={indent}>
                <button
                  type="button"
                  aria-expanded={open}
                  aria-label={text.folder(visible(child.name), child.count)}
                  onClick={() => toggle(child.path)}
                >
                  {open ? <ChevronDown {...icon} size={14} /> : <ChevronRight {...icon} size={14} />}
                  <Name name={child.name} />
                </button>
              </td>
              <td className={css.num}>{n(child.runs)}</td>
              <td className={css.num}>{ago(child.updated, now)}</td>
            </tr>
            {open && <Rows folder={child} depth={depth + 1} workspace={workspace} closed={closed} toggle={toggle} />}
          </Fragment>
        );
      })}
      {folder.experiments.map(({ experiment, name }) => (
        <tr key={experiment.id}>
          <td style={indent}>
            <Link
              to="/w/$workspace/e/$experiment"
              params={{ workspace, experiment: experiment.id }}
              search={{} as never}
            >
              <Name name={name} />
            </Link>
          </td>
          <td className={css.num}>{n(experiment.run_count)}</td>
          <td className={css.num} title={experiment.updated}>
            {ago(experiment.updated, now)}
          </td>
        </tr>
      ))}
    </>
  );
}
