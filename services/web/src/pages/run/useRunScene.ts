// A run, and its baseline if one is chosen, as the workspace's panels draw them.

import { useCallback, useMemo, useRef, useState } from "react";
import type { RunDetail, SeriesItem } from "../../api/run";
import { tagKey } from "../../api/tags";
import type { TagItem } from "../../api/types";
import { chartEngine } from "../../chart/engine";
import { useShared } from "../../experiment/acts";
import { pressChart } from "../../experiment/chartActs";
import { makeRows } from "../../experiment/rows";
import { usePalette, useScene } from "../../experiment/scene";
import { useKeys } from "../../keys";
import { NONE_CHOSEN } from "../../runs/useRunList";
import { defaultRuns } from "../../state/runs_view";
import { useView } from "../../state/useView";

const BOTH = { ...defaultRuns(), sel: { base: "all" as const, minus: [], plus: [] } };

/** The run of the page has the focus for good. */
const ONE_RUN = { focus() {}, hover() {} };

export function useRunScene(run: RunDetail, base: RunDetail | null, tags: readonly string[]) {
  const engine = chartEngine();
  const { view: written, problems, set } = useView();
  // A run that is its own baseline has none.
  const view = useMemo(() => (base === null ? { ...written, base: null } : written), [written, base]);
  const [table, setTable] = useState<string | null>(null);
  const tagFilter = useRef<HTMLInputElement>(null);
  const runs = useMemo(() => (base === null ? [run] : [run, base]), [run, base]);
  const palette = usePalette();
  const rows = useMemo(
    () => makeRows({ rows: runs, total: runs.length }, NONE_CHOSEN, BOTH, palette.sequence),
    [runs, palette],
  );
  const { byId } = rows;
  useScene(engine, rows, view, run.id, palette);
  const report = useCallback(() => {}, []);
  const shared = useShared({
    engine,
    palette,
    rows,
    view,
    set,
    tags,
    focus: run.id,
    acts: ONE_RUN,
    openTable: setTable,
    report,
  });
  const now = useRef({ view, shared, byId });
  now.current = { view, shared, byId };
  useKeys(
    useCallback(
      (key) => {
        const { view, shared, byId } = now.current;
        if (key === "t" && tagFilter.current !== null) tagFilter.current.focus();
        else if (key === "p" && shared.pointed.current.tag !== null) shared.value.togglePin(shared.pointed.current.tag);
        else return pressChart({ view, set, acts: shared.charts, pointed: shared.pointed, runs: byId }, key);
        return true;
      },
      [set],
    ),
  );
  return { engine, view, problems, set, shared, byId, tagFilter, table, setTable };
}

/** The tags of a run, each once, in the order of their first points. */
export function tagsOf(series: readonly SeriesItem[]): TagItem[] {
  const seen = new Map<string, TagItem>();
  for (const item of series) {
    const key = `${item.kind} ${tagKey(item)}`;
    if (!seen.has(key)) seen.set(key, { tag: item.tag, tag_base64: item.tag_base64, kind: item.kind });
  }
  return [...seen.values()];
}
