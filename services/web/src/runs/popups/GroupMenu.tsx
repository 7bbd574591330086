// What can be done with a group and with all of its members, by the filter that chooses them.

import type { RunGroup } from "../../api/runs";
import { text } from "../../text";
import { namedBy } from "../ask";
import { groupId } from "../members";
import { MOST_EDITED } from "../useBulk";
import { Menu } from "./Menus";
import css from "./popups.module.css";
import type { PopupProps } from "./TablePopup";

export function GroupMenu({ group, rows, view, ask, acts, bulk, open, onClose }: PopupProps & { group: RunGroup }) {
  const drawn = rows.drawnGroups.has(groupId(group));
  if (ask === null) return null;
  const aim = { runs: namedBy(ask, group.filter), count: group.count, known: [] };
  const tooMany = group.count > MOST_EDITED;
  const panel = (kind: "label" | "rename" | "move") => () => {
    bulk.aim(aim);
    open({ kind });
  };
  const archived = view.archived === "only";
  return (
    <>
      <p className={css.none}>
        {tooMany ? text.tooManyMembers(group.count, MOST_EDITED) : text.ofMembers(group.count)}
      </p>
      <Menu
        onClose={onClose}
        items={[
          { label: drawn ? text.undraw : text.drawIt, keys: "Space", act: () => acts.drawGroup(group, !drawn) },
          { label: text.onlyGroup, keys: "o", act: () => acts.onlyGroup(group) },
          { label: text.filterByGroup, act: () => acts.filterGroup(group) },
          { label: text.labelIt, act: panel("label"), stay: true, disabled: tooMany },
          { label: text.renameIt, act: panel("rename"), stay: true, disabled: tooMany },
          { label: text.moveIt, act: panel("move"), stay: true, disabled: tooMany },
          {
            label: archived ? text.unarchive : text.archive,
            act: () => bulk.archive(aim, !archived),
            disabled: tooMany,
          },
          { label: text.delete, act: () => bulk.remove(aim), danger: true, disabled: tooMany },
        ]}
      />
    </>
  );
}
