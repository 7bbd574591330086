// What opens beside the table: a panel at the control that asked for it. Not there before somebody asks.

import { Popover } from "@base-ui/react/popover";
import { useMemo } from "react";
import type { RunAsk, RunGroup } from "../../api/runs";
import controls from "../../components/controls.module.css";
import type { Rows } from "../../experiment/rows";
import { FilterForm } from "../../filter/FilterForm";
import type { ShownColumn } from "../../state/columns";
import type { SetView } from "../../state/useView";
import type { View } from "../../state/view";
import { text } from "../../text";
import type { Point, RunActs } from "../table_acts";
import type { Bulk } from "../useBulk";
import { ColorPanel } from "./ColorPanel";
import { ColumnsPanel } from "./ColumnsPanel";
import { LabelPanel, MovePanel, RenamePanel } from "./EditPanels";
import { GroupMenu } from "./GroupMenu";
import { GroupPanel, SortPanel } from "./KeysPanel";
import { HeadMenu, RowMenu } from "./Menus";

export type PopupAsk =
  | { kind: "group" | "sort" | "columns" | "form" | "rename" | "label" | "move" | "colors" }
  | { kind: "head"; column: string }
  | { kind: "row" | "color"; run: string }
  | { kind: "members"; group: RunGroup };

export interface PopupState {
  ask: PopupAsk;
  anchor: Element | Point;
}

export interface PopupProps {
  state: PopupState | null;
  onClose(): void;
  open(ask: PopupAsk): void;
  experiment: string;
  workspace: string;
  view: View;
  set: SetView;
  rows: Rows;
  /** What the list asks for; null: not known yet. */
  ask: RunAsk | null;
  shown: readonly ShownColumn[];
  tags: string[];
  acts: RunActs;
  bulk: Bulk;
}

const TITLES: Record<PopupAsk["kind"], string> = {
  group: text.groupBy,
  sort: text.sortTitle,
  columns: text.tableColumns,
  form: text.filterForm,
  rename: text.rename,
  label: text.label,
  move: text.move,
  colors: text.colors,
  color: text.color,
  head: text.columnActs,
  row: text.runActs,
  members: text.groupActs,
};

export function TablePopup(props: PopupProps) {
  const { state, onClose } = props;
  const anchor = state?.anchor;
  const at = useMemo(
    () => (anchor === undefined || anchor instanceof Element ? anchor : pointAnchor(anchor)),
    [anchor],
  );
  if (state === null) return null;
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} anchor={at} sideOffset={4} align="start">
          {/* keptFocus.ts gives the focus back. */}
          <Popover.Popup className={controls.popup} aria-label={TITLES[state.ask.kind]} finalFocus={false}>
            <Panel {...props} state={state} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

const pointAnchor = ({ x, y }: Point) => ({ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) });

function Panel(props: PopupProps & { state: PopupState }) {
  const { ask } = props.state;
  switch (ask.kind) {
    case "group":
      return <GroupPanel {...props} />;
    case "sort":
      return <SortPanel {...props} />;
    case "columns":
      return <ColumnsPanel {...props} />;
    case "form":
      return <FilterForm experiment={props.experiment} value={props.view.q} onChange={(q) => props.set({ q })} />;
    case "rename":
      return <RenamePanel {...props} />;
    case "label":
      return <LabelPanel {...props} />;
    case "move":
      return <MovePanel {...props} />;
    case "colors":
      return <ColorPanel {...props} run={null} />;
    case "color":
      return <ColorPanel {...props} run={ask.run} />;
    case "head":
      return <HeadMenu {...props} column={ask.column} />;
    case "row":
      return <RowMenu {...props} run={ask.run} />;
    case "members":
      return <GroupMenu {...props} group={ask.group} />;
  }
}
