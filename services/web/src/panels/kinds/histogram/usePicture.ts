// What a panel of histograms shows in one of its forms: of all drawn runs at the step of the view, or of one run over its
// steps; and what is to be said about it.

import { useMemo } from "react";
import type { ValueItem } from "../../../api/values";
import type { PanelShared } from "../../../experiment/context";
import { n, text } from "../../../text";
import type { Pointed } from "../Plot";
import { type AxisKind, axisOf, placesOf } from "../point_axis";
import type { Stop } from "../rail";
import { colorOf, nameOf, useRunWords } from "../runs";
import { useSpread } from "../useSpread";
import { isAxisOfValues, type Values } from "../useValues";
import { failures, pointText } from "../words";
import { bandDrawing, heatDrawing, type Layer, overlayDrawing, ridgeDrawing, type Strand } from "./drawing";
import type { Look } from "./picture";
import { EQUAL_BINS } from "./rebin";
import { pointsWanted, type Shots, shotOf, shotsOf } from "./shots";

export const FORMS = ["overlay", "ridge", "heat", "bands"] as const;
export type Form = (typeof FORMS)[number];

export interface Settings {
  form: Form;
  /** Which run forms of one run show, if it is drawn; else they show the first. */
  run: string | undefined;
  log: boolean;
  rebinned: boolean;
  /** What ridges are apart by; null: nothing, they stand evenly. */
  by: AxisKind | null;
  /** The axes of an overlay stay the same over the steps. */
  fixed: boolean;
}

interface Wanted extends Settings {
  tag: string;
  kind: string;
  shared: PanelShared;
  values: Values;
}

/** Steps and runs that axes are kept the same over. */
export const FIXED_POINTS = 12;
const FIXED_RUNS = 24;

export const subjectOf = ({ items }: Values, wanted: string | undefined): ValueItem | undefined =>
  items.find(({ run }) => run === wanted) ?? items[0];

export function usePicture({ form, run, log, rebinned, by, fixed, tag, kind, shared, values }: Wanted) {
  const { items } = values;
  const axis = axisOf(values.place);
  const subject = subjectOf(values, run);
  const overlay = form === "overlay";
  const along = by ?? axis;
  const layers = useLayers(items, values, shared, axis);
  const runs = overlay ? (fixed ? items.slice(0, FIXED_RUNS) : []) : items.filter((item) => item === subject);
  const over = useSpread({
    kind,
    tag,
    runs: runs.map(({ run }) => run),
    points: overlay ? FIXED_POINTS : pointsWanted(layers.most),
    numbers: 3 * layers.most,
    x: along === "rel" ? "relative" : along,
  });
  const found = over.data;
  const spread = useMemo(
    () => (found ?? []).map(({ run, points, count }) => ({ ...shotsOf(points, along), run, count })),
    [found, along],
  );
  const strand = useStrand(overlay ? undefined : spread[0], values, shared);
  const look = useMemo<Look>(
    () => ({ log, rebinned, beside: overlay && fixed ? spread.flatMap(({ shots }) => shots) : [] }),
    [log, rebinned, overlay, fixed, spread],
  );
  const { palette } = shared;
  const draw = useMemo(() => {
    return (width: number, height: number, dpr: number) => {
      const canvas = { width, height, dpr, look, palette };
      if (form === "overlay") return overlayDrawing(layers.layers, text.histogram.share, canvas);
      if (form === "ridge") return ridgeDrawing(strand, by, canvas);
      return form === "heat" ? heatDrawing(strand, axis, canvas) : bandDrawing(strand, axis, canvas);
    };
  }, [form, layers, strand, axis, by, look, palette]);
  const shown = overlay ? { shots: layers.layers.map(({ shot }) => shot), damaged: layers.damaged } : strand;
  const pick = ({ part }: Pointed) => {
    if (part === null) return;
    const to = stopOf(strand.shots, part, axis);
    shared.edit((view) => ({ at: [to, ...view.at.slice(1)] }));
  };
  return {
    draw,
    /** A click on a histogram of one run over its steps is the step of the view. */
    pick: overlay || !isAxisOfValues(shared.viewCharts.x) ? undefined : pick,
    notes: [
      ...(overlay ? [text.histogram.density] : stepNotes(strand, spread[0]?.count ?? 0, by)),
      ...(rebinned ? [text.histogram.rebinned(EQUAL_BINS)] : []),
      ...oddities(shown),
      ...failures(overlay ? items : []),
    ],
    layers: layers.layers,
    strand,
    loading: !overlay && over.data === undefined && over.error === null,
    /** Instead of the picture. */
    sentence: sentenceOf(shown, over.error, overlay ? items : subject === undefined ? [] : [subject]),
  };
}

function stopOf(shots: Shots["shots"], part: number, axis: AxisKind): Stop {
  const { step, wall } = shots[part];
  return axis === "step" ? step : axis === "wall" ? wall : wall - shots[0].wall;
}

function stepNotes({ shots, damaged }: Shots, count: number, by: AxisKind | null): string[] {
  const shown = shots.length + damaged;
  return [
    count > shown ? text.kinds.someSteps(n(shown), n(count)) : "",
    by !== null && shots.length > 1 && placesOf(shots, by) === null ? text.histogram.noPlaces : "",
  ].filter(Boolean);
}

/** What of the logged values cannot be seen. */
function oddities({ shots, damaged }: Shots): string[] {
  const sum = (of: "undrawn" | "endless") => shots.reduce((all, { bins }) => all + bins[of], 0);
  const [undrawn, endless] = [sum("undrawn"), sum("endless")];
  return [
    undrawn > 0 ? text.histogram.undrawn(undrawn) : "",
    endless > 0 ? text.histogram.endless(endless) : "",
    damaged > 0 ? text.kinds.damagedValues(damaged) : "",
  ].filter(Boolean);
}

function sentenceOf({ shots, damaged }: Shots, error: Error | null, items: readonly ValueItem[]) {
  if (shots.some(({ bins }) => bins.share.length > 0)) return null;
  const problem = items.find((item) => item.problem !== null)?.problem;
  if (problem != null) return problem.detail || problem.title;
  if (error !== null && shots.length === 0) return error.message || text.unreachable;
  if (damaged > 0 && shots.length === 0) return text.kinds.damaged;
  return shots.some(({ bins }) => bins.undrawn > 0) ? text.histogram.nothingDrawn : text.histogram.nothing;
}

function useLayers(items: readonly ValueItem[], values: Values, shared: PanelShared, axis: AxisKind) {
  const { place, steps } = values;
  const { focus } = shared;
  const words = useRunWords(shared);
  return useMemo(() => {
    const layers: Layer[] = [];
    let damaged = 0;
    let most = 0;
    for (const { run, point } of items) {
      if (point === null) continue;
      const shot = shotOf(point, axis, steps.get(run)?.wall[0] ?? point.wall);
      if (shot === null) damaged++;
      else {
        most = Math.max(most, shot.logged.count.length);
        const name = `${nameOf(run, words)} · ${pointText(point, place, steps.get(run))}`;
        layers.push({ shot, name, color: colorOf(run, words), strong: run === focus });
      }
    }
    return { layers, damaged, most };
  }, [items, place, steps, words, focus, axis]);
}

const NO_SHOTS = { shots: [], damaged: 0, run: "" };

/** While another run's are on their way, they are those of the run before, and in its colour. */
function useStrand(
  found: Shots & { run: string } = NO_SHOTS,
  { place, items }: Values,
  shared: PanelShared,
): Strand & Shots {
  const color = colorOf(found.run, shared);
  const point = items.find(({ run }) => run === found.run)?.point;
  const step = place.at === null ? null : (point?.step ?? null);
  return useMemo(() => ({ ...found, color, mark: nearestTo(found.shots, step) }), [found, color, step]);
}

const far = (a: bigint, b: bigint) => (a < b ? b - a : a - b);

function nearestTo(shots: Shots["shots"], step: bigint | null): number | null {
  if (step === null || shots.length === 0) return null;
  return shots.reduce((best, shot, i) => (far(shot.step, step) < far(shots[best].step, step) ? i : best), 0);
}
