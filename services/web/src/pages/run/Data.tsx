// The points of one tag as they were logged, at full precision, a page at a time; and the files that have all of them.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toStep, toValue } from "../../api/json64";
import {
  fetchPoints,
  type PointItem,
  type PointPage,
  pointsPath,
  type RunDetail,
  type SeriesItem,
} from "../../api/run";
import { tagKey, tagText } from "../../api/tags";
import { clockTime, exactValue, fullStep } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { icon } from "../../components/Shell";
import words from "../../components/words.module.css";
import { makeMatcher } from "../../state/match";
import { usePageParam } from "../../state/usePageParam";
import { n, text } from "../../text";
import parts from "../parts.module.css";
import css from "./Data.module.css";
import { useSeriesOf } from "./data";
import { keyOf } from "./fileTree";
import type { TabProps } from "./RunPage";

const MOST_TAGS = 500;
export const PAGE = 1_000; // points

export function Data({ workspace, run }: TabProps) {
  const [tag, setTag] = usePageParam("r.tag");
  const [find, setFind] = useState("");
  const series = useSeriesOf(run.id);
  const items = series.data ?? [];
  const { matches } = makeMatcher(find);
  const list = items.filter((item) => matches(tagText(tagKey(item))));
  const chosen = items.find((item) => idOf(item) === tag || item.tag === tag) ?? items[0];
  return (
    <div className={parts.panes}>
      <aside className={parts.choice} aria-label={text.data.series}>
        <input
          type="search"
          className={controls.text}
          value={find}
          placeholder={text.findTag}
          aria-label={text.findTag}
          onChange={(event) => setFind(event.target.value)}
        />
        <div className={parts.list}>
          {list.slice(0, MOST_TAGS).map((item) => (
            <button
              key={idOf(item)}
              type="button"
              className={controls.item}
              aria-current={item === chosen}
              onClick={() => setTag(idOf(item))}
            >
              <Name name={tagText(tagKey(item))} />
              <small>{n(Number(item.count))}</small>
            </button>
          ))}
          {list.length > MOST_TAGS && <p className={words.note}>{text.firstOf(MOST_TAGS)}</p>}
          {series.data !== undefined && list.length === 0 && (
            <p className={words.note}>{items.length === 0 ? text.run.noMetrics : text.nothingFound(find)}</p>
          )}
        </div>
      </aside>
      {series.error !== null && <ProblemBox error={series.error} retry={() => void series.refetch()} />}
      {chosen !== undefined && <Points key={idOf(chosen)} workspace={workspace} run={run} item={chosen} />}
    </div>
  );
}

/** A tag of several writers is several series. */
const idOf = (item: SeriesItem) => (item.writer === 0 ? item.tag : `${item.tag} @${item.writer}`);

interface PointsProps {
  workspace: string;
  run: RunDetail;
  item: SeriesItem;
}

function Points({ workspace, run, item }: PointsProps) {
  const [from, setFrom] = usePageParam("r.from");
  const start = /^-?\d{1,19}$/.test(from) ? BigInt(from) : null;
  const points = useQuery({
    queryKey: ["points", run.id, idOf(item), item.kind, from, item.count],
    queryFn: ({ signal }) => fetchPoints(run.id, item, start, PAGE, signal),
    placeholderData: keepPreviousData,
  });
  const page = points.data;
  return (
    <section className={css.points} aria-label={text.data.pointsOf(visible(item.tag.slice(0, 100)))}>
      <header className={css.bar}>
        <h2>
          <Name name={tagText(tagKey(item))} />
        </h2>
        <span className={css.dim}>{text.data.count(Number(item.count), item.kind, item.writer)}</span>
        <label className={css.from}>
          {text.data.fromStep}
          <input
            className={controls.text}
            inputMode="numeric"
            value={from}
            placeholder={String(item.min_step)}
            onChange={(event) => setFrom(event.target.value.replace(/[^\d-]/g, ""), true)}
          />
        </label>
        {page?.next != null && (
          <button type="button" className={controls.btn} onClick={() => setFrom(String(page.next))}>
            {text.data.next(PAGE)}
          </button>
        )}
        {(["csv", "jsonl"] as const).map((format) => (
          <a
            key={format}
            className={controls.btn}
            href={pointsPath(run.id, item, format)}
            download={fileName(run, item, format)}
          >
            <Download {...icon} size={14} />
            {text.data.download[format]}
          </a>
        ))}
      </header>
      {points.error !== null && <ProblemBox error={points.error} retry={() => void points.refetch()} />}
      {page !== undefined && (
        <Table
          page={page}
          fileOf={(step) => (
            <Link
              to="/w/$workspace/r/$run/$tab"
              params={{ workspace, run: run.id, tab: "files" }}
              search={(old) => ({ ...old, "r.file": keyOf({ ...item, step, index: 0 }) }) as never}
            >
              {text.data.file}
            </Link>
          )}
        />
      )}
    </section>
  );
}

const fileName = (run: RunDetail, item: SeriesItem, format: string) =>
  `${`${run.name} ${item.tag}`.replace(/[^\w.-]+/g, "_").slice(0, 120)}.${format}`;

interface TableProps {
  page: PointPage;
  fileOf(step: PointItem["step"]): ReactNode;
}

function Table({ page, fileOf }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <div className={parts.scroll} tabIndex={0} role="region" aria-label={text.showTable}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{text.tableStep}</th>
            <th scope="col">{text.tableTime}</th>
            <th scope="col">{text.data.value}</th>
          </tr>
        </thead>
        <tbody>
          {page.points.map((point, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step may be logged twice.
            <tr key={i}>
              <th scope="row">{fullStep(toStep(point.step))}</th>
              <td title={exactValue(toValue(point.wall))}>{clockTime(toValue(point.wall))}</td>
              <td>
                {hasFile(point.value) && fileOf(point.step)}{" "}
                {typeof point.value === "number" || isWord(point.value) ? (
                  exactValue(toValue(point.value))
                ) : (
                  <Name name={typeof point.value === "string" ? point.value : JSON.stringify(point.value, plain)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {page.points.length === 0 && <p className={words.note}>{text.data.none}</p>}
    </div>
  );
}

/** A large value is kept as a file, an image and a sound as one or more. */
function hasFile(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { blob, items } = value as { blob?: unknown; items?: unknown };
  return typeof blob === "string" || (Array.isArray(items) && typeof items[0]?.blob === "string");
}

const isWord = (value: unknown) => value === "NaN" || value === "Infinity" || value === "-Infinity";
const plain = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
