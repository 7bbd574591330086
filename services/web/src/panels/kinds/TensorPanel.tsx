// Tensors of the drawn runs at the step of the view: what their values are together, and a matrix of them as a heat map.

import { useMemo } from "react";
import controls from "../../components/controls.module.css";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { useTabbable } from "../roving";
import { KindShell } from "./KindShell";
import { setKind } from "./own";
import { RunArticles } from "./RunArticles";
import { OneTensor } from "./tensor/OneTensor";
import css from "./tensor/Tensor.module.css";
import { formatLead, parseLead, type Slider, slidersOf, tensorOf } from "./tensor/tensor";
import { useValues } from "./useValues";

export function TensorPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  const tensors = useMemo(
    () => new Map(values.items.map(({ run, point }) => [run, point === null ? null : tensorOf(point.value)])),
    [values.items],
  );
  const { dims, i } = Object.fromEntries(shared.panelSet(id)) as Record<string, string | undefined>;
  const lead = useMemo(() => parseLead(dims), [dims]);
  const row = Number(i ?? 0);
  const sliders = slidersOf(
    [...tensors.values()].filter((tensor) => tensor !== null),
    lead,
    row,
  );
  return (
    <KindShell
      id={id}
      values={values}
      shared={shared}
      bar={sliders.length > 0 && <Sliders id={id} shared={shared} sliders={sliders} lead={lead} />}
    >
      <RunArticles id={id} label={text.tensors.label} values={values} shared={shared}>
        {(item) => <OneTensor item={item} tensor={tensors.get(item.run)} {...{ id, tag, shared, lead, row }} />}
      </RunArticles>
    </KindShell>
  );
}

interface SlidersProps extends Pick<KindPanelProps, "id" | "shared"> {
  sliders: Slider[];
  lead: readonly number[];
}

function Sliders({ id, shared, sliders, lead }: SlidersProps) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  return sliders.map(({ dimension, at, most, step }) => {
    const to = (next: number) => {
      if (dimension === null) return setKind(shared, id, "i", next === 0 ? null : String(next), true);
      const moved = Array.from({ length: Math.max(lead.length, dimension + 1) }, (_, k) => lead[k] ?? 0);
      moved[dimension] = next;
      setKind(shared, id, "dims", formatLead(moved), true);
    };
    return (
      <label key={dimension} className={controls.label}>
        {dimension === null ? text.tensors.rows : text.tensors.dimension(dimension)}
        <input
          type="range"
          className={`${controls.range} ${css.slider}`}
          style={{ "--f": `${(at / most) * 100}%` } as React.CSSProperties}
          tabIndex={tabIndex}
          min={0}
          max={most}
          step={step}
          value={at}
          onChange={(event) => to(Number(event.target.value))}
        />
        {dimension !== null && <output>{text.tensors.at(at, most)}</output>}
      </label>
    );
  });
}
