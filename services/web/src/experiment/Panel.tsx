// One chart: head with tag, value and acts; plot; what is approximate in a word.

import { Pin, PinOff, Table2 } from "lucide-react";
import { memo, useRef } from "react";
import { tagText } from "../api/tags";
import { clockTime, duration, fullStep, shortValue } from "../chart/format";
import type { Extreme, Frame, HoverRow } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { Name, visible } from "../components/Name";
import { Boundary } from "../components/Problem";
import { icon } from "../components/Shell";
import { text } from "../text";
import { type PanelShared, usePanelShared } from "./context";
import css from "./Panel.module.css";
import { Tip } from "./Tip";
import { type Plot, usePlot } from "./usePlot";

export const Panel = memo(function Panel({ tag, order }: { tag: string; order: number }) {
  return (
    <Boundary>
      <PanelBody tag={tag} order={order} />
    </Boundary>
  );
});

function PanelBody({ tag, order }: { tag: string; order: number }) {
  const shared = usePanelShared();
  const host = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const plot = usePlot(shared, { id: tag, tags: [tag] }, order, host, base, overlay);
  const shown = tagText(tag);
  const slash = shown.lastIndexOf("/") + 1;
  const pinned = shared.pinned.has(tag);
  return (
    <figure
      className={css.card}
      aria-label={sentence(tag, plot.frame, shared)}
      data-panel={tag.length < 200 ? tag : undefined}
    >
      <header className={css.head}>
        <h3>
          <Name name={shown} dimTo={slash} />
        </h3>
        <Notes frame={plot.frame} />
        <HeadValue plot={plot} shared={shared} />
        <span className={css.acts}>
          <button
            type="button"
            className={controls.small}
            aria-label={pinned ? text.unpin : text.pin}
            title={pinned ? text.unpin : text.pin}
            onClick={() => shared.togglePin(tag)}
          >
            {pinned ? <PinOff {...icon} size={14} /> : <Pin {...icon} size={14} />}
          </button>
          <button
            type="button"
            className={controls.small}
            aria-label={text.showTable}
            title={text.showTable}
            onClick={() => shared.openTable(tag)}
          >
            <Table2 {...icon} size={14} />
          </button>
        </span>
      </header>
      <div className={css.plot} ref={host}>
        <canvas ref={base} />
        <canvas ref={overlay} />
        <Foot plot={plot} shared={shared} />
      </div>
      {plot.owner && plot.hover !== null && plot.hover.rows.length > 0 && (
        <Tip hover={plot.hover} host={host} frame={plot.frame} />
      )}
    </figure>
  );
}

function Notes({ frame }: { frame: Frame | null }) {
  if (frame === null || frame.series === 0) return null;
  return (
    <span className={css.notes}>
      {frame.smoothingApproximate && <span title={text.smoothingApproxHint}>{text.smoothingApprox}</span>}
      {frame.clipped && <span>{text.outliersClipped}</span>}
      {frame.unplaced > 0 && <span title={text.unplacedHint}>{text.unplaced(frame.unplaced)}</span>}
      {frame.truncated && <span>{text.truncated}</span>}
      {frame.damaged && (
        <span className={css.bad} title={text.damagedHint}>
          {text.damaged}
        </span>
      )}
      {frame.nonFinite > 0 && <span className={css.bad}>{text.nonFinite(frame.nonFinite)}</span>}
    </span>
  );
}

/** The focused run's value at the crosshair, else the nearest one's. */
function HeadValue({ plot, shared }: { plot: Plot; shared: PanelShared }) {
  const rows = (plot.hover ?? plot.frame?.pins[0])?.rows ?? [];
  const row: HoverRow | undefined = rows.find((r) => r.run === shared.focus) ?? rows[0];
  if (row === undefined) return null;
  return (
    <span className={css.value}>
      <i style={{ background: row.color }} />
      {shortValue(row.value)}
    </span>
  );
}

function Foot({ plot, shared }: { plot: Plot; shared: PanelShared }) {
  const { frame, problem } = plot;
  return (
    <>
      {(frame === null || (frame.series === 0 && frame.loading)) && problem === null && (
        <span className={`${controls.skeleton} ${css.skeleton}`} />
      )}
      {frame !== null && frame.series === 0 && !frame.loading && problem === null && (
        <p className={css.none}>{shared.noneDrawn ? text.noneDrawn : text.noData}</p>
      )}
      {frame !== null && frame.series > 0 && frame.yTicks.length === 0 && frame.nonPositive === 0 && (
        <p className={css.void}>{text.nothingInView(frame.marks.length > 0)}</p>
      )}
      {frame?.yMode === "log" && frame.nonPositive > 0 && (
        <p className={frame.highest === null ? css.none : css.foot}>
          {frame.highest === null
            ? text.nothingPositive
            : text.nonPositive(frame.nonPositive, frame.nonPositiveAtLeast)}
        </p>
      )}
      {frame !== null && frame.newSteps > 0n && <p className={css.news}>{text.newSteps(fullStep(frame.newSteps))}</p>}
      {problem !== null && (
        <p className={css.failed} role="status">
          {frame !== null && frame.series > 0
            ? text.asOf(clockTime(plot.asOf / 1000), problem.title || text.unreachable)
            : `${problem.title || text.unreachable}${problem.detail ? `. ${problem.detail}` : ""}`}
        </p>
      )}
    </>
  );
}

function sentence(tag: string, frame: Frame | null, shared: PanelShared): string {
  const name = tag === "" ? text.empty : visible(tagText(tag).slice(0, 200));
  if (frame === null || frame.series === 0) return text.figureEmpty(name);
  const say = (e: Extreme | null) =>
    e === null
      ? ""
      : text.extreme(shortValue(e.value), fullStep(e.step), shared.runs.get(e.run)?.name.slice(0, 100) ?? e.run);
  const [from, to] = frame.x.map((x) => {
    if (frame.axis === "step") return fullStep(frame.base + BigInt(Math.round(x)));
    if (frame.axis === "metric") return shortValue(x);
    return frame.axis === "wall" ? clockTime(x) : duration(x);
  });
  return text.figure(name, frame.series, from, to, say(frame.lowest), say(frame.highest));
}
