// Which of a panel's tags has the axis at the right.

import { tagText } from "../../api/tags";
import controls from "../../components/controls.module.css";
import { visible } from "../../components/Name";
import { setOverride } from "../../panels/edit";
import css from "../../panels/later/Settings.module.css";
import { seriesOf } from "../../panels/shared";
import { formatRight, parseRight } from "../../state/panels_view";
import { text } from "../../text";
import type { PanelShared } from "../context";

const MOST = 200; // characters of a tag in the list

export function RightAxis({ id, shared }: { id: string; shared: PanelShared }) {
  const hand = shared.hand.get(id);
  if (hand === undefined || hand.kind !== "lines") return null;
  const named = new Set(hand.y.map(seriesOf));
  const names = [...hand.y, ...shared.tagsOf(hand).filter((tag) => !named.has(tag))];
  if (names.length < 2) return null;
  const chosen = parseRight(shared.panelSet(id).find(([key]) => key === "y2")?.[1] ?? "") ?? "";
  return (
    <label className={css.line}>
      <span className={css.label}>{text.rightAxis}</span>
      <select
        className={controls.select}
        value={chosen}
        onChange={({ target }) =>
          shared.edit((view) => ({
            panels: setOverride(view.panels, id, "y2", target.value === "" ? null : formatRight(target.value)),
          }))
        }
      >
        <option value="">{text.rightAxisNone}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {visible(tagText(seriesOf(name)).slice(0, MOST))}
          </option>
        ))}
      </select>
    </label>
  );
}
