// How the panels lie: columns, and the height of a panel.

import { Popover } from "@base-ui/react/popover";
import { LayoutGrid } from "lucide-react";
import { useState } from "react";
import controls from "../../components/controls.module.css";
import { ToolLabel } from "../../components/ToolLabel";
import type { Layout } from "../../state/panels_view";
import type { SetView } from "../../state/useView";
import { text } from "../../text";
import { setLayout } from "../edit";
import css from "./Settings.module.css";
import { ColumnsLine, HeightLine } from "./Size";

const COLUMNS: readonly Layout["columns"][] = [null, 1, 2, 3, 4, 5, 6];

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
              <ColumnsLine
                label={text.columnsLabel}
                options={COLUMNS}
                value={lay.columns}
                onChoose={(columns) => change({ columns })}
              />
              <HeightLine value={lay.height} onChange={(height) => change({ height })} />
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
