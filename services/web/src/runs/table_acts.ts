// What one can do with rows. All of it is the same object for the life of the page, so that rows are drawn only when they change.

import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import type { Column, ShownColumn } from "../state/columns";

export interface Point {
  x: number;
  y: number;
}

export interface RunActs {
  draw(run: Run, drawn: boolean): void;
  drawAll(drawn: boolean): void;
  only(run: Run): void;
  focus(run: string | null): void;
  hover(run: string | null): void;
  /** `range`: from the row that was chosen last. */
  check(run: string, how: "one" | "add" | "range"): void;
  checkAll(checked: boolean): void;
  /** Adds "and column = value" to the filter. */
  filterBy(run: Run, column: string): void;
  menu(run: Run, at: Point): void;
  groupMenu(group: RunGroup, at: Point): void;
  color(run: Run, anchor: Element): void;
  open(run: Run): void;
  /** `more`: beside the keys that the list is sorted by already. */
  sort(column: Column, more: boolean): void;
  columns(change: (shown: ShownColumn[]) => ShownColumn[], gesture?: boolean): void;
  metric(tag: string, from: string | null): void;
  toggleGroup(key: string): void;
  drawGroup(group: RunGroup, drawn: boolean): void;
  onlyGroup(group: RunGroup): void;
  filterGroup(group: RunGroup): void;
}
