// PR curves at one threshold: a slider for it in the panel's bar, what each run has there, and its course over the steps.

import { type KeyboardEvent, type ReactNode, useMemo } from "react";
import { exactValue, shortValue } from "../../../chart/format";
import controls from "../../../components/controls.module.css";
import { n, text } from "../../../text";
import type { KindPanelProps } from "../../KindPanel";
import { useTabbable } from "../../roving";
import { Choice } from "../KindBar";
import { setKind } from "../own";
import { Plot, type Pointed } from "../Plot";
import { axisOf } from "../point_axis";
import { colorOf, nameOf, RunName, useRunWords } from "../runs";
import { useSpread } from "../useSpread";
import { isAxisOfValues, RAIL_RUNS, type Values } from "../useValues";
import { type Course, courseDrawing } from "./course";
import { MEASURES, type Measure, measureOf, pointAt } from "./curve";
import css from "./Threshold.module.css";

interface ThresholdProps extends KindPanelProps {
  values: Values;
  threshold: number;
  /** How many thresholds the longest curve has. */
  count: number;
}

/** `children`: the curves. */
export function Threshold({ children, ...props }: ThresholdProps & { children: ReactNode }) {
  return (
    <div className={css.both}>
      <div className={css.split}>
        <div className={css.curves}>{children}</div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
        <section className={css.threshold} tabIndex={0} aria-label={text.prCurve.region}>
          <Readings {...props} />
          <OverSteps {...props} />
        </section>
      </div>
    </div>
  );
}

const DIGITS = 6; // of a threshold in the address

export function ThresholdSlider({ id, shared, threshold, count }: Omit<ThresholdProps, "tag" | "kind" | "values">) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const last = Math.max(1, count - 1);
  const place = Math.round(threshold * last);
  const words = text.prCurve.threshold(shortValue(place / last));
  return (
    <label className={css.slider}>
      <input
        type="range"
        className={controls.range}
        aria-label={text.prCurve.slider}
        aria-valuetext={words}
        tabIndex={tabIndex}
        min={0}
        max={last}
        step={1}
        value={place}
        style={{ "--f": `${(place / last) * 100}%` } as React.CSSProperties}
        onKeyDown={keepArrows}
        onChange={(event) => {
          const next = Number((Number(event.target.value) / last).toFixed(DIGITS));
          setKind(shared, id, "th", String(next), true);
        }}
      />
      <output title={exactValue(place / last)}>{words}</output>
    </label>
  );
}

/** They are the slider's, not the panel's. */
function keepArrows(event: KeyboardEvent): void {
  if (/^(Arrow|Page|Home$|End$)/.test(event.key)) event.stopPropagation();
}

function Readings({ id, shared, values, threshold }: ThresholdProps) {
  const readings = useMemo(
    () =>
      values.items.flatMap(({ run, point }) => {
        const found = point === null ? null : pointAt(point.value, threshold);
        return found === null ? [] : [{ run, found }];
      }),
    [values.items, threshold],
  );
  const left = readings.length - RAIL_RUNS;
  return (
    <div className={css.readings}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.runKey.name}</th>
            {text.prCurve.readingHead.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {readings.slice(0, RAIL_RUNS).map(({ run, found }) => (
            <tr key={run}>
              <th scope="row">
                <RunName id={id} run={run} shared={shared} />
              </th>
              {MEASURES.map((measure) => (
                <Rate key={measure} value={measureOf(found, measure)} />
              ))}
              {COUNTS.map((of) => (
                <td key={of}>{exactValue(found[of])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p>{text.kinds.moreRows(n(left))}</p>}
    </div>
  );
}

const COUNTS = ["tp", "fp", "tn", "fn"] as const;

const Rate = ({ value }: { value: number }) => (
  <td title={exactValue(value)}>{Number.isNaN(value) ? text.none : value.toFixed(3)}</td>
);

const MEASURE_NAMES = MEASURES.map((measure) => [measure, text.prCurve.measures[measure]] as const);

function OverSteps(props: ThresholdProps) {
  const { id, shared, values, threshold } = props;
  const chosen = new Map(shared.panelSet(id)).get("of");
  const measure = MEASURES.find((known) => known === chosen) ?? "precision";
  const { courses, notes } = useCourses(props, measure);
  const { palette } = shared;
  const axis = axisOf(values.place);
  const mark = values.place.at;
  const draw = useMemo(
    () => (width: number, height: number) => courseDrawing(courses, axis, mark, palette, width, height),
    [courses, axis, mark, palette],
  );
  const pick = ({ stop }: Pointed) => {
    if (stop !== undefined) shared.edit((view) => ({ at: [stop, ...view.at.slice(1)] }));
  };
  return (
    <div className={css.course}>
      <header>
        <Choice
          id={id}
          label={text.prCurve.measure}
          value={measure}
          options={MEASURE_NAMES}
          onChoose={(of) => setKind(shared, id, "of", of === "precision" ? null : of)}
        />
      </header>
      <Plot
        label={text.prCurve.course(text.prCurve.measures[measure], shortValue(threshold), courses.length)}
        background={palette.panel}
        draw={draw}
        notes={notes}
        onPick={isAxisOfValues(shared.viewCharts.x) ? pick : undefined}
        onRun={shared.hoverRun}
      />
    </div>
  );
}

const ROWS = 6;
const MOST_POINTS = 50; // of a run
const MOST_NUMBERS = 400_000; // of an answer: some megabytes

function useCourses({ kind, tag, shared, values, threshold, count }: ThresholdProps, measure: Measure) {
  const runs = values.items.filter(({ point }) => point !== null).map(({ run }) => run);
  const asked = runs.slice(0, RAIL_RUNS);
  const numbers = ROWS * Math.max(1, count);
  const points = Math.max(2, Math.min(MOST_POINTS, Math.floor(MOST_NUMBERS / numbers / Math.max(1, asked.length))));
  const { data, error } = useSpread({ kind, tag, runs: asked, points, numbers, x: values.place.x });
  const words = useRunWords(shared);
  const { focus } = shared;
  const courses = useMemo<Course[]>(
    () =>
      (data ?? []).map((item) => ({
        run: item.run,
        name: nameOf(item.run, words),
        color: colorOf(item.run, words),
        dash: words.looks.get(item.run)?.dash ?? 0,
        strong: item.run === focus,
        points: item.points.map(({ step, wall, value }) => {
          const found = pointAt(value, threshold);
          return { step, wall, value: found === null ? Number.NaN : measureOf(found, measure) };
        }),
      })),
    [data, words, focus, threshold, measure],
  );
  const most = (data ?? []).reduce((most, item) => Math.max(most, item.count), 0);
  const notes = [
    data === undefined && error !== null ? error.message || text.unreachable : "",
    most > points ? text.kinds.someSteps(n(points), n(most)) : "",
    runs.length > asked.length ? text.prCurve.someRuns(asked.length, runs.length) : "",
  ].filter(Boolean);
  return { courses, notes };
}
