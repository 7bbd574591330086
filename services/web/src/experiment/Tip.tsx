// The tooltip: what stands under the crosshair of the panel that the pointer is in. It stands beside the hair.

import { type RefObject, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { tagText } from "../api/tags";
import { clockTime, duration, fullStep, shortValue } from "../chart/format";
import { nearHair } from "../chart/paint";
import type { Clip, Frame, HoverRow, PanelHover } from "../chart/protocol";
import { Name, visible } from "../components/Name";
import { text } from "../text";
import { type PanelShared, usePanelShared } from "./context";
import css from "./Panel.module.css";

const CLIP_REACH = 8; // CSS pixels from a chevron at which the tooltip says what it stands for

interface Props {
  hover: PanelHover;
  host: RefObject<HTMLDivElement | null>;
  frame: Frame | null;
}

export function Tip({ hover, host, frame }: Props) {
  const shared = usePanelShared();
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = ref.current;
    const plot = host.current;
    if (tip === null || plot === null || hover.hair === null || frame === null) return;
    const { pad } = frame;
    const box = plot.getBoundingClientRect();
    const x = box.left + pad.left + hover.hair;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const right = x + 14 + width <= innerWidth - 8;
    const left = right ? x + 14 : Math.max(8, x - 14 - width);
    // Never over the x label: it stays above the plot's foot where there is room.
    const middle = box.top + pad.top + (Number.isFinite(hover.rows[0].py) ? hover.rows[0].py : box.height / 2);
    const top = Math.max(
      8,
      Math.min(middle - height / 2, box.bottom - pad.bottom - height - 3, innerHeight - height - 8),
    );
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
  });
  const first = nearHair(hover) ?? hover.rows[0];
  const clips = frame?.clips.filter(({ px }) => Math.abs(px - (hover.hair ?? 0)) <= CLIP_REACH) ?? [];
  const severalTags = hover.rows.some((row) => row.tag !== hover.rows[0].tag);
  return createPortal(
    <div className={css.tip} ref={ref} role="presentation" data-tip>
      <div className={css.tipHead}>
        <b>
          {text.step} {fullStep(first.step)}
        </b>
        <span>
          {duration(first.relative)} · {clockTime(first.wall)}
        </span>
      </div>
      {inOrder(hover, shared).map((row) => (
        <Row
          key={`${row.run} ${row.tag}`}
          row={row}
          label={labelOf(row, shared)}
          tag={severalTags ? row.tag : ""}
          nearest={row === nearest(hover)}
        />
      ))}
      {clips.slice(0, 3).map((clip) => (
        <ClipRow key={`${clip.run} ${clip.top}`} clip={clip} label={shared.runs.get(clip.run)?.name ?? clip.run} />
      ))}
      <div className={css.tipFoot}>{footOf(hover, frame)}</div>
    </div>,
    document.body,
  );
}

const labelOf = (row: HoverRow, { runs, groupLabel }: PanelShared): string =>
  row.group === undefined ? (runs.get(row.run)?.name ?? row.run) : groupLabel(row.run);

/** The nearest by pixel, whatever the order. */
function nearest({ rows, y, hair }: PanelHover): HoverRow | undefined {
  if (y === undefined) return rows[0];
  const distance = (row: HoverRow) =>
    Number.isFinite(row.py) ? Math.hypot(row.px - (hair ?? 0), row.py - y) : Number.POSITIVE_INFINITY;
  return rows.reduce((best, row) => (distance(row) < distance(best) ? row : best), rows[0]);
}

function inOrder({ rows }: PanelHover, shared: PanelShared): HoverRow[] {
  if (shared.tip !== "name") return rows;
  return [...rows].sort((a, b) => labelOf(a, shared).localeCompare(labelOf(b, shared), "en", { numeric: true }));
}

function footOf(hover: PanelHover, frame: Frame | null): string {
  const { rows, total } = hover;
  const smoothed = rows.some((row) => row.smoothed !== row.value && !Number.isNaN(row.value));
  const what = rows.some((row) => row.group !== undefined)
    ? text.tipGroup
    : rows.some((row) => row.bucketed)
      ? text.tipRange
      : smoothed
        ? text.tipSmoothed
        : text.tipValue;
  const parts = [total > rows.length ? text.tipMore(total - rows.length) : "", what, text.tipHint];
  const mode = frame?.yMode === "lin" || frame === null ? "" : text.yMode[frame.yMode];
  return [...parts, mode].filter(Boolean).join(" · ");
}

interface RowProps {
  row: HoverRow;
  label: string;
  tag: string;
  nearest: boolean;
}

function Row({ row, label, tag, nearest }: RowProps) {
  return (
    <div className={nearest ? `${css.row} ${css.nearest}` : css.row}>
      <i style={{ background: row.color }} />
      <Name name={tag === "" ? label : `${label} · ${tagText(tag)}`} title={false} />
      <b>{shortValue(row.value)}</b>
      <span>{besides(row)}</span>
    </div>
  );
}

/** What stands beside the value: of a group its members and their deviation, of a column its ends, else the smoothed value. */
function besides(row: HoverRow): string {
  if (row.group !== undefined) return text.tipMembers(row.group.n, shortValue(row.group.sd));
  if (row.bucketed) return Number.isNaN(row.min) ? "" : `${shortValue(row.min)} – ${shortValue(row.max)}`;
  return row.smoothed !== row.value && !Number.isNaN(row.value) ? shortValue(row.smoothed) : "";
}

function ClipRow({ clip, label }: { clip: Clip; label: string }) {
  return (
    <div className={css.row}>
      <i style={{ background: clip.color }} />
      <bdi>{visible(label.slice(0, 80))}</bdi>
      <b>{shortValue(clip.value)}</b>
      <span>{text.tipClip(clip.top, fullStep(clip.step))}</span>
    </div>
  );
}
