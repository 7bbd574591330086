// Keys of the run table. On a row they are the run's or the group's; in a cell, the cell's too.

import { exactValue } from "../chart/format";
import type { Item } from "../runs/items";
import { groupId } from "../runs/members";
import { cellValue } from "../runs/values";
import { parseColumn } from "../state/columns";
import type { KeysInput } from "./acts";

/** Whether the key is one of the table's. */
export function pressTable(p: KeysInput, key: string, event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  const item = p.table.current?.current() ?? null;
  if (target?.closest('[role="grid"]') != null && pressGrid(p, key, event, target, item)) return true;
  switch (key) {
    case "/":
      p.runFilter.current?.focus();
      return true;
    case "j":
    case "k":
      return move(p, key === "j" ? 1 : -1, false);
    case " ":
      // Space on a control is the control's own.
      return item !== null && !onControl(target) && draw(p, item, event.shiftKey);
    case "o":
      if (item?.kind === "run") p.acts.only(item.run);
      else if (item?.kind === "group") p.acts.onlyGroup(item.group);
      else return false;
      return true;
    case "g":
      p.groupBy();
      return true;
    case "b": {
      const { place } = p.view.table;
      p.set({ table: { place: place === "below" ? "side" : "below", size: null } });
      return true;
    }
    case "T":
      p.toggleSide();
      return true;
    default:
      return false;
  }
}

const onControl = (target: HTMLElement | null) => target?.closest("button, a, input, summary") != null;

const PAGE = 20; // rows
const ROWS: Record<string, number | undefined> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
const CELLS: Record<string, number | undefined> = { ArrowRight: 1, ArrowLeft: -1 };
const ENDS: Record<string, number | undefined> = { Home: 1, End: Number.POSITIVE_INFINITY };

/** Keys that are the grid's only while it has the focus. */
function pressGrid(p: KeysInput, key: string, event: KeyboardEvent, target: HTMLElement, item: Item | null): boolean {
  const { acts } = p;
  const cell = target.role === "gridcell" ? target : null;
  const sideways = CELLS[key];
  if (sideways !== undefined) {
    if (item?.kind === "group" && cell === null && item.open === sideways < 0) {
      acts.toggleGroup(groupId(item.group));
      return true;
    }
    return p.table.current?.moveCell(sideways) ?? false;
  }
  const end = cell === null ? undefined : ENDS[key];
  if (end !== undefined) return p.table.current?.moveCell(end === 1 ? 1 - Number(cell!.ariaColIndex) : end) ?? false;
  const rows = ROWS[key];
  if (rows !== undefined) return move(p, rows, event.shiftKey);
  if (item === null) return false;
  const menu = key === "ContextMenu" || (key === "F10" && event.shiftKey);
  if (menu && target.closest("[data-run], [data-group]") !== null) {
    const box = (cell ?? target).getBoundingClientRect();
    const at = { x: box.left + Math.min(box.width, 80) / 2, y: box.bottom };
    if (item.kind === "run") acts.menu(item.run, at);
    else if (item.kind === "group") acts.groupMenu(item.group, at);
    return true;
  }
  if (key === "c" && item.kind === "run") return copyCell(item, cell?.dataset.column);
  if (key !== "Enter" || onControl(target)) return false;
  if (item.kind === "group") acts.toggleGroup(groupId(item.group));
  else if (item.kind === "rest") acts.filterGroup(item.group);
  else if (item.kind !== "run") return false;
  else if (event.shiftKey && cell?.dataset.column !== undefined) acts.filterBy(item.run, cell.dataset.column);
  else acts.open(item.run);
  return true;
}

/** Space draws a run or a group, or not; with Shift it chooses the run. */
function draw({ acts, rows }: KeysInput, item: Item, choose: boolean): boolean {
  if (item.kind === "group") acts.drawGroup(item.group, !rows.drawnGroups.has(groupId(item.group)));
  else if (item.kind !== "run") return false;
  else if (choose) acts.check(item.id, "one");
  else acts.draw(item.run, !rows.drawn.has(item.id));
  return true;
}

/** The value with every digit that it has. */
function copyCell(item: Item & { kind: "run" }, id: string | undefined): boolean {
  const column = id === undefined ? null : parseColumn(id);
  const value = column === null ? undefined : cellValue(item.run, column);
  if (value === undefined || value === null) return false;
  void navigator.clipboard?.writeText(typeof value === "number" ? exactValue(value) : String(value));
  return true;
}

/** Shift chooses what is passed over. */
function move(p: KeysInput, by: number, choose: boolean): boolean {
  const from = p.table.current?.current() ?? null;
  const item = p.table.current?.move(by) ?? null;
  if (!choose || item?.kind !== "run") return true;
  if (from?.kind === "run") p.acts.check(from.id, "add");
  p.acts.check(item.id, "add");
  return true;
}
