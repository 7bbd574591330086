// The workspace's panels for one run, against its baseline.

import { useMemo } from "react";
import { later, Once } from "../../components/later";
import { Charts, scalarTags } from "../../experiment/Charts";
import { PanelContext } from "../../experiment/context";
import { tagPanels } from "../../panels/tag_panels";
import { useBaseline } from "./BaselinePicker";
import { useSeriesOf } from "./data";
import css from "./Run.module.css";
import type { TabProps } from "./RunPage";
import { tagsOf, useRunScene } from "./useRunScene";

const TableDialog = later(() => import("../../experiment/TableDialog").then((m) => m.TableDialog));

export function RunCharts({ run }: TabProps) {
  const base = useBaseline(run);
  const series = useSeriesOf(run.id);
  const names = series.data?.map((item) => item.tag).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: lists of series are new with every live value; tags are not.
  const tags = useMemo(() => series.data && tagsOf(series.data), [names]);
  const scalars = useMemo(() => scalarTags(tags ?? []), [tags]);
  const ids = useMemo(() => tagPanels(tags ?? []), [tags]);
  const scene = useRunScene(run, base, scalars);
  const { engine, view, problems, set, shared, byId, tagFilter, table, setTable } = scene;
  return (
    <PanelContext value={shared.value}>
      <div className={css.charts}>
        <Charts
          {...{ tags, ids, scalars, view, set, problems, tagFilter }}
          error={series.error}
          retry={() => void series.refetch()}
          onToggle={shared.toggleSection}
        />
      </div>
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
