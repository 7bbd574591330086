// What the run was made from: code, command, machine, packages, as the client captured them.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { toStep } from "../../api/json64";
import type { RunDetail } from "../../api/run";
import { fullStep } from "../../chart/format";
import { parseDiff } from "../../components/diff/diff";
import { Name, visible } from "../../components/Name";
import { sameView, sharedView } from "../../components/places";
import words from "../../components/words.module.css";
import { n, text } from "../../text";
import parts from "../parts.module.css";
import { Card } from "./Card";
import { diffQuery, type Facts, useFacts, useForks, useRun } from "./data";
import css from "./Run.module.css";

const MOST_FORKS = 8; // with a link each

export function MadeFrom({ workspace, run }: { workspace: string; run: RunDetail }) {
  const facts = useFacts(run.id);
  const diff = useQuery(diffQuery(run.id));
  const found = facts.data ?? {};
  const files = parseDiff(diff.data ?? "");
  const { git, host, gpus, python } = found;
  const fork = run.forked_from;
  const parent = useRun(fork?.run ?? null);
  const empty = facts.data !== undefined && Object.keys(found).length === 0;
  return (
    <Card title={text.run.madeFrom}>
      {empty && <p className={parts.empty}>{text.run.nothingCaptured}</p>}
      <dl className={css.kv}>
        {git?.commit && (
          <Row name={text.run.code}>
            <code title={git.commit}>{git.commit.slice(0, 8)}</code> {git.branch && <Name name={git.branch} />}
            {files.length > 0 && (
              <>
                {" · "}
                <Link
                  to="/w/$workspace/r/$run/$tab"
                  params={{ workspace, run: run.id, tab: "code" }}
                  search={sameView as never}
                >
                  {text.run.filesChanged(files.length)}
                </Link>
              </>
            )}
            {git.dirty && files.length === 0 && ` · ${text.run.dirty}`}
          </Row>
        )}
        {git?.remote && (
          <Row name={text.run.repository}>
            <Name name={git.remote} />
          </Row>
        )}
        {fork && (
          <Row name={text.run.forkedFrom}>
            <Link to="/w/$workspace/r/$run" params={{ workspace, run: fork.run }} search={sharedView as never}>
              <Name name={parent.data?.name ?? fork.run} />
            </Link>{" "}
            {text.run.atStepOf(fullStep(toStep(fork.step)))}
          </Row>
        )}
        <Forks workspace={workspace} run={run.id} />
        {found.command && (
          <Row name={text.run.command}>
            <code>{visible(found.command.join(" ").slice(0, 4096))}</code>
          </Row>
        )}
        {found.folder && (
          <Row name={text.run.folder}>
            <code>{visible(found.folder)}</code>
          </Row>
        )}
        {host?.name && (
          <Row name={text.run.machine}>
            <Name name={host.name} />
            {host.cpus !== undefined && `, ${text.run.cpus(host.cpus)}`}
            {host.memory_bytes !== undefined && `, ${gigabytes(host.memory_bytes)}`}
            {host.system && (
              <span className={words.dim}>
                {" · "}
                <Name name={host.system} />
              </span>
            )}
          </Row>
        )}
        {gpus !== undefined && gpus.length > 0 && (
          <Row name={text.run.gpus}>
            {gpus.length} × <Name name={gpus[0].name} />
          </Row>
        )}
        {python?.version && (
          <Row name={text.run.python}>
            {python.version} <span className={words.dim}>{python.implementation}</span>
          </Row>
        )}
      </dl>
      <Unfold label={text.run.packages} values={found.packages} />
      <Unfold label={text.run.environment} values={found.environment} />
    </Card>
  );
}

function Forks({ workspace, run }: { workspace: string; run: string }) {
  const forks = useForks(workspace, run).data ?? [];
  if (forks.length === 0) return null;
  return (
    <Row name={text.run.forkedInto}>
      {forks.slice(0, MOST_FORKS).map((fork) => (
        <div key={fork.id}>
          <Link to="/w/$workspace/r/$run" params={{ workspace, run: fork.id }} search={sharedView as never}>
            <Name name={fork.name} />
          </Link>{" "}
          {text.run.atStepOf(fullStep(toStep(fork.forked_from?.step ?? 0)))}
        </div>
      ))}
      {forks.length > MOST_FORKS && <span className={words.dim}>{text.run.moreForks(forks.length - MOST_FORKS)}</span>}
    </Row>
  );
}

const gigabytes = (bytes: number) => `${Math.round(bytes / 2 ** 30)} GiB`;

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Unfold({ label, values }: { label: string; values: Facts["packages"] }) {
  const [open, setOpen] = useState(false);
  const list = Object.entries(values ?? {});
  if (list.length === 0) return null;
  return (
    <details className={css.unfold} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label} <span className={words.dim}>{n(list.length)}</span>
      </summary>
      {open && (
        <table className={css.table}>
          <tbody>
            {list.map(([key, value]) => (
              <tr key={key}>
                <th scope="row">
                  <Name name={key} />
                </th>
                <td className={css.num}>
                  <Name name={value} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}
