// The chart controls of a section or a panel: what differs has a dot and can be reset; what does not is what stands above it in
// the cascade view → section → panel.

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import controls from "../../components/controls.module.css";
import { icon } from "../../components/Shell";
import { type ChartsView, defaultCharts, formatCharts, readCharts } from "../../state/charts_view";
import type { OverrideKey } from "../../state/panels_view";
import type { Pair } from "../../state/query";
import { text } from "../../text";
import css from "./Settings.module.css";

interface Props {
  /** What stands above in the cascade. */
  above: ChartsView;
  own: readonly Pair[];
  /** Null resets. A gesture is a slider that moves. */
  onSet(key: OverrideKey, value: string | null, gesture?: boolean): void;
}

const accepts = (key: OverrideKey, value: string) => readCharts(defaultCharts(), key, value);

/** A control's value as the address has it; what is left out there has a word here. */
const wordOf = (charts: ChartsView, key: OverrideKey) => formatCharts(charts)[key] || (key === "y" ? "lin" : "");

export function Settings({ above, own, onSet }: Props) {
  const row = (key: OverrideKey) => ({
    value: own.find(([k]) => k === key)?.[1] ?? wordOf(above, key),
    own: own.some(([k]) => k === key),
    onSet: (value: string | null, gesture?: boolean) => onSet(key, value, gesture),
  });
  return (
    <div className={css.settings}>
      <Scale {...row("y")} />
      <Smoothing {...row("sm")} />
      <Axis {...row("x")} />
    </div>
  );
}

interface RowProps {
  value: string;
  own: boolean;
  onSet(value: string | null, gesture?: boolean): void;
}

function Line({ label, own, onSet, children }: Omit<RowProps, "value"> & { label: string; children: React.ReactNode }) {
  return (
    <div className={css.line} role="group" aria-label={label}>
      <span className={css.label}>
        {own && <i className={css.dot} />}
        {label}
      </span>
      {children}
      {own ? (
        <button
          type="button"
          className={controls.small}
          aria-label={text.reset(label)}
          title={text.reset(label)}
          onClick={() => onSet(null)}
        >
          <RotateCcw {...icon} size={13} />
        </button>
      ) : (
        <span className={css.noReset} />
      )}
    </div>
  );
}

interface ChoiceProps {
  options: readonly (readonly [value: string, label: string])[];
  value: string;
  onChoose(value: string): void;
}

function Choice({ options, value, onChoose }: ChoiceProps) {
  return (
    <span className={controls.seg}>
      {options.map(([option, label]) => (
        <button key={option} type="button" aria-pressed={value === option} onClick={() => onChoose(option)}>
          {label}
        </button>
      ))}
    </span>
  );
}

const SCALES = (["lin", "log", "symlog"] as const).filter((scale) => accepts("y", scale));
const OUTLIERS = "out:5";

function Scale({ value, own, onSet }: RowProps) {
  const parts = value.split(",");
  const scale = parts.find((part) => part !== OUTLIERS) || "lin";
  const cut = parts.includes(OUTLIERS);
  const write = (next: string, outliers: boolean) => onSet(outliers ? `${next},${OUTLIERS}` : next);
  return (
    <Line label={text.yScale} own={own} onSet={onSet}>
      <Choice
        options={SCALES.map((s) => [s, text.scaleName[s]])}
        value={scale.split(":")[0]}
        onChoose={(next) => write(next, cut)}
      />
      <label className={css.check} title={text.outliersHint}>
        <input type="checkbox" checked={cut} onChange={(event) => write(scale, event.target.checked)} />
        {text.outliers}
      </label>
    </Line>
  );
}

// Kinds of smoothing with their usual amount, least, most and step.
const KINDS = (
  [
    ["none", 0, 0, 0, 0],
    ["twema", 0.6, 0, 0.99, 0.01],
    ["ema", 0.6, 0, 0.99, 0.01],
    ["gauss", 2, 0.1, 25, 0.1],
    ["mean", 10, 2, 200, 1],
  ] as const
).filter(([kind, usual]) => accepts("sm", kind === "none" ? kind : `${kind}:${usual}`));

function Smoothing({ value, own, onSet }: RowProps) {
  const [name, amount = ""] = value.split("@")[0].split(":");
  const kind = KINDS.find(([k]) => k === name) ?? KINDS[0];
  const [typed, setTyped] = useState<number | null>(null);
  const shown = typed ?? Number(amount);
  return (
    <Line label={text.smoothing} own={own} onSet={onSet}>
      <select
        className={`${controls.text} ${css.select}`}
        aria-label={text.smoothingKind}
        value={kind[0]}
        onChange={(event) => {
          const next = KINDS.find(([k]) => k === event.target.value) ?? KINDS[0];
          setTyped(null);
          onSet(next[0] === "none" ? "none" : `${next[0]}:${next[1]}`);
        }}
      >
        {KINDS.map(([k]) => (
          <option key={k} value={k}>
            {text.smoothings[k]}
          </option>
        ))}
      </select>
      {kind[0] !== "none" && (
        <>
          <input
            type="range"
            className={`${controls.range} ${css.slider}`}
            aria-label={text.smoothingHowMuch}
            min={kind[2]}
            max={kind[3]}
            step={kind[4]}
            value={shown}
            style={{ "--f": `${((shown - kind[2]) / (kind[3] - kind[2])) * 100}%` } as React.CSSProperties}
            onChange={(event) => {
              setTyped(Number(event.target.value));
              onSet(`${kind[0]}:${event.target.value}`, true);
            }}
            onPointerUp={() => setTyped(null)}
          />
          <output>{shown}</output>
        </>
      )}
    </Line>
  );
}

const AXES = (["step", "rel", "wall"] as const).filter((axis) => accepts("x", axis));

function Axis({ value, own, onSet }: RowProps) {
  return (
    <Line label={text.xAxis} own={own} onSet={onSet}>
      <Choice options={AXES.map((axis) => [axis, text.axis[axis]])} value={value} onChoose={onSet} />
    </Line>
  );
}
