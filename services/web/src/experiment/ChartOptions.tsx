// The settings of charts that are needed less often: order of the tooltip, density, symlog's linear part, the baseline.

import { Popover } from "@base-ui/react/popover";
import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import controls from "../components/controls.module.css";
import { icon } from "../components/Shell";
import type { TipOrder } from "../state/charts_view";
import type { SetView } from "../state/useView";
import type { View } from "../state/view";
import { text } from "../text";
import css from "./ChartOptions.module.css";
import { usePanelShared } from "./context";

const TIPS: readonly TipOrder[] = ["pixel", "value", "down", "up", "name"];

/** Begins open: it is not there before somebody asks for it. */
export function ChartOptions({ view, set }: { view: View; set: SetView }) {
  const [open, setOpen] = useState(true);
  const { brushing, brush } = usePanelShared();
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={controls.square} title={text.chartOptions} aria-label={text.chartOptions}>
        <SlidersHorizontal {...icon} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="end">
          <Popover.Popup className={`${controls.popup} ${css.form}`} aria-label={text.chartOptions}>
            <label>
              {text.tipOrder}
              <select
                className={controls.select}
                value={view.tip}
                onChange={(event) => set({ tip: event.target.value as TipOrder })}
              >
                {TIPS.map((tip) => (
                  <option key={tip} value={tip}>
                    {text.tipOrders[tip]}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {text.density}
              <select
                className={controls.select}
                value={String(view.density)}
                onChange={({ target }) => set({ density: target.value === "null" ? null : target.value === "true" })}
              >
                <option value="null">{text.densityAuto}</option>
                <option value="true">{text.on}</option>
                <option value="false">{text.off}</option>
              </select>
            </label>
            <label>
              {text.rewoundShown}
              <input
                type="checkbox"
                checked={view.rewound}
                onChange={({ target }) => set({ rewound: target.checked })}
              />
            </label>
            <label>
              {text.brushing}
              <input type="checkbox" checked={brushing} onChange={({ target }) => brush(target.checked)} />
            </label>
            <label>
              {text.against}
              <select
                className={controls.select}
                value={view.against ?? ""}
                onChange={({ target }) => set({ against: (target.value || null) as View["against"] })}
              >
                <option value="">{text.againstNone}</option>
                <option value="difference">{text.difference}</option>
                <option value="ratio">{text.ratio}</option>
              </select>
            </label>
            <label>
              {text.symlogPart}
              <input
                className={controls.text}
                inputMode="decimal"
                disabled={view.y !== "symlog"}
                defaultValue={view.c ?? ""}
                placeholder={text.byTheData}
                key={view.c}
                onBlur={({ target }) => set({ c: positive(target.value) })}
                onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
              />
            </label>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function positive(typed: string): number | null {
  const value = Number(typed);
  return typed.trim() !== "" && Number.isFinite(value) && value > 0 ? value : null;
}
