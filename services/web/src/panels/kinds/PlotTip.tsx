// What stands under the pointer in a picture, in words, beside the pointer and within the window.

import { type RefObject, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { Name } from "../../components/Name";
import { n, text } from "../../text";
import css from "./Plot.module.css";

export interface ToldRow {
  color?: string;
  name: string;
  value: string;
  /** In a line of its own. */
  detail?: string;
}

export interface Told {
  title: string;
  rows: readonly ToldRow[];
}

interface Props {
  told: Told;
  /** In CSS pixels of the host. */
  at: { x: number; y: number };
  host: RefObject<HTMLDivElement | null>;
}

const MOST_ROWS = 12;
const APART = 14; // CSS pixels from the pointer
const EDGE = 8; // CSS pixels from the window's edge

export function PlotTip({ told: { title, rows }, at, host }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = ref.current;
    const box = host.current?.getBoundingClientRect();
    if (tip === null || box === undefined) return;
    const x = box.left + at.x;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = x + APART + width <= innerWidth - EDGE ? x + APART : Math.max(EDGE, x - APART - width);
    const top = Math.min(box.top + at.y - height / 2, innerHeight - height - EDGE);
    tip.style.left = `${left}px`;
    tip.style.top = `${Math.max(EDGE, top)}px`;
  });
  const left = rows.length - MOST_ROWS;
  return createPortal(
    <div className={css.tip} ref={ref} role="presentation" data-tip>
      <b>{title}</b>
      {rows.slice(0, MOST_ROWS).map(({ color, name, value, detail }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place.
        <div key={i}>
          {color !== undefined && <i style={{ background: color }} />}
          <Name name={name} title={false} />
          <span>{value}</span>
          {detail !== undefined && <small>{detail}</small>}
        </div>
      ))}
      {left > 0 && <p>{text.kinds.moreRows(n(left))}</p>}
    </div>,
    document.body,
  );
}
