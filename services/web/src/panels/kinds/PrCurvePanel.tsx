// Precision over recall of the drawn runs at the step of the view.

import { useMemo } from "react";
import { tagText } from "../../api/tags";
import { exactValue, shortValue } from "../../chart/format";
import { visible } from "../../components/Name";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { Switch, TableButton } from "./KindBar";
import { KindShell } from "./KindShell";
import type { TableContent } from "./KindTable";
import { setKind } from "./own";
import { Plot, type Pointed } from "./Plot";
import css from "./Plot.module.css";
import { averagePrecision, countThresholds, isPlaced, pointAt, readCurve } from "./pr/curve";
import { curveDrawing, type DrawnCurve } from "./pr/drawing";
import { Threshold, ThresholdSlider } from "./pr/Threshold";
import { colorOf, nameOf, useRunWords } from "./runs";
import { useValues, type Values } from "./useValues";
import { failures, pointText } from "./words";

export function PrCurvePanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  const chosen = new Map(shared.panelSet(id)).get("th");
  const threshold = chosen === undefined ? null : Number(chosen);
  const { curves, damaged, count } = useCurves(values, shared, threshold);
  const { palette } = shared;
  const draw = useMemo(
    () => (width: number, height: number) => curveDrawing(curves, palette, width, height),
    [curves, palette],
  );
  const title = visible(tagText(tag).slice(0, 200)) || text.empty;
  const unplaced = curves.reduce((sum, { points }) => sum + points.filter((point) => !isPlaced(point)).length, 0);
  const notes = [
    unplaced > 0 ? text.prCurve.unplaced(unplaced) : "",
    damaged > 0 && curves.length > 0 ? text.kinds.damagedValues(damaged) : "",
    ...failures(values.items),
  ].filter(Boolean);
  const pick = ({ run }: Pointed) => {
    if (run !== undefined) shared.focusRun(run);
  };
  const bar = (
    <>
      <Averages curves={curves} />
      <Switch
        id={id}
        word={text.prCurve.look}
        label={text.prCurve.lookTitle}
        on={threshold !== null}
        onSwitch={(on) => setKind(shared, id, "th", on ? "0.5" : null)}
      />
      {threshold !== null && <ThresholdSlider {...{ id, shared, threshold, count }} />}
      <TableButton id={id} title={title} content={() => tableOf(curves)} />
    </>
  );
  const plot = (
    <Plot
      label={text.prCurve.label(title, curves.length)}
      background={palette.panel}
      draw={draw}
      notes={notes}
      onPick={pick}
      onRun={shared.hoverRun}
    />
  );
  return (
    <KindShell id={id} values={values} shared={shared} bar={bar}>
      {curves.every(({ points }) => points.length === 0) ? (
        <p className={css.none}>{sentenceOf(values, damaged)}</p>
      ) : threshold === null ? (
        plot
      ) : (
        <Threshold {...{ id, tag, kind, shared, values, threshold, count }}>{plot}</Threshold>
      )}
    </KindShell>
  );
}

const MOST_AVERAGES = 8; // of runs in the line above; the table has all

function Averages({ curves }: { curves: readonly DrawnCurve[] }) {
  if (curves.length === 0) return null;
  return (
    <span className={css.words} title={text.prCurve.averagesTitle}>
      {text.prCurve.averages}
      {curves.slice(0, MOST_AVERAGES).map(({ run, name, color, points }) => (
        <span key={run} title={visible(name.slice(0, 200))}>
          <i style={{ background: color }} />
          {shortValue(averagePrecision(points) ?? Number.NaN)}
        </span>
      ))}
      {curves.length > MOST_AVERAGES && "…"}
    </span>
  );
}

function sentenceOf({ items }: Values, damaged: number): string {
  const problem = items.find((item) => item.problem !== null)?.problem;
  if (problem != null) return problem.detail || problem.title;
  return damaged > 0 ? text.kinds.damaged : text.prCurve.nothing;
}

function useCurves({ items, place, steps }: Values, shared: KindPanelProps["shared"], threshold: number | null) {
  const { focus } = shared;
  const words = useRunWords(shared);
  return useMemo(() => {
    const curves: DrawnCurve[] = [];
    let damaged = 0;
    let count = 0;
    for (const { run, point } of items) {
      if (point === null) continue;
      const points = readCurve(point.value);
      if (points === null) damaged++;
      else {
        const name = `${nameOf(run, words)} · ${pointText(point, place, steps.get(run))}`;
        count = Math.max(count, countThresholds(point.value));
        const mark = threshold === null ? null : pointAt(point.value, threshold);
        const dash = words.looks.get(run)?.dash ?? 0;
        curves.push({ run, points, name, color: colorOf(run, words), dash, strong: run === focus, mark });
      }
    }
    return { curves, damaged, count };
  }, [items, place, steps, words, focus, threshold]);
}

const tableOf = (curves: readonly DrawnCurve[]): TableContent => ({
  head: [text.runKey.name, ...text.prCurve.head],
  rows: curves.flatMap(({ name, points }) => {
    const average = averagePrecision(points);
    return points.map(({ threshold, precision, recall, tp, fp, tn, fn }) => [
      name,
      ...[threshold, precision, recall, tp, fp, tn, fn].map(exactValue),
      average === null ? "" : exactValue(average),
    ]);
  }),
});
