// Menus of a run and of a column.

import { type KeyboardEvent, useEffect, useRef } from "react";
import controls from "../../components/controls.module.css";
import { clampWidth, formatColumn, isSortable, parseColumn } from "../../state/columns";
import { text } from "../../text";
import { defaultWidth } from "../layout";
import { moved, resized, WIDER } from "../TableHead";
import { aimAt } from "../useBulk";
import css from "./popups.module.css";
import type { PopupProps } from "./TablePopup";

export interface MenuItem {
  label: string;
  keys?: string;
  act(): void;
  disabled?: boolean;
  danger?: boolean;
}

/** `stay`: acts that open another panel in this place. */
export function Menu({ items, onClose }: { items: (MenuItem & { stay?: boolean })[]; onClose(): void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus(), []);
  const move = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const to = (at + (event.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length;
    buttons[to]?.focus();
  };
  return (
    <div ref={list} role="menu" className={css.menu} onKeyDown={move}>
      {items.map(({ label, keys, act, disabled, danger, stay }) => (
        <button
          key={label}
          type="button"
          role="menuitem"
          disabled={disabled}
          className={`${controls.item} ${danger ? css.danger : ""}`}
          onClick={() => {
            if (!stay) onClose();
            act();
          }}
        >
          {label}
          {keys !== undefined && <kbd className={controls.kbd}>{keys}</kbd>}
        </button>
      ))}
    </div>
  );
}

export function RowMenu({ run: id, rows, view, set, acts, bulk, open, onClose }: PopupProps & { run: string }) {
  const run = rows.byId.get(id);
  if (run === undefined) return <p className={css.none}>{text.runGone}</p>;
  const drawn = rows.drawn.has(id);
  const baseline = view.base === id;
  const aim = aimAt([id]);
  return (
    <Menu
      onClose={onClose}
      items={[
        { label: text.openRun, keys: "Enter", act: () => acts.open(run) },
        { label: drawn ? text.undraw : text.drawIt, keys: "Space", act: () => acts.draw(run, !drawn) },
        { label: text.only, keys: "o", act: () => acts.only(run) },
        { label: baseline ? text.noBaseline : text.makeBaseline, act: () => set({ base: baseline ? null : id }) },
        { label: text.colorOf, act: () => open({ kind: "color", run: id }), stay: true },
        { label: text.copyId, act: () => void navigator.clipboard?.writeText(id) },
        {
          label: text.renameIt,
          act: () => {
            bulk.aim(aim);
            open({ kind: "rename" });
          },
          stay: true,
        },
        {
          label: text.labelIt,
          act: () => {
            bulk.aim(aim);
            open({ kind: "label" });
          },
          stay: true,
        },
        {
          label: text.moveIt,
          act: () => {
            bulk.aim(aim);
            open({ kind: "move" });
          },
          stay: true,
        },
        run.archived === true
          ? { label: text.unarchive, act: () => bulk.archive(aim, false) }
          : { label: text.archive, act: () => bulk.archive(aim, true) },
        { label: text.delete, act: () => bulk.remove(aim), danger: true },
      ]}
    />
  );
}

export function HeadMenu({ column: id, shown, acts, set, open, onClose }: PopupProps & { column: string }) {
  const column = parseColumn(id);
  if (column === null) return null;
  const s = shown.find((other) => formatColumn(other.column) === id);
  const width = s?.width ?? defaultWidth(column);
  const wider = (by: number) => acts.columns((c) => resized(c, column, clampWidth(width + by)));
  const listed = s !== undefined && id !== "name";
  const change = (pinned: boolean) =>
    acts.columns((c) => c.map((other) => (formatColumn(other.column) === id ? { ...other, pinned } : other)));
  return (
    <Menu
      onClose={onClose}
      items={[
        ...(isSortable(column)
          ? [
              { label: text.sortUp, act: () => set({ sort: [{ column, descending: false }] }) },
              { label: text.sortDown, act: () => set({ sort: [{ column, descending: true }] }) },
              { label: text.sortToo, keys: "⇧", act: () => acts.sort(column, true) },
            ]
          : []),
        ...(column.space !== "metric" && id !== "name"
          ? [
              {
                label: text.groupByThis,
                act: () =>
                  set((v) => ({ group: [...v.group.filter((g) => formatColumn(g) !== id), column], open: [] })),
              },
            ]
          : []),
        ...(id !== "name"
          ? [
              {
                label: text.colorByThis,
                act: () => set((v) => ({ colors: { ...v.colors, rule: { by: "key", column } } })),
              },
            ]
          : []),
        ...(listed
          ? [
              { label: s.pinned ? text.unpinIt : text.pinIt, act: () => change(!s.pinned) },
              { label: text.moveLeft, keys: "⌥←", act: () => acts.columns((c) => moved(c, id, -1)) },
              { label: text.moveRight, keys: "⌥→", act: () => acts.columns((c) => moved(c, id, 1)) },
            ]
          : []),
        { label: text.wider, keys: "⌥⇧→", act: () => wider(WIDER), stay: true },
        { label: text.narrower, keys: "⌥⇧←", act: () => wider(-WIDER), stay: true },
        ...(listed
          ? [{ label: text.hideColumn, act: () => acts.columns((c) => c.filter((o) => formatColumn(o.column) !== id)) }]
          : []),
        { label: text.chooseColumns, act: () => open({ kind: "columns" }), stay: true },
      ]}
    />
  );
}
