// The three charts that say most: what is pinned, else what was measured on held-out data, then losses, then the rest.

import { useMemo } from "react";
import type { RunDetail, SeriesItem } from "../../api/run";
import { tagKey } from "../../api/tags";
import { later, Once } from "../../components/later";
import { PanelContext } from "../../experiment/context";
import { Panel } from "../../experiment/Panel";
import { bestSide } from "../../runs/direction";
import { splitList } from "../../state/list";
import { usePageParam } from "../../state/usePageParam";
import { useBaseline } from "./BaselinePicker";
import { isLogged, useSeriesOf } from "./data";
import css from "./Run.module.css";
import { useRunScene } from "./useRunScene";

const TableDialog = later(() => import("../../experiment/TableDialog").then((m) => m.TableDialog));

const MOST = 3;
const HELD_OUT = /(?:^|[/_.])(?:val|valid|validation|eval|test|dev)(?:$|[/_.])/i;

export function keyTags(series: readonly SeriesItem[], pins: string, run: Pick<RunDetail, "labels">): string[] {
  const pinned = splitList(pins)?.map(({ item }) => item) ?? [];
  const scalars = [...new Set(series.filter((item) => item.kind === "scalar" && isLogged(item)).map(tagKey))];
  const rank = (tag: string) => {
    if (pinned.includes(tag)) return 0;
    if (HELD_OUT.test(tag)) return bestSide([run], tag) === "max" ? 1 : 3;
    return /loss/i.test(tag) ? 2 : /grad|norm/i.test(tag) ? 4 : 5;
  };
  return scalars
    .map((tag, place) => ({ tag, place, rank: rank(tag) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, MOST)
    .map(({ tag }) => tag);
}

export function KeyCharts({ run }: { run: RunDetail }) {
  const base = useBaseline(run);
  const series = useSeriesOf(run.id);
  const [pins] = usePageParam("pin");
  const chosen = keyTags(series.data ?? [], pins, run).join("\n");
  const tags = useMemo(() => (chosen === "" ? [] : chosen.split("\n")), [chosen]);
  const { engine, shared, byId, table, setTable } = useRunScene(run, base, tags);
  if (tags.length === 0) return null;
  return (
    <PanelContext value={shared.value}>
      {tags.map((tag, i) => (
        <div key={tag} className={css.keyChart}>
          <Panel id={tag} order={i} columns={MOST} width={1} />
        </div>
      ))}
      <Once when={table !== null}>
        <TableDialog
          tag={table}
          engine={engine}
          nameOf={(id) => byId.get(id)?.name ?? id}
          onClose={() => setTable(null)}
        />
      </Once>
    </PanelContext>
  );
}
