// A row of the table: a group, with mean and spread of its members, a strip of dots for them, and how many they are.

import { ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { toValue } from "../api/json64";
import type { RunGroup, Spread } from "../api/runs";
import { shortValue } from "../chart/format";
import { icon } from "../components/Shell";
import { SPARK } from "../experiment/sparks";
import { type Column, filterKey } from "../state/columns";
import type { GroupDrawn } from "../state/selection";
import { n, text } from "../text";
import { Written } from "./cells";
import { groupItemId } from "./items";
import { placed, type Shown } from "./layout";
import { cssColor } from "./looks";
import { groupId, type Members } from "./members";
import css from "./RunTable.module.css";
import type { RunActs } from "./table_acts";

import { metricValue } from "./values";

interface Props {
  group: RunGroup;
  by: readonly Column[];
  open: boolean;
  members: Members | undefined;
  drawn: GroupDrawn;
  /** Of its line in the charts; null: it is not drawn. */
  slot: number | null;
  index: number;
  top: number;
  height: number;
  layout: Shown;
  tabbable: boolean;
  /** The span of the strip of dots, over all groups in view. */
  span: readonly [number, number] | null;
  acts: RunActs;
}

export const GroupRow = memo(function GroupRow(props: Props) {
  const { group, by, open, drawn, slot, index, top, height, layout, tabbable, acts } = props;
  const id = groupId(group);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the table are the page's (experiment/acts.ts).
    <div
      role="row"
      aria-rowindex={index + 2}
      data-open={open}
      tabIndex={tabbable ? 0 : -1}
      data-row={groupItemId(id)}
      data-group={id}
      data-drawn={drawn !== "no"}
      className={`${css.row} ${css.group}`}
      style={{
        transform: `translateY(${top}px)`,
        height,
        gridTemplateColumns: layout.template,
        minWidth: layout.width,
      }}
      onClick={() => acts.toggleGroup(id)}
      onContextMenu={(event) => {
        event.preventDefault();
        acts.groupMenu(group, { x: event.clientX, y: event.clientY });
      }}
    >
      <span role="gridcell" aria-colindex={1} className={css.check}>
        <button
          type="button"
          tabIndex={-1}
          className={css.toggle}
          aria-expanded={open}
          aria-label={text.members(group.count)}
          onClick={(event) => {
            event.stopPropagation();
            acts.toggleGroup(id);
          }}
        >
          <Chevron {...icon} size={14} />
        </button>
      </span>
      <span role="gridcell" aria-colindex={2} className={css.swatchCell}>
        <button
          type="button"
          tabIndex={-1}
          className={css.toggle}
          aria-pressed={drawn === "whole" ? true : drawn === "named" ? "mixed" : false}
          aria-label={text.drawGroup(group.count)}
          onClick={(event) => {
            event.stopPropagation();
            acts.drawGroup(group, drawn === "no");
          }}
        >
          <i
            className={`${css.swatch} ${css.several} ${slot === null ? css.off : ""}`}
            style={slot === null ? undefined : { background: cssColor({ slot, color: null }) }}
          />
        </button>
      </span>
      <span role="gridcell" aria-colindex={3} className={css.name}>
        {by.map((column, i) => (
          <span key={filterKey(column)} className={css.groupKey} title={filterKey(column)}>
            <Written value={group.key[i] ?? null} />
          </span>
        ))}
        <span className={css.faint}>{n(group.count)}</span>
      </span>
      {layout.cells.map((cell) => (
        <span
          key={cell.id}
          role="gridcell"
          className={`${cell.align === "end" ? css.number : css.cell} ${cell.sticky === null ? "" : css.sticky}`}
          {...placed(cell)}
        >
          <Summary {...props} column={cell.column} />
        </span>
      ))}
    </div>
  );
});

function Summary({ group, members, span, column }: Props & { column: Column }) {
  if (column.space === "metric" && column.stat === "course")
    return <Strip members={members} tag={column.name} span={span} />;
  if (column.space === "metric") {
    // What stands at the crosshair, and in a range, is known of the members alone.
    if (column.stat === "at" || column.stat === "range") return null;
    const stat = column.stat === "min" || column.stat === "max" ? column.stat : "last";
    return <MeanOf spread={group.metrics?.[column.name]?.[stat]} />;
  }
  if (column.space !== "param") return null;
  const param = group.params?.[column.name];
  if (param === undefined) return null;
  const { distinct, value } = param;
  if (distinct === 1 && (typeof value === "number" || typeof value === "string" || typeof value === "boolean"))
    return <Written value={value} />;
  if (distinct !== undefined && distinct > 1) return <span className={css.faint}>{text.distinct(distinct)}</span>;
  return null;
}

/** The mean and, where there are two or more, the deviation; least, greatest and count on hover. */
function MeanOf({ spread }: { spread: Spread | undefined }) {
  if (spread === undefined || spread.mean === undefined || spread.mean === null) return null;
  const say = (value: unknown) => (value === null || value === undefined ? "" : shortValue(toValue(value)));
  // Two digits of a deviation say all that it knows.
  const rough = (value: unknown) => String(Number(toValue(value).toPrecision(2)));
  const { mean, std, min, max, count } = spread;
  return (
    <span title={text.spread(say(mean), say(std), say(min), say(max), count ?? 0)}>
      {say(mean)}
      {std !== null && std !== undefined && <span className={css.faint}> ±{rough(std)}</span>}
    </span>
  );
}

/** One dot a member, at its last value. */
function Strip({ members, tag, span }: { members: Members | undefined; tag: string; span: Props["span"] }) {
  const { width, height } = SPARK;
  const values = members?.runs.flatMap((run) => metricValue(run, tag, "last") ?? []).filter(Number.isFinite) ?? [];
  const [lo, hi] = span ?? [0, 1];
  const x = (value: number) => 3 + ((value - lo) / (hi - lo || 1)) * (width - 6);
  return (
    <svg width={width} height={height} className={css.strip} aria-hidden="true">
      <path d={`M0 ${height / 2}H${width}`} />
      {values.map((value, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: dots have nothing but their place.
        <circle key={i} cx={x(value)} cy={height / 2} r={2.2} />
      ))}
    </svg>
  );
}
