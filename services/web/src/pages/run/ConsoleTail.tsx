// The last lines that were printed.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { fetchConsole, type RunDetail } from "../../api/run";
import { sameView } from "../../components/places";
import { isLive } from "../../runs/values";
import { text } from "../../text";
import parts from "../parts.module.css";
import { Card } from "./Card";
import { useWriters } from "./data";
import { Line } from "./LogList";
import logs from "./Logs.module.css";
import { writerNames } from "./writers";

const LINES = 8;
const POLL = 2_000; // ms
const ALL = { writers: [], match: "", levels: [] };
const nothing = () => {};

export function ConsoleTail({ workspace, run }: { workspace: string; run: RunDetail }) {
  const { data, error } = useQuery({
    queryKey: ["console tail", run.id],
    queryFn: ({ signal }) => fetchConsole(run.id, ALL, { tail: true }, LINES, signal),
    refetchInterval: isLive(run) ? POLL : false,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const writers = useWriters(run.id);
  const names = (writers.data?.length ?? 0) > 1 ? writerNames(writers.data ?? []) : null;
  return (
    <Card
      wide
      title={text.logs.console}
      side={
        data !== undefined &&
        data.total > 0 && (
          <Link
            to="/w/$workspace/r/$run/$tab"
            params={{ workspace, run: run.id, tab: "logs" }}
            search={sameView as never}
          >
            {text.logs.count(data.total, null)}
          </Link>
        )
      }
    >
      {data !== undefined && data.total > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
        <section className={logs.tail} tabIndex={0} aria-label={text.logs.console}>
          {data.items.map((line) => (
            <Line key={line.line} line={line} chosen={false} writers={names} onLine={nothing} />
          ))}
        </section>
      ) : (
        <p className={parts.empty}>{error !== null ? error.message : data === undefined ? "" : text.logs.none}</p>
      )}
    </Card>
  );
}
