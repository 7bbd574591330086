// The controls over the charts: they write the view, and the view is the address.

import { RotateCcw, SlidersHorizontal, SquareDashed } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { tagText } from "../api/tags";
import type { SmoothingKind, XAxis } from "../chart/protocol";
import { MAX_AMOUNT } from "../chart/smooth";
import controls from "../components/controls.module.css";
import { later, Once } from "../components/later";
import { icon } from "../components/Shell";
import { NO_SMOOTHING } from "../state/charts_view";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import { AXES } from "./chartActs";
import { usePanelShared } from "./context";
import css from "./ExperimentPage.module.css";

interface Props {
  view: View;
  set: SetView;
  /** What the x axis can be. */
  tags: readonly string[];
  /** What the panels have at its beginning and end. */
  start: ReactNode;
  end: ReactNode;
}

export function Toolbar({ view, set, tags, start, end }: Props) {
  return (
    <div className={css.toolbar} role="toolbar" aria-label={text.controls}>
      {start}
      <AxisControl view={view} set={set} tags={tags} />
      <span className={controls.sep} />
      <SmoothingControl view={view} set={set} />
      <span className={controls.sep} />
      <div className={controls.seg} role="group" aria-label={text.yScale}>
        {(["lin", "log", "symlog"] as const).map((y) => (
          <button key={y} type="button" aria-pressed={view.y === y} onClick={() => set({ y, c: null, yr: null })}>
            {text.yMode[y]}
          </button>
        ))}
      </div>
      <div className={controls.seg}>
        <button
          type="button"
          aria-pressed={view.outliers}
          title={text.outliersHint}
          onClick={() => set({ outliers: !view.outliers })}
        >
          {text.outliers}
        </button>
      </div>
      <Options view={view} set={set} />
      <Brush set={set} />
      {(view.xr !== null || view.yr !== null) && (
        <button type="button" className={controls.ghost} title="0" onClick={() => set({ xr: null, yr: null })}>
          <RotateCcw {...icon} size={14} />
          {text.resetZoom}
        </button>
      )}
      {end}
    </div>
  );
}

type ControlProps = Pick<Props, "view" | "set">;

function AxisControl({ view, set, tags }: ControlProps & { tags: readonly string[] }) {
  const choose = (x: XAxis) => set({ x, xTag: x === "metric" ? (tags[0] ?? null) : null, xr: null, at: [] });
  return (
    <>
      <select
        className={controls.select}
        aria-label={text.xAxis}
        value={view.x}
        onChange={(event) => choose(event.target.value as XAxis)}
      >
        {[...AXES, "metric" as const].map((axis) => (
          <option key={axis} value={axis} disabled={axis === "metric" && tags.length === 0}>
            {text.axis[axis]}
          </option>
        ))}
      </select>
      {view.x === "metric" && <AxisTag key={view.xTag} view={view} set={set} tags={tags} />}
      <div className={controls.seg}>
        <button type="button" aria-pressed={view.xl} title={text.logXHint} onClick={() => set({ xl: !view.xl })}>
          {text.logX}
        </button>
      </div>
    </>
  );
}

const OFFERED = 200; // tags in the list beside the field; the field takes any

function AxisTag({ view, set, tags }: ControlProps & { tags: readonly string[] }) {
  const [typed, setTyped] = useState(tagText(view.xTag ?? ""));
  const offered = tags.filter((tag) => tagText(tag).includes(typed)).slice(0, OFFERED);
  const take = (value: string) => {
    setTyped(value);
    const tag = tags.find((t) => tagText(t) === value);
    if (tag !== undefined) set({ xTag: tag, xr: null, at: [] });
  };
  return (
    <>
      <input
        className={`${controls.text} ${css.axisTag}`}
        list="axis-tags"
        aria-label={text.xTag}
        value={typed}
        spellCheck={false}
        onChange={(event) => take(event.target.value)}
      />
      <datalist id="axis-tags">
        {offered.map((tag) => (
          <option key={tag} value={tagText(tag)} />
        ))}
      </datalist>
    </>
  );
}

// Where the slider of each kind ends, its notch, and where a kind begins when it is chosen.
const SLIDER: Record<Exclude<SmoothingKind, "none">, { most: number; step: number; first: number }> = {
  twema: { most: 0.999, step: 0.001, first: 0.6 },
  ema: { most: 0.999, step: 0.001, first: 0.6 },
  gauss: { most: 10, step: 0.1, first: 2 },
  mean: { most: 501, step: 2, first: 9 },
};
const KINDS = ["none", "twema", "ema", "gauss", "mean"] as const satisfies readonly SmoothingKind[];

function SmoothingControl({ view, set }: ControlProps) {
  const { kind, amount } = view.sm;
  const slider = SLIDER[kind === "none" ? "twema" : kind];
  const least = kind === "mean" ? 1 : 0;
  const choose = (next: SmoothingKind) =>
    set({ sm: next === "none" ? NO_SMOOTHING : { kind: next, amount: SLIDER[next].first } });
  const slide = (value: number) => {
    const to = kind === "none" ? "twema" : kind;
    const amount = Math.min(value, MAX_AMOUNT[to]);
    set({ sm: amount <= least ? NO_SMOOTHING : { kind: to, amount } }, true);
  };
  return (
    <span className={controls.label}>
      <select
        className={controls.select}
        aria-label={text.smoothingKind}
        value={kind}
        onChange={(event) => choose(event.target.value as SmoothingKind)}
      >
        {KINDS.map((k) => (
          <option key={k} value={k} title={text.smoothingHints[k]}>
            {text.smoothings[k]}
          </option>
        ))}
      </select>
      <input
        className={controls.range}
        type="range"
        aria-label={text.smoothing}
        min={least}
        max={slider.most}
        step={slider.step}
        value={amount}
        style={{ "--f": `${((amount - least) / (slider.most - least)) * 100}%` } as React.CSSProperties}
        onChange={(event) => slide(Number(event.target.value))}
      />
      <output>{text.smoothingAmount(kind, amount)}</output>
    </span>
  );
}

const BrushMenu = later(() => import("./BrushMenu").then((m) => m.BrushMenu));

/** That a drag brushes, and what can be done with a brushed box. */
function Brush({ set }: Pick<Props, "set">) {
  const { box, brushing, brush } = usePanelShared();
  return (
    <>
      {brushing && (
        <button type="button" className={controls.ghost} aria-pressed={true} title="v" onClick={() => brush(false)}>
          <SquareDashed {...icon} size={14} />
          {text.brushing}
        </button>
      )}
      <Once when={box !== null}>{box !== null && <BrushMenu box={box} set={set} />}</Once>
    </>
  );
}

const ChartOptions = later(() => import("./ChartOptions").then((m) => m.ChartOptions));

/** What is needed less often; its program comes when it is asked for. */
function Options(props: ControlProps) {
  const [asked, setAsked] = useState(false);
  const closed = (
    <button
      type="button"
      className={controls.square}
      aria-label={text.chartOptions}
      title={text.chartOptions}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <SlidersHorizontal {...icon} />
    </button>
  );
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <ChartOptions {...props} />
    </Suspense>
  );
}
