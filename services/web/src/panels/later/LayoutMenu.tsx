// How the panels lie: columns, and the height of a panel.

import { Popover } from "@base-ui/react/popover";
import { LayoutGrid } from "lucide-react";
import { useState } from "react";
import controls from "../../components/controls.module.css";
import { ToolLabel } from "../../components/ToolLabel";
import { type Layout, MAX_HEIGHT, MIN_HEIGHT } from "../../state/panels_view";
import type { SetView } from "../../state/useView";
import { text } from "../../text";
import { setLayout } from "../edit";
import css from "./Settings.module.css";

const COLUMNS = [null, 1, 2, 3, 4, 5, 6] as const;

/** Begins open: it is not there before somebody asks for it. */
export function LayoutMenu({ lay, set }: { lay: Layout; set: SetView }) {
  const [open, setOpen] = useState(true);
  const change = (next: Partial<Layout>) => set((view) => setLayout(view, next));
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={controls.ghost} title={text.layout}>
        <ToolLabel picture={LayoutGrid} word={text.layout} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="end">
          <Popover.Popup className={`${controls.popup} ${css.popup}`} aria-label={text.layout}>
            <div className={css.settings}>
              <div className={css.line} role="group" aria-label={text.columnsLabel}>
                <span className={css.label}>{text.columnsLabel}</span>
                <span className={controls.seg}>
                  {COLUMNS.map((columns) => (
                    <button
                      key={columns}
                      type="button"
                      aria-pressed={lay.columns === columns}
                      aria-label={columns === null ? text.auto : text.columns(columns)}
                      onClick={() => change({ columns })}
                    >
                      {columns ?? text.auto}
                    </button>
                  ))}
                </span>
              </div>
              <label className={css.line}>
                <span className={css.label}>{text.panelHeight}</span>
                <input
                  type="number"
                  className={`${controls.text} ${css.number}`}
                  min={MIN_HEIGHT}
                  max={MAX_HEIGHT}
                  step={8}
                  placeholder={text.auto}
                  defaultValue={lay.height ?? ""}
                  onChange={(event) => {
                    const value = Math.round(event.target.valueAsNumber);
                    if (event.target.value === "") change({ height: null });
                    else if (value >= MIN_HEIGHT && value <= MAX_HEIGHT) change({ height: value });
                  }}
                />
                <span>px</span>
              </label>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
