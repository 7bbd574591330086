// The list of metrics to choose from.

import { Popover } from "@base-ui/react/popover";
import { useState } from "react";
import { tagText } from "../api/tags";
import controls from "../components/controls.module.css";
import { Name } from "../components/Name";
import { makeMatcher } from "../state/match";
import { text } from "../text";
import { type PickerProps, Trigger } from "./MetricPicker";
import css from "./MetricPicker.module.css";

const MOST = 100;

/** Begins open: it is not there before somebody asks for it. */
export function MetricPopup({ tags, metric, onChoose }: PickerProps) {
  const [open, setOpen] = useState(true);
  const [filter, setFilter] = useState("");
  const matches = open ? tags.filter(makeMatcher(filter).matches) : [];
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={css.trigger} title={text.chooseMetric} aria-label={text.chooseMetric}>
        <Trigger metric={metric} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="start">
          <Popover.Popup className={controls.popup} aria-label={text.chooseMetric}>
            <div className={css.top}>
              <input
                className={controls.text}
                type="search"
                value={filter}
                placeholder={text.findTag}
                aria-label={text.findTag}
                onChange={(event) => setFilter(event.target.value)}
              />
            </div>
            <div className={css.list}>
              {matches.slice(0, MOST).map((tag) => (
                <button
                  key={tag}
                  type="button"
                  className={controls.item}
                  aria-current={metric === tag}
                  onClick={() => {
                    onChoose(tag);
                    setOpen(false);
                  }}
                >
                  <Name name={tagText(tag)} />
                </button>
              ))}
              {matches.length === 0 && <p className={css.none}>{text.noTag}</p>}
              {matches.length > MOST && <p className={css.none}>{text.tipMore(matches.length - MOST)}…</p>}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
