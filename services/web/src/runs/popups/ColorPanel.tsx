// The colour of a run, and the rule that gives all others theirs.

import { useId, useState } from "react";
import controls from "../../components/controls.module.css";
import { type Column, formatColumn, parseColumn } from "../../state/columns";
import { type ColorRule, formatRule, isRegex } from "../../state/run_colors";
import { text } from "../../text";
import { columnTitle } from "../layout";
import { cssColor, SLOTS, slotOf } from "../looks";
import { KeySearch } from "./KeySearch";
import css from "./popups.module.css";
import type { PopupProps } from "./TablePopup";

export function ColorPanel(props: PopupProps & { run: string | null }) {
  return (
    <div className={css.panel}>
      {props.run !== null && <OwnColor {...props} run={props.run} />}
      <RulePanel {...props} />
    </div>
  );
}

function OwnColor({ run, rows, view, set }: PopupProps & { run: string }) {
  const found = rows.byId.get(run);
  const own = Object.hasOwn(view.colors.own, run) ? view.colors.own[run] : undefined;
  const choose = (color: number | string | null) => {
    const { [run]: _old, ...rest } = view.colors.own;
    set({ colors: { ...view.colors, own: color === null ? rest : { ...rest, [run]: color } } });
  };
  const current = typeof own === "number" ? own : own === undefined && found !== undefined ? slotOf(found) : null;
  return (
    <>
      <div className={css.slots} role="group" aria-label={text.color}>
        {Array.from({ length: SLOTS }, (_, slot) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a slot is its number.
            key={slot}
            type="button"
            aria-label={text.slot(slot + 1)}
            aria-pressed={current === slot}
            style={{ background: cssColor({ slot, color: null }) }}
            onClick={() => choose(slot)}
          />
        ))}
      </div>
      <div className={css.row}>
        <label className={controls.label}>
          {text.otherColor}
          <input
            type="color"
            value={typeof own === "string" ? own : "#808080"}
            onChange={(event) => choose(event.target.value)}
          />
        </label>
        <button type="button" className={controls.ghost} disabled={own === undefined} onClick={() => choose(null)}>
          {text.standardColor}
        </button>
      </div>
    </>
  );
}

function RulePanel({ experiment, view, set }: PopupProps) {
  const { rule } = view.colors;
  const [regex, setRegex] = useState(rule.by === "match" ? rule.regex : "");
  const id = useId();
  const choose = (next: ColorRule) => set({ colors: { ...view.colors, rule: next } });
  const wrong = regex !== "" && !isRegex(regex);
  return (
    <fieldset className={css.rules}>
      <legend>{text.colorBy}</legend>
      <div className={controls.seg} role="group" aria-label={text.colorBy}>
        {(["run", "group", "experiment"] as const).map((by) => (
          <button key={by} type="button" aria-pressed={rule.by === by} onClick={() => choose({ by })}>
            {text.colorRules[by]}
          </button>
        ))}
      </div>
      {rule.by === "key" && <p className={css.none}>{columnTitle(rule.column)}</p>}
      <KeySearch
        experiment={experiment}
        label={text.colorByKey}
        accepts={isColorKey}
        onPick={(column) => choose({ by: "key", column: parseColumn(formatColumn(column)) ?? column })}
      />
      <label className={css.field} htmlFor={id}>
        {text.colorByMatch}
        <input
          id={id}
          className={controls.text}
          value={regex}
          placeholder="(seed\d+)"
          aria-invalid={wrong}
          onChange={(event) => {
            setRegex(event.target.value);
            if (event.target.value !== "" && isRegex(event.target.value))
              choose({ by: "match", regex: event.target.value });
          }}
        />
      </label>
      <span className="sr">{formatRule(rule)}</span>
    </fieldset>
  );
}

const isColorKey = (column: Column) =>
  column.space !== "run" || ["status", "owner", "duration", "experiment"].includes(column.name);
