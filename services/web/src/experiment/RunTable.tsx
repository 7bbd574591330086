// The run list: the legend of all charts. A virtual grid with one row in the tab order (roving); the arrow keys, j and k move.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import type { Run } from "../api/types";
import { shortValue } from "../chart/format";
import controls from "../components/controls.module.css";
import { Name, visible } from "../components/Name";
import { icon } from "../components/Shell";
import type { Metric, SortKey, Stat, View } from "../state/view";
import { text } from "../text";
import { MetricPicker } from "./MetricPicker";
import css from "./RunTable.module.css";
import { isLive, metricValue, type Rows, slotOf } from "./rows";
import { SPARK, useSparks } from "./sparks";

export interface RunActs {
  draw(run: Run, drawn: boolean): void;
  drawAll(drawn: boolean): void;
  only(run: Run): void;
  focus(run: string | null): void;
  hover(run: string | null): void;
  sort(key: SortKey, descending: boolean): void;
  metric(metric: Metric): void;
}

interface Props {
  rows: Rows;
  sort: View["sort"];
  metric: Metric | null;
  tags: string[];
  current: string | null;
  focus: string | null;
  acts: RunActs;
  rowHeight: number;
}

export function RunTable({ rows, sort, metric, tags, current, focus, acts, rowHeight }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows.shown[index].id,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const inView = items.map(({ index }) => ({ id: rows.shown[index].id, live: isLive(rows.shown[index]) }));
  const sparks = useSparks(metric?.tag ?? null, inView);
  const place = rows.shown.findIndex((run) => run.id === current);
  // The keyboard's move brings its row into view; a row that moves by itself does not scroll the list.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place);
  }, [current]);

  const stats: Stat[] = metric === null ? [] : metric.stat === "last" ? ["last"] : [metric.stat, "last"];
  const drawnShown = rows.shown.filter((run) => rows.drawn.has(run.id)).length;
  const allDrawn = rows.shown.length > 0 && drawnShown === rows.shown.length;
  return (
    <div className={css.runs} ref={scroll} role="grid" aria-label={text.runs} aria-rowcount={rows.shown.length + 1}>
      <div className={css.head} role="row" aria-rowindex={1}>
        <span role="columnheader">
          <input
            type="checkbox"
            aria-label={text.drawAll}
            title={text.drawAll}
            checked={allDrawn}
            ref={(el) => {
              if (el !== null) el.indeterminate = !allDrawn && drawnShown > 0;
            }}
            onChange={() => acts.drawAll(!allDrawn)}
          />
        </span>
        <SortHead label={text.columnRun} sortKey={{ by: "name" }} sort={sort} acts={acts} />
        <span role="columnheader" className={css.metric}>
          <MetricPicker tags={tags} metric={metric} onChoose={acts.metric} />
        </span>
        {stats.map((stat) => (
          <SortHead
            key={stat}
            label={text.stat[stat]}
            number
            sortKey={{ by: "metric", metric: { tag: metric!.tag, stat } }}
            sort={sort}
            acts={acts}
          />
        ))}
      </div>
      <div className={css.rows} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const run = rows.shown[item.index];
          return (
            <Row
              key={item.key}
              run={run}
              index={item.index}
              top={item.start}
              height={rowHeight}
              drawn={rows.drawn.has(run.id)}
              tabbable={current === null ? item.index === 0 : run.id === current}
              focused={focus === run.id}
              metric={metric}
              spark={sparks.pathOf(run.id)}
              acts={acts}
            />
          );
        })}
      </div>
    </div>
  );
}

const sameKey = (a: SortKey, b: SortKey) =>
  a.by === b.by &&
  (a.by !== "metric" || b.by !== "metric" || (a.metric.tag === b.metric.tag && a.metric.stat === b.metric.stat));

interface SortHeadProps {
  label: string;
  sortKey: SortKey;
  sort: View["sort"];
  acts: RunActs;
  number?: boolean;
}

function SortHead({ label, sortKey, sort, acts, number = false }: SortHeadProps) {
  const on = sameKey(sort.key, sortKey);
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return (
    <span
      role="columnheader"
      className={number ? css.number : css.first}
      aria-sort={on ? (sort.descending ? "descending" : "ascending") : undefined}
    >
      <button
        type="button"
        title={text.sortBy(label)}
        onClick={() => acts.sort(sortKey, on ? !sort.descending : false)}
      >
        {label}
        {on && <Arrow {...icon} size={12} />}
      </button>
    </span>
  );
}

interface RowProps {
  run: Run;
  index: number;
  top: number;
  height: number;
  drawn: boolean;
  tabbable: boolean;
  focused: boolean;
  metric: Metric | null;
  spark: string;
  acts: RunActs;
}

const Row = memo(function Row({ run, index, top, height, drawn, tabbable, focused, metric, spark, acts }: RowProps) {
  const live = isLive(run);
  const stats: Stat[] = metric === null ? [] : metric.stat === "last" ? ["last"] : [metric.stat, "last"];
  const swatch = `${css.swatch} ${drawn ? "" : css.off} ${live ? css.ring : ""}`;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={drawn}
      tabIndex={tabbable ? 0 : -1}
      data-run={run.id}
      className={`${css.row} ${drawn ? "" : css.rowOff} ${focused ? css.focused : ""}`}
      style={{ transform: `translateY(${top}px)`, height }}
      onMouseEnter={() => acts.hover(run.id)}
      onMouseLeave={() => acts.hover(null)}
      onClick={() => acts.focus(focused ? null : run.id)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) acts.focus(focused ? null : run.id);
      }}
      onFocus={(event) => {
        if (event.target === event.currentTarget) acts.hover(run.id);
      }}
    >
      <span role="gridcell">
        <button
          type="button"
          tabIndex={-1}
          className={css.toggle}
          aria-pressed={drawn}
          aria-label={text.draw(visible(run.name.slice(0, 100)))}
          onClick={(event) => {
            event.stopPropagation();
            acts.draw(run, !drawn);
          }}
        >
          <i
            className={swatch}
            style={{ "--c": drawn ? `var(--c${slotOf(run)})` : "transparent" } as React.CSSProperties}
          />
        </button>
      </span>
      <span role="gridcell" className={css.name}>
        <Name name={run.name} />
        <Status run={run} />
      </span>
      <span role="gridcell" aria-label={text.spark}>
        <svg width={SPARK.width} height={SPARK.height} aria-hidden="true" className={css.spark}>
          <path d={spark} style={{ stroke: drawn ? `var(--c${slotOf(run)})` : "var(--c-mute)" }} />
        </svg>
      </span>
      {stats.map((stat) => (
        <span role="gridcell" key={stat} className={css.number}>
          <Value value={metric === null ? null : metricValue(run, { tag: metric.tag, stat })} />
        </span>
      ))}
    </div>
  );
});

function Value({ value }: { value: number | null }) {
  if (value === null) return null;
  return <span className={Number.isFinite(value) ? undefined : css.bad}>{shortValue(value)}</span>;
}

const ORDINARY = new Set(["running", "finished", "completed", "done", "unknown", ""]);
const BAD = new Set(["failed", "crashed"]);

/** The state, only if it is not ordinary; running shows as a ring, and in words for those who do not see it. */
function Status({ run }: { run: Run }) {
  if (isLive(run)) return <span className="sr">{text.live}</span>;
  if (ORDINARY.has(run.status)) return null;
  return (
    <span className={BAD.has(run.status) ? controls.tagBad : controls.tagWarn}>{visible(run.status.slice(0, 40))}</span>
  );
}
