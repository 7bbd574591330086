// Every scalar that the run logged: last, best, and where the best was.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { toValue } from "../../api/json64";
import { extremesKey, fetchExtremes, type RunDetail, type SeriesItem } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";
import { exactValue, fullStep, shortValue } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name } from "../../components/Name";
import { sameView } from "../../components/places";
import words from "../../components/words.module.css";
import { bestSide } from "../../runs/direction";
import { makeMatcher } from "../../state/match";
import { text } from "../../text";
import parts from "../parts.module.css";
import { Card } from "./Card";
import { isLogged, useSeriesOf } from "./data";
import css from "./Run.module.css";

const MOST = 200; // rows; the search finds the others
const SEARCH_FROM = 12;

interface Row {
  key: string;
  item: SeriesItem;
  last: number;
  best: number;
}

/** One row a tag: of several writers the one that logged last has the last value, and all have a say in the best. */
export function metricRows(series: readonly SeriesItem[], run: Pick<RunDetail, "labels">): Row[] {
  const rows = new Map<string, Row>();
  for (const item of series) {
    if (item.kind !== "scalar" || !isLogged(item)) continue;
    const key = tagKey(item);
    const higher = bestSide([run], item.tag) === "max";
    const best = toValue(higher ? item.max : item.min);
    const old = rows.get(key);
    const newer = old === undefined || toValue(item.last_wall) >= toValue(old.item.last_wall);
    const better = old === undefined || Number.isNaN(old.best) || (higher ? best > old.best : best < old.best);
    rows.set(key, {
      key,
      item: newer ? item : old.item,
      last: newer ? toValue(item.last) : old.last,
      best: better ? best : old.best,
    });
  }
  return [...rows.values()];
}

export function Metrics({ run }: { run: RunDetail }) {
  const [find, setFind] = useState("");
  const series = useSeriesOf(run.id);
  const rows = useMemo(() => metricRows(series.data ?? [], run), [series.data, run]);
  const { matches } = makeMatcher(find);
  const list = rows.filter((row) => matches(tagText(row.key)));
  const inView = list.slice(0, MOST);
  // Where the best stands is not in the list of series: one column of each says it.
  const wanted = inView.filter((row) => row.item.tag_base64 === undefined).map((row) => row.item.tag);
  const places = useQuery({
    queryKey: ["extremes", run.id, wanted, rows.map((row) => row.best)],
    queryFn: ({ signal }) =>
      fetchExtremes(
        wanted.map((tag) => ({ run: run.id, tag })),
        signal,
      ),
    enabled: wanted.length > 0,
    placeholderData: (old) => old,
  });
  return (
    <Card title={text.run.metrics} side={text.statusTags(rows.length)}>
      {rows.length > SEARCH_FROM && (
        <div className={css.body}>
          <input
            type="search"
            className={controls.text}
            style={{ width: "100%" }}
            value={find}
            placeholder={text.findTag}
            aria-label={text.findTag}
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
      )}
      {list.length === 0 ? (
        <p className={parts.empty}>{rows.length === 0 ? text.run.noMetrics : text.nothingFound(find)}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
        <section className={css.tableBox} tabIndex={0} aria-label={text.run.metrics}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text.run.tag}</th>
                <th scope="col" className={css.num}>
                  {text.run.last}
                </th>
                <th scope="col" className={css.num}>
                  {text.run.best}
                </th>
                <th scope="col" className={css.num}>
                  {text.run.atStep}
                </th>
              </tr>
            </thead>
            <tbody>
              {inView.map((row) => {
                const found = places.data?.get(extremesKey(run.id, row.item.tag));
                const at = bestSide([run], row.item.tag) === "max" ? found?.max : found?.min;
                return (
                  <tr key={row.key}>
                    <th scope="row">
                      <Link
                        to="/w/$workspace/r/$run/$tab"
                        params={((old: object) => ({ ...old, tab: "data" })) as never}
                        search={
                          ((old: Record<string, string>) => ({ ...sameView(old), "r.tag": row.item.tag })) as never
                        }
                      >
                        <Name name={tagText(row.key)} />
                      </Link>
                    </th>
                    <td className={css.num} title={exactValue(row.last)}>
                      {shortValue(row.last)}
                    </td>
                    <td className={`${css.num} ${css.strong}`} title={exactValue(row.best)}>
                      {shortValue(row.best)}
                    </td>
                    <td className={`${css.num} ${words.dim}`}>{at ? fullStep(at.step) : ""}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
      {list.length > MOST && <p className={parts.empty}>{text.firstOf(MOST)}</p>}
    </Card>
  );
}
