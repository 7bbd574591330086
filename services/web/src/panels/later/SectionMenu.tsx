// "More" of a section: the settings that its panels have, and its place among the sections.

import { Popover } from "@base-ui/react/popover";
import { ArrowDown, ArrowUp, ChevronsDownUp, ChevronsUpDown, Ellipsis } from "lucide-react";
import { useState } from "react";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { icon } from "../../components/Shell";
import type { PanelShared } from "../../experiment/context";
import { sectionTitle } from "../../experiment/sections";
import { text } from "../../text";
import { moveSection, setOverride } from "../edit";
import { Settings } from "./Settings";
import css from "./Settings.module.css";

interface Props {
  name: string;
  /** The sections that can be put in order, as they are now. */
  names: string[];
  shared: PanelShared;
}

const small = { ...icon, size: 14 };

/** Begins open: it is not there before somebody asks for it. */
export function SectionMenu({ name, names, shared }: Props) {
  const [open, setOpen] = useState(true);
  const at = names.indexOf(name);
  const label = text.sectionActs(visible(sectionTitle(name).slice(0, 80)));
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={controls.small} aria-label={label} title={label}>
        <Ellipsis {...small} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="start">
          <Popover.Popup className={`${controls.popup} ${css.popup}`} aria-label={label}>
            <Settings
              above={shared.viewCharts}
              own={shared.sectionSet(name)}
              onSet={(key, value, gesture) =>
                shared.edit((view) => ({ sections: setOverride(view.sections, name, key, value) }), gesture)
              }
            />
            <hr className={css.rule} />
            <div className={css.acts}>
              <button
                type="button"
                className={controls.item}
                disabled={at <= 0}
                onClick={() => shared.edit((view) => moveSection(view, names, name, -1))}
              >
                <ArrowUp {...small} />
                {text.sectionUp}
              </button>
              <button
                type="button"
                className={controls.item}
                disabled={at < 0 || at === names.length - 1}
                onClick={() => shared.edit((view) => moveSection(view, names, name, 1))}
              >
                <ArrowDown {...small} />
                {text.sectionDown}
              </button>
              <button
                type="button"
                className={controls.item}
                onClick={() => shared.edit(() => ({ closed: names.filter((other) => other !== name) }))}
              >
                <ChevronsDownUp {...small} />
                {text.closeOthers}
              </button>
              <button type="button" className={controls.item} onClick={() => shared.edit(() => ({ closed: [] }))}>
                <ChevronsUpDown {...small} />
                {text.openAll}
              </button>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
