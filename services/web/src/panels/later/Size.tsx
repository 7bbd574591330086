// Lines of a popup that say how wide and how high: of one panel, or of all.

import controls from "../../components/controls.module.css";
import { MAX_HEIGHT, MIN_HEIGHT } from "../../state/panels_view";
import { text } from "../../text";
import css from "./Settings.module.css";

interface ChoiceProps<T> {
  label: string;
  options: readonly T[];
  value: T;
  onChoose(columns: T): void;
}

/** One of some numbers of columns; null: as many as fit. */
export function ColumnsLine<T extends number | null>({ label, options, value, onChoose }: ChoiceProps<T>) {
  return (
    <div className={css.line} role="group" aria-label={label}>
      <span className={css.label}>{label}</span>
      <span className={controls.seg}>
        {options.map((columns) => (
          <button
            key={columns}
            type="button"
            aria-pressed={columns === value}
            aria-label={columns === null ? text.auto : text.columns(columns)}
            onClick={() => onChoose(columns)}
          >
            {columns ?? text.auto}
          </button>
        ))}
      </span>
    </div>
  );
}

/** Pixels; an empty field, null: by itself. Numbers out of range wait until they are in it. */
export function HeightLine({ value, onChange }: { value: number | null; onChange(height: number | null): void }) {
  return (
    <label className={css.line}>
      <span className={css.label}>{text.panelHeight}</span>
      <input
        type="number"
        className={`${controls.text} ${css.number}`}
        min={MIN_HEIGHT}
        max={MAX_HEIGHT}
        step={8}
        placeholder={text.auto}
        defaultValue={value ?? ""}
        onChange={(event) => {
          const height = Math.round(event.target.valueAsNumber);
          if (event.target.value === "") onChange(null);
          else if (height >= MIN_HEIGHT && height <= MAX_HEIGHT) onChange(height);
        }}
      />
      <span>px</span>
    </label>
  );
}
