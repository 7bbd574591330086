// The controls over the charts: they write the view, and the view is the address.

import { RotateCcw } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import type { XAxis } from "../chart/protocol";
import { MAX_SMOOTHING } from "../chart/smooth";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import css from "./ExperimentPage.module.css";

export const AXES: readonly XAxis[] = ["step", "rel", "wall"];

interface Props {
  view: View;
  set: SetView;
  tagFilter: RefObject<HTMLInputElement | null>;
  tagProblem: string | null;
}

export function Toolbar({ view, set, tagFilter, tagProblem }: Props) {
  return (
    <div className={css.toolbar} role="toolbar" aria-label={text.controls}>
      <FilterInput
        ref={tagFilter}
        className={css.tagFilter}
        value={view.t}
        onChange={(t) => set({ t }, true)}
        placeholder={text.filterTags}
        label={text.filterTagsLabel}
        problem={tagProblem}
      />
      <div className={controls.seg} role="group" aria-label={text.xAxis}>
        {AXES.map((axis) => (
          <button key={axis} type="button" aria-pressed={view.x === axis} onClick={() => set({ x: axis, xr: null })}>
            {text.axis[axis]}
          </button>
        ))}
      </div>
      <span className={controls.sep} />
      <label className={controls.label}>
        {text.smoothing}
        <input
          className={controls.range}
          type="range"
          min={0}
          max={MAX_SMOOTHING}
          step={0.01}
          value={view.sm}
          style={{ "--f": `${(view.sm / MAX_SMOOTHING) * 100}%` } as React.CSSProperties}
          onChange={(event) => set({ sm: Number(event.target.value) }, true)}
        />
        <output>{view.sm.toFixed(2)}</output>
      </label>
      <span className={controls.sep} />
      <div className={controls.seg} role="group" aria-label={text.yScale}>
        <button type="button" aria-pressed={view.y === "lin"} onClick={() => set({ y: "lin" })}>
          {text.linear}
        </button>
        <button type="button" aria-pressed={view.y === "log"} onClick={() => set({ y: "log" })}>
          {text.log}
        </button>
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
      {view.xr !== null && (
        <button type="button" className={controls.ghost} title="0" onClick={() => set({ xr: null })}>
          <RotateCcw {...icon} size={14} />
          {text.resetZoom}
        </button>
      )}
    </div>
  );
}

interface FilterProps {
  ref: RefObject<HTMLInputElement | null>;
  className?: string;
  value: string;
  onChange(value: string): void;
  placeholder: string;
  label: string;
  problem: string | null;
}

/** A filter that acts while one types; Escape clears it, and leaves it when it is empty. */
export function FilterInput({ ref, className, value, onChange, placeholder, label, problem }: FilterProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <input
      ref={ref}
      type="search"
      className={`${controls.text} ${className ?? ""}`}
      value={typed}
      placeholder={placeholder}
      aria-label={label}
      aria-invalid={problem !== null}
      title={problem === null ? undefined : text.badRegex(problem)}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(event.target.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        if (typed === "") event.currentTarget.blur();
        else {
          setTyped("");
          onChange("");
        }
      }}
    />
  );
}
