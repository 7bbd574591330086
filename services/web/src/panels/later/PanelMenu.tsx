// "More" of a panel: its settings, its size, its place, and what else one can do with it.

import { Popover } from "@base-ui/react/popover";
import { ArrowLeft, ArrowRight, Copy, Ellipsis, EyeOff, Layers2, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import controls from "../../components/controls.module.css";
import { icon } from "../../components/Shell";
import type { PanelShared } from "../../experiment/context";
import { RightAxis } from "../../experiment/later/RightAxis";
import { isHand, isKind } from "../../state/panel_ids";
import type { View } from "../../state/view";
import { text } from "../../text";
import { beside, handOf, hidePanel, nextHand, overlay, putHand, removeHand, setOverride, stepPanel } from "../edit";
import { useOpenEditor } from "../editor";
import { applyPairs, isLines, sectionOf } from "../shared";
import { Settings } from "./Settings";
import css from "./Settings.module.css";
import { ColumnsLine, HeightLine } from "./Size";

interface Props {
  id: string;
  columns: number;
  width: number;
  shared: PanelShared;
}

const small = { ...icon, size: 14 };

/** Begins open: it is not there before somebody asks for it. */
export function PanelMenu({ id, columns, width, shared }: Props) {
  const [open, setOpen] = useState(true);
  const openEditor = useOpenEditor();
  const hand = shared.hand.get(id);
  const lines = isLines(id, hand);
  const act = (change: Parameters<PanelShared["edit"]>[0]) => {
    setOpen(false);
    shared.edit(change);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={controls.small} aria-label={text.panelActs} title={text.panelActs}>
        <Ellipsis {...small} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} sideOffset={4} align="end">
          <Popover.Popup className={`${controls.popup} ${css.popup}`} aria-label={text.panelActs}>
            {lines && <Own id={id} shared={shared} />}
            {lines && <RightAxis id={id} shared={shared} />}
            {lines && <hr className={css.rule} />}
            <Size id={id} columns={columns} width={width} shared={shared} />
            <Place onMove={(by) => act((view) => stepPanel(view, shared.panelOrder.current, id, by))} />
            <hr className={css.rule} />
            <div className={css.acts}>
              {!isKind(id) && (
                <Item
                  onClick={() => {
                    setOpen(false);
                    shared.edit((view) => {
                      openEditor(handOf(view, id));
                      return {};
                    });
                  }}
                >
                  <Pencil {...small} />
                  {hand === undefined ? text.panelFromTag : text.editPanel}
                </Item>
              )}
              {lines && (
                <Item onClick={() => act((view) => overlayOn(view, shared, id) ?? {})}>
                  <Layers2 {...small} />
                  {text.overlayPanel}
                </Item>
              )}
              {hand !== undefined && (
                <Item onClick={() => act((view) => putHand(view, { ...hand, id: nextHand(view) }))}>
                  <Copy {...small} />
                  {text.duplicatePanel}
                </Item>
              )}
              {hand === undefined ? (
                <Item onClick={() => act((view) => hidePanel(view, id))}>
                  <EyeOff {...small} />
                  {text.hidePanel}
                </Item>
              ) : (
                <Item onClick={() => act((view) => removeHand(view, id))}>
                  <Trash2 {...small} />
                  {text.deletePanel}
                </Item>
              )}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** On the panel before it, the first on the one behind it, as if it were dropped there. */
function overlayOn(view: View, shared: PanelShared, id: string) {
  const order = shared.panelOrder.current;
  const target = beside(order, id, -1) ?? beside(order, id, 1);
  return target === undefined ? null : overlay(view, id, target);
}

function Item({ onClick, children }: { onClick(): void; children: React.ReactNode }) {
  return (
    <button type="button" className={controls.item} onClick={onClick}>
      {children}
    </button>
  );
}

function Own({ id, shared }: { id: string; shared: PanelShared }) {
  return (
    <Settings
      above={applyPairs(shared.viewCharts, isHand(id) ? [] : shared.sectionSet(sectionOf(id)))}
      own={shared.panelSet(id)}
      onSet={(key, value, gesture) =>
        shared.edit((view) => ({ panels: setOverride(view.panels, id, key, value) }), gesture)
      }
    />
  );
}

/** Columns and pixels, by keyboard too. */
function Size({ id, columns, width, shared }: Props) {
  const set = (key: "w" | "h", value: string | null) =>
    shared.edit((view) => ({ panels: setOverride(view.panels, id, key, value) }));
  const height = shared.panelSet(id).find(([key]) => key === "h")?.[1];
  return (
    <div className={css.settings}>
      <ColumnsLine
        label={text.panelWidth}
        options={Array.from({ length: Math.min(6, columns) }, (_, i) => i + 1)}
        value={width}
        onChoose={(w) => set("w", w === 1 ? null : String(w))}
      />
      <HeightLine
        value={height === undefined ? null : Number(height)}
        onChange={(next) => set("h", next === null ? null : String(next))}
      />
    </div>
  );
}

/** What dragging does, by keyboard. */
function Place({ onMove }: { onMove(by: -1 | 1): void }) {
  return (
    <div className={css.settings}>
      <div className={css.line} role="group" aria-label={text.panelPlace}>
        <span className={css.label}>{text.panelPlace}</span>
        <span className={css.pair}>
          <button type="button" className={controls.btn} onClick={() => onMove(-1)}>
            <ArrowLeft {...small} />
            {text.earlier}
          </button>
          <button type="button" className={controls.btn} onClick={() => onMove(1)}>
            {text.later}
            <ArrowRight {...small} />
          </button>
        </span>
      </div>
    </div>
  );
}
