// What scatter and parallel coordinates share: their size, short names, and the run under the pointer with its values.

import { type RefObject, useLayoutEffect, useState } from "react";
import { Name, shorten, visible } from "../../components/Name";
import { text } from "../../text";
import type { DataRow } from "../columns";
import { type ColumnsProps, cellText } from "./OtherPanel";
import css from "./OtherPanel.module.css";

export const PAD = { top: 10, right: 14, bottom: 24, left: 52 };
export const DENSE = 300; // marks or lines from which they are drawn thinner

export function useSize(host: RefObject<HTMLDivElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const el = host.current;
    if (el === null) return;
    const measure = () => setSize({ width: el.clientWidth, height: el.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    return () => observer.disconnect();
  }, [host]);
  return size;
}

export const label = (name: string, most: number) => visible(shorten(name, most));

/** The focused run last, so that it lies on top. */
export const onTop = (rows: readonly DataRow[], focus: string | null) =>
  [...rows].sort((a, b) => Number(a.id === focus) - Number(b.id === focus));

interface Pointed {
  row: DataRow;
  x: number;
  y: number;
}

/** The run under the pointer: shown everywhere as long as it is, and focused by a click, as in the run table. */
export function usePointed(host: RefObject<HTMLDivElement | null>, { shared }: Pick<ColumnsProps, "shared">) {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const leave = () => {
    if (pointed !== null) shared.hoverRun(null);
    setPointed(null);
  };
  return {
    pointed,
    leave,
    at(event: React.PointerEvent, find: (x: number, y: number) => DataRow | null) {
      const box = host.current!.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const row = find(x, y);
      if (row === null) leave();
      else {
        if (row.id !== pointed?.row.id) shared.hoverRun(row.id);
        setPointed({ row, x, y });
      }
    },
    choose() {
      if (pointed !== null) shared.focusRun(pointed.row.id);
    },
  };
}

const TIP = 14; // CSS pixels from the pointer

export function PlotTip({ pointed, titles, width }: { pointed: Pointed | null; titles: string[]; width: number }) {
  if (pointed === null) return null;
  const { row, x, y } = pointed;
  const side = x < width / 2 ? { left: x + TIP } : { right: width - x + TIP };
  return (
    <div className={css.tip} style={{ ...side, top: y }}>
      <b>
        <i style={{ background: row.color }} />
        <Name name={row.name} title={false} />
      </b>
      <dl>
        {titles.map((title, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place.
          <div key={i}>
            <dt>
              <Name name={title} title={false} />
            </dt>
            <dd>{label(cellText(row.cells[i]) || text.noValue, 60)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
