// One panel: head with its name, the value under the crosshair and acts; what it shows; what is approximate in a word.

import { Ellipsis, Expand, Pin, PinOff, Shrink, Table2 } from "lucide-react";
import { memo, type ReactNode, Suspense, useRef, useState } from "react";
import { tagText } from "../api/tags";
import { clockTime, duration, fullStep, shortValue, timeOfDay } from "../chart/format";
import type { Extreme, Frame, HoverRow } from "../chart/protocol";
import controls from "../components/controls.module.css";
import { later } from "../components/later";
import { Name, visible } from "../components/Name";
import { Boundary } from "../components/Problem";
import { icon } from "../components/Shell";
import { type Drop, startPanelDrag, startResize } from "../panels/drag";
import { movePanel, overlay, setOverride, toggleFull } from "../panels/edit";
import { KindPanel } from "../panels/KindPanel";
import { useRoving } from "../panels/roving";
import { isLines } from "../panels/shared";
import { handTitle } from "../panels/titles";
import { useSettled } from "../settled";
import { formatId, isKind, tagOf } from "../state/panel_ids";
import { MAX_HEIGHT, MIN_HEIGHT, type Override } from "../state/panels_view";
import { text } from "../text";
import { type PanelShared, usePanelShared } from "./context";
import { Export } from "./export/Export";
import css from "./Panel.module.css";
import { Notes, PinWords } from "./PanelWords";
import { Tip } from "./Tip";
import { type Plot, type Plotted, usePlot } from "./usePlot";

const OtherPanel = later(() => import("../panels/later/OtherPanel").then((m) => m.OtherPanel));
const SymlogHandle = later(() => import("./later/SymlogHandle").then((m) => m.SymlogHandle));
const EndLabels = later(() => import("./later/EndLabels").then((m) => m.EndLabels));
const PanelMenu = later(() => import("../panels/later/PanelMenu").then((m) => m.PanelMenu));

interface Props {
  id: string;
  /** Nearer to the top comes first. */
  order: number;
  /** Columns that the grid has here, and how many of them this panel takes. */
  columns: number;
  width: number;
  /** Without acts: a preview. */
  bare?: boolean;
}

export const Panel = memo(function Panel(props: Props) {
  return (
    <Boundary>
      <PanelBody {...props} />
    </Boundary>
  );
});

function PanelBody(props: Props) {
  const shared = usePanelShared();
  const hand = shared.hand.get(props.id);
  if (isKind(props.id)) {
    return (
      <PanelFrame {...props} label={visible(titleOf(props.id, shared).slice(0, 200))}>
        <KindPanel id={props.id} shared={shared} />
      </PanelFrame>
    );
  }
  if (hand === undefined || hand.kind === "lines") return <ChartPanel {...props} shared={shared} />;
  return (
    <PanelFrame {...props} label={visible(handTitle(hand).slice(0, 200))}>
      <Suspense fallback={<div className={css.plot} />}>
        <OtherPanel panel={hand} shared={shared} />
      </Suspense>
    </PanelFrame>
  );
}

interface BesideProps {
  id: string;
  frame: Frame;
  host: React.RefObject<HTMLDivElement | null>;
  shared: PanelShared;
}

interface BodyProps extends Props {
  shared: PanelShared;
}

function ChartPanel({ id, order, shared, ...place }: BodyProps) {
  const host = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlayCanvas = useRef<HTMLCanvasElement>(null);
  const plotted = plottedOf(id, shared);
  const plot = usePlot(shared, plotted, order, host, base, overlayCanvas);
  return (
    <PanelFrame
      id={id}
      {...place}
      label={sentence(titleOf(id, shared), plot.frame, shared)}
      notes={
        <>
          <Notes frame={plot.frame} zoomed={shared.zoomed} />
          <HeadValue plot={plot} shared={shared} />
        </>
      }
    >
      <div className={css.plot} ref={host}>
        <canvas ref={base} />
        <canvas ref={overlayCanvas} />
        <Foot plot={plot} shared={shared} chosen={plotted.tags.length > 0} />
        <Beside id={id} frame={plot.frame} host={host} shared={shared} />
      </div>
      {plot.owner && plot.hover !== null && plot.hover.rows.length > 0 && (
        <Tip hover={plot.hover} host={host} frame={plot.frame} />
      )}
    </PanelFrame>
  );
}

/** What stands on the plot to be used: at the axis, and in full screen at the ends of lines. */
function Beside({ frame, ...props }: Omit<BesideProps, "frame"> & { frame: Frame | null }) {
  if (frame === null || frame.series === 0) return null;
  const symlog = frame.yMode === "symlog" && frame.yTicks.length > 0;
  return (
    <Suspense fallback={null}>
      {symlog && <SymlogHandle frame={frame} {...props} />}
      {frame.ends !== null && <EndLabels frame={frame} shared={props.shared} />}
    </Suspense>
  );
}

/** What the chart draws: the tag, or what was chosen by hand; and what it has otherwise than the view. */
function plottedOf(id: string, shared: PanelShared): Plotted {
  const hand = shared.hand.get(id);
  return {
    id,
    tags: hand === undefined ? [id] : shared.tagsOf(hand),
    overrides: shared.lookOf(id, hand),
    named: shared.full === id,
  };
}

const titleOf = (id: string, shared: PanelShared) => {
  const hand = shared.hand.get(id);
  return hand === undefined ? tagText(tagOf(id)) : handTitle(hand);
};

interface FrameProps extends Omit<Props, "order"> {
  label: string;
  notes?: ReactNode;
  children: ReactNode;
}

/** The card of a panel of any kind. */
export function PanelFrame({ id, columns, width, bare = false, label, notes, children }: FrameProps) {
  const shared = usePanelShared();
  const withActs = useSettled() && !bare;
  const card = useRef<HTMLElement>(null);
  const tabbable = useRoving(bare ? null : id, card);
  const hand = shared.hand.get(id);
  const title = titleOf(id, shared);
  const slash = hand === undefined ? title.lastIndexOf("/") + 1 : 0;
  return (
    <figure
      ref={card}
      tabIndex={bare ? undefined : tabbable ? 0 : -1}
      className={css.card}
      aria-label={label}
      data-panel={id.length < 200 ? (isKind(id) ? formatId(id) : id) : undefined}
      data-cell={id}
      onPointerOver={() => shared.pointed(id, null)}
      onPointerLeave={() => shared.pointed(null, null)}
    >
      <header
        className={css.head}
        onPointerDown={(event) =>
          startPanelDrag(event, {
            id,
            label: visible(title.slice(0, 80)) || text.empty,
            takes: (target) => isLines(id, hand) && isLines(target, shared.hand.get(target)),
            drop: (drop) => dropPanel(shared, id, drop),
          })
        }
      >
        <h3>
          <Name name={title} dimTo={slash} />
        </h3>
        {Object.keys(shared.overridesOf(id)).length > 0 && (
          <i className={css.dot} title={text.hasOwnSettings} role="img" aria-label={text.hasOwnSettings} />
        )}
        {notes}
        {withActs && <Acts id={id} columns={columns} width={width} shared={shared} />}
      </header>
      {children}
      {withActs && shared.full !== id && <Corner id={id} columns={columns} width={width} card={card} shared={shared} />}
    </figure>
  );
}

function dropPanel(shared: PanelShared, id: string, { id: target, where }: Drop): void {
  shared.edit((view) =>
    where === "onto" ? (overlay(view, id, target) ?? {}) : movePanel(view, id, target, where === "after"),
  );
}

interface ActsProps {
  id: string;
  columns: number;
  width: number;
  shared: PanelShared;
}

/** Of each picture only words change, never these. */
const Acts = memo(function Acts({ id, columns, width, shared }: ActsProps) {
  const pinned = shared.pinned.has(id);
  const full = shared.full === id;
  const [asked, setAsked] = useState(false);
  const lines = isLines(id, shared.hand.get(id));
  const log = shared.overridesOf(id).y?.startsWith("log") ?? shared.logScale;
  const setLog = () => shared.edit((view) => ({ panels: setOverride(view.panels, id, "y", log ? "lin" : "log") }));
  const more = (
    <button
      type="button"
      className={controls.small}
      aria-label={text.panelActs}
      title={text.panelActs}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <Ellipsis {...icon} size={14} />
    </button>
  );
  return (
    <span className={full ? `${css.acts} ${css.actsShown}` : css.acts}>
      {lines && (
        <button
          type="button"
          className={`${controls.small} ${css.word} ${log ? controls.on : ""}`}
          aria-pressed={log}
          aria-label={text.logPanel}
          title={text.logPanel}
          onClick={setLog}
        >
          log
        </button>
      )}
      <Act label={pinned ? text.unpin : text.pin} onClick={() => shared.togglePin(id)}>
        {pinned ? <PinOff {...icon} size={14} /> : <Pin {...icon} size={14} />}
      </Act>
      {lines && (
        <Act label={text.showTable} onClick={() => shared.openTable(id)}>
          <Table2 {...icon} size={14} />
        </Act>
      )}
      {lines && <Export panel={id} title={titleOf(id, shared)} />}
      <Act label={full ? text.leaveFull : text.fullScreen} onClick={() => shared.edit((view) => toggleFull(view, id))}>
        {full ? <Shrink {...icon} size={14} /> : <Expand {...icon} size={14} />}
      </Act>
      {asked ? (
        <Suspense fallback={more}>
          <PanelMenu id={id} columns={columns} width={width} shared={shared} />
        </Suspense>
      ) : (
        more
      )}
    </span>
  );
});

function Act({ label, onClick, children }: { label: string; onClick(): void; children: ReactNode }) {
  return (
    <button type="button" className={controls.small} aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}

const GAP = 8; // CSS pixels between cards, as in the grid

/** The corner by which a panel is made wider or higher; the menu does the same by keyboard. */
function Corner({ id, columns, width, card, shared }: ActsProps & { card: React.RefObject<HTMLElement | null> }) {
  return (
    <span
      className={css.corner}
      aria-hidden="true"
      title={text.resize}
      onPointerDown={(event) => {
        const box = card.current?.getBoundingClientRect();
        if (box === undefined) return;
        const column = (box.width + GAP) / width;
        let before: Override[] | null = null;
        startResize(event, (dx, dy, done) => {
          const w = Math.min(columns, Math.max(1, Math.round((box.width + dx + GAP) / column)));
          const h = Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, Math.round((box.height + dy) / 4) * 4));
          shared.edit((view) => {
            before ??= view.panels;
            if (dx === 0 && dy === 0) return { panels: before };
            const wide = setOverride(before, id, "w", w === 1 ? null : String(w));
            return { panels: Math.abs(dy) < 4 ? wide : setOverride(wide, id, "h", String(h)) };
          }, !done);
        });
      }}
    />
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

function Foot({ plot, shared, chosen }: { plot: Plot; shared: PanelShared; chosen: boolean }) {
  const { frame, problem } = plot;
  return (
    <>
      {(frame === null || (frame.series === 0 && frame.loading)) && problem === null && (
        <span className={`${controls.skeleton} ${css.skeleton}`} />
      )}
      {frame !== null && frame.series === 0 && !frame.loading && problem === null && (
        <p className={css.none}>{chosen ? (shared.noneDrawn ? text.noneDrawn : text.noData) : text.noTagsChosen}</p>
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
      <PinWords frame={frame} focus={shared.focus} />
      {frame !== null && frame.newSteps > 0n && <p className={css.news}>{text.newSteps(fullStep(frame.newSteps))}</p>}
      {problem !== null && (
        <p className={css.failed} role="status">
          {frame !== null && frame.series > 0
            ? text.asOf(timeOfDay(plot.asOf / 1000, Date.now()), problem.title || text.unreachable)
            : `${problem.title || text.unreachable}${problem.detail ? `. ${problem.detail}` : ""}`}
        </p>
      )}
    </>
  );
}

function sentence(title: string, frame: Frame | null, shared: PanelShared): string {
  const name = title === "" ? text.empty : visible(title.slice(0, 200));
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
