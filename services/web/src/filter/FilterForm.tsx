// The filter for those who do not type: conditions that all have to hold. It writes the same text.

import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import css from "../runs/popups/popups.module.css";
import { text } from "../text";
import { operatorsFor } from "./complete";
import { type Condition, conditionsOf, textOf } from "./form";
import { useKeyItems, useValues } from "./useOptions";

interface Props {
  experiment: string;
  value: string;
  onChange(value: string): void;
}

const NEW: Condition = { key: "", op: "=", value: "" };

export function FilterForm({ experiment, value, onChange }: Props) {
  const [conditions, setConditions] = useState<Condition[] | null>(() => {
    const found = conditionsOf(value);
    return found?.length === 0 ? [NEW] : found;
  });
  const keys = useKeyItems(experiment, "", true).data?.items ?? [];
  const id = useId();
  if (conditions === null) {
    return (
      <div className={css.panel}>
        <p className={css.none}>{text.filterByHand}</p>
        <button type="button" className={controls.btn} onClick={() => setConditions([NEW])}>
          {text.filterAnew}
        </button>
      </div>
    );
  }
  const change = (next: Condition[]) => {
    setConditions(next);
    onChange(textOf(next));
  };
  return (
    <div className={css.panel}>
      <datalist id={id}>
        {keys.map((item) => (
          <option key={item.key} value={item.key} />
        ))}
      </datalist>
      {conditions.map((condition, i) => (
        <ConditionLine
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place.
          key={i}
          experiment={experiment}
          keyList={id}
          type={keys.find((item) => item.key === condition.key)?.type ?? null}
          condition={condition}
          onChange={(next) => change(conditions.map((old, k) => (k === i ? next : old)))}
          onRemove={() => change(conditions.filter((_, k) => k !== i))}
        />
      ))}
      <button type="button" className={controls.ghost} onClick={() => setConditions([...conditions, NEW])}>
        <Plus {...icon} size={14} />
        {text.addCondition}
      </button>
    </div>
  );
}

interface LineProps {
  experiment: string;
  keyList: string;
  type: Parameters<typeof operatorsFor>[0];
  condition: Condition;
  onChange(condition: Condition): void;
  onRemove(): void;
}

function ConditionLine({ experiment, keyList, type, condition, onChange, onRemove }: LineProps) {
  const { key, op, value } = condition;
  const values = useValues(experiment, key === "" ? null : key, "").data?.items ?? [];
  const id = useId();
  const operators = operatorsFor(type);
  return (
    <div className={css.test} role="group" aria-label={text.condition}>
      <input
        className={controls.text}
        aria-label={text.conditionKey}
        placeholder={text.conditionKey}
        list={keyList}
        value={key}
        onChange={(event) => onChange({ ...condition, key: event.target.value })}
      />
      <select
        className={controls.text}
        aria-label={text.conditionOperator}
        value={op}
        onChange={(event) => onChange({ ...condition, op: operators.find((o) => o === event.target.value) ?? op })}
      >
        {(operators.includes(op) ? operators : [op, ...operators]).map((o) => (
          <option key={o} value={o}>
            {text.operator[o]}
          </option>
        ))}
      </select>
      <input
        className={controls.text}
        aria-label={text.conditionValue}
        placeholder={text.conditionValue}
        list={id}
        value={value}
        onChange={(event) => onChange({ ...condition, value: event.target.value })}
      />
      <datalist id={id}>
        {values.map((item) => (
          <option key={String(item.value)} value={String(item.value)} />
        ))}
      </datalist>
      <button type="button" className={controls.square} aria-label={text.removeCondition} onClick={onRemove}>
        <X {...icon} size={14} />
      </button>
    </div>
  );
}
