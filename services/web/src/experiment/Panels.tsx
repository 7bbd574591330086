// The panel grid. Only rows within about one screen of the viewport exist, so ten thousand tags cost as much as ten.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type RefObject, useEffect, useMemo, useState } from "react";
import { Name } from "../components/Name";
import { icon } from "../components/Shell";
import { text } from "../text";
import { Panel } from "./Panel";
import css from "./Panels.module.css";
import { gridRows, type Section } from "./sections";

const GAP = 8;
const HEAD = 34;
const SIDE = 478; // the run list's width, for the first guess

interface Geometry {
  columns: number;
  cardHeight: number;
  wide: boolean;
}

/** Columns of at least 290 px (340 on very wide windows, to five), cards 208 px high (296). */
function geometry(width: number): Geometry {
  const wide = innerWidth >= 2000;
  const padding = width < 600 ? 24 : 28;
  const columns = Math.floor((width - padding + GAP) / ((wide ? 340 : 290) + GAP));
  return { columns: Math.max(1, Math.min(5, columns)), cardHeight: wide ? 296 : width < 600 ? 232 : 208, wide };
}

function useGeometry(scroll: RefObject<HTMLElement | null>): Geometry {
  const [size, setSize] = useState<Geometry>(() => geometry(innerWidth < 1180 ? innerWidth : innerWidth - SIDE));
  // Not a layout effect: the scroll container is the parent's, whose ref is set after those of its children have run.
  useEffect(() => {
    const el = scroll.current;
    if (el === null) return;
    const measure = () => {
      const next = geometry(el.clientWidth);
      setSize((old) =>
        old.columns === next.columns && old.cardHeight === next.cardHeight && old.wide === next.wide ? old : next,
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    return () => observer.disconnect();
  }, [scroll]);
  return size;
}

/** False until the first screen has had its turn: what is beyond the window must not hold it up. */
function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}

interface Props {
  scroll: RefObject<HTMLElement | null>;
  sections: Section[];
  closed: string[];
  onToggle(section: string): void;
}

export function Panels({ scroll, sections, closed, onToggle }: Props) {
  const { columns, cardHeight, wide } = useGeometry(scroll);
  const rows = useMemo(() => {
    // On a very wide window a short section takes the whole width, but never less than three columns.
    const columnsOf = ({ tags }: Section) => (wide ? Math.min(columns, Math.max(3, tags.length)) : columns);
    return gridRows(sections, closed, columnsOf);
  }, [sections, closed, columns, wide]);
  const settled = useSettled();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index].kind === "head" ? HEAD : cardHeight + GAP),
    getItemKey: (index) => {
      const row = rows[index];
      return row.kind === "head" ? `head ${row.section.name ?? "\u0000pinned"}` : `cards ${row.tags[0]}`;
    },
    // For the first render, when nothing is measured yet.
    initialRect: { width: innerWidth, height: innerHeight },
    overscan: settled ? 2 : 0,
    paddingEnd: 24,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes depend on these.
  useEffect(() => virtual.measure(), [virtual, rows, cardHeight]);
  return (
    <div className={css.canvas} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        const place = { transform: `translateY(${item.start}px)`, height: item.size };
        if (row.kind === "head") {
          return (
            <div key={item.key} className={css.line} style={place}>
              <Head section={row.section} open={row.open} onToggle={onToggle} />
            </div>
          );
        }
        return (
          <div key={item.key} className={css.line} style={place}>
            <div
              className={css.grid}
              style={{ gridTemplateColumns: `repeat(${row.columns}, minmax(0, 1fr))`, height: cardHeight }}
            >
              {row.tags.map((tag, i) => (
                <Panel key={tag} tag={tag} order={row.first + i} />
              ))}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function Head({ section, open, onToggle }: { section: Section; open: boolean; onToggle(section: string): void }) {
  const { name } = section;
  const label = name === null ? text.pinned : name === "" ? text.noPrefix : <Name name={name} />;
  const count = <span className={css.count}>{text.tagCount(section.tags.length)}</span>;
  if (name === null) {
    return (
      <h2 className={css.head}>
        {label} {count}
      </h2>
    );
  }
  return (
    <h2 className={css.head}>
      <button type="button" aria-expanded={open} onClick={() => onToggle(name)}>
        {open ? <ChevronDown {...icon} size={14} /> : <ChevronRight {...icon} size={14} />}
        {label} {count}
      </button>
    </h2>
  );
}
