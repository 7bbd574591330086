// Brightness, contrast, actual size and layers of a panel's images.

import controls from "../../../components/controls.module.css";
import { visible } from "../../../components/Name";
import type { PanelShared } from "../../../experiment/context";
import type { KindKey } from "../../../state/kind_keys";
import { text } from "../../../text";
import { setKind } from "../own";
import css from "./Image.module.css";
import { BOXES, maskLayer } from "./image";
import { type ImageLook, toggleLayer } from "./look";

interface Props {
  id: string;
  look: ImageLook;
  /** Layers that there are. */
  layers: readonly string[];
  shared: PanelShared;
}

export function ImageControls({ id, look, shared }: Omit<Props, "layers">) {
  return (
    <>
      <Amount {...{ id, shared }} of="br" label={text.kinds.brightness} value={look.brightness} />
      <Amount {...{ id, shared }} of="ct" label={text.kinds.contrast} value={look.contrast} />
      <Toggle on={look.actual} onClick={() => setKind(shared, id, "size", look.actual ? null : "actual")}>
        {text.kinds.actualSize}
      </Toggle>
    </>
  );
}

export function LayerToggles({ id, look, layers, shared }: Props) {
  return layers.map((layer) => (
    <Toggle key={layer} on={!look.off.has(layer)} onClick={() => toggleLayer(shared, id, look, layer)}>
      {layer === BOXES ? text.kinds.boxLayer : visible(layer.slice(maskLayer("").length, 60))}
    </Toggle>
  ));
}

interface ToggleProps {
  on: boolean;
  onClick(): void;
  children: React.ReactNode;
}

export function Toggle({ on, onClick, children }: ToggleProps) {
  return (
    <button
      type="button"
      className={`${controls.small} ${css.word} ${on ? controls.on : ""}`}
      aria-pressed={on}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

interface AmountProps {
  id: string;
  shared: PanelShared;
  of: KindKey;
  label: string;
  /** Percent. */
  value: number;
}

const MOST = 400;

function Amount({ id, shared, of, label, value }: AmountProps) {
  return (
    <label className={controls.label}>
      {label}
      <input
        type="range"
        className={`${controls.range} ${css.amount}`}
        style={{ "--f": `${(value / MOST) * 100}%` } as React.CSSProperties}
        min={0}
        max={MOST}
        step={10}
        value={value}
        onDoubleClick={() => setKind(shared, id, of, null)}
        onChange={(event) => {
          const next = event.target.value;
          setKind(shared, id, of, next === "100" ? null : next, true);
        }}
      />
      <output>{text.kinds.percent(value)}</output>
    </label>
  );
}
