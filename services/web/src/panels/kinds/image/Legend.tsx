// What the colours of masks mean; a click on a class shows it, or not.

import { visible } from "../../../components/Name";
import type { PanelShared } from "../../../experiment/context";
import { text } from "../../../text";
import { useTabbable } from "../../roving";
import css from "./Image.module.css";
import { classLayer, type MaskClass, maskLayer } from "./image";
import { type ImageLook, toggleLayer } from "./look";
import { colorOfClass } from "./mask";

const MOST = 300; // classes that are listed

interface Props {
  id: string;
  look: ImageLook;
  classes: readonly MaskClass[];
  shared: PanelShared;
}

export function Legend({ id, look, classes, shared }: Props) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const of = classes.filter(({ mask }) => !look.off.has(maskLayer(mask)));
  if (of.length === 0) return null;
  const several = of.some(({ mask }) => mask !== of[0].mask);
  return (
    <fieldset className={css.legend} aria-label={text.kinds.classes}>
      {of.slice(0, MOST).map(({ mask, number, name }) => {
        const layer = classLayer(mask, number);
        return (
          <button
            key={layer}
            type="button"
            tabIndex={tabIndex}
            aria-pressed={!look.off.has(layer)}
            title={text.kinds.classOf(visible(mask.slice(0, 60)), number)}
            onClick={() => toggleLayer(shared, id, look, layer)}
          >
            <i style={{ background: colorOfClass(number, shared.palette.runs) }} />
            {visible(name.slice(0, 60))}
            {several && <small>{visible(mask.slice(0, 60))}</small>}
          </button>
        );
      })}
      {of.length > MOST && <span>{text.kinds.moreRows(String(of.length - MOST))}</span>}
    </fieldset>
  );
}
