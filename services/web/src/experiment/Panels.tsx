// The panel grid. Only rows within about one screen of the viewport exist, so ten thousand tags cost as much as ten.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight, Ellipsis } from "lucide-react";
import { type ReactNode, type RefObject, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { tagText } from "../api/tags";
import { PAD } from "../chart/pad";
import controls from "../components/controls.module.css";
import { later } from "../components/later";
import { Name, visible } from "../components/Name";
import { icon } from "../components/Shell";
import { PointsLink } from "../panels/PointsLink";
import { useSettled } from "../settled";
import { hasPanel, isKind, kindOf, tagOf } from "../state/panel_ids";
import type { Layout, Override } from "../state/panels_view";
import { text } from "../text";
import { usePanelShared } from "./context";
import { Panel } from "./Panel";
import css from "./Panels.module.css";
import { countOf, type GridRow, gridRows, type Section, sectionTitle } from "./sections";

const SectionMenu = later(() => import("../panels/later/SectionMenu").then((m) => m.SectionMenu));

const GAP = 8;
const HEAD = 34;
const FOLDED = 30;
const OF_KIND = 264; // px, at least: pictures and their rail want more than a line
const SIDE = 478; // the run list's width, for the first guess
const HEADS = 160; // px of the window above the first row of panels, about

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

/** The charts' width before anything is laid out. */
const firstWidth = () => (innerWidth < 1180 ? innerWidth : innerWidth - SIDE);

/** About how many panels the window shows at first, and how wide their plots are, in CSS pixels. */
export function firstScreen(): { panels: number; width: number } {
  const { columns, cardHeight } = geometry(firstWidth());
  const card = firstWidth() / columns - GAP;
  return {
    panels: columns * Math.ceil((innerHeight - HEADS) / cardHeight),
    width: card - PAD.left - PAD.right,
  };
}

function useGeometry(scroll: RefObject<HTMLElement | null>): Geometry {
  const [size, setSize] = useState<Geometry>(() => geometry(firstWidth()));
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

interface Props {
  scroll: RefObject<HTMLElement | null>;
  sections: Section[];
  closed: string[];
  lay: Layout;
  overrides: Override[];
  /** One panel fills the page: the others rest, and the place where one was stays. */
  paused: boolean;
  onToggle(section: string): void;
}

const numberOf = (set: readonly (readonly [string, string])[], key: string) => {
  const value = set.find(([k]) => k === key)?.[1];
  return value === undefined ? null : Number(value);
};

function useRows({ scroll, sections, closed, lay, overrides }: Props): { rows: GridRow[]; cardHeight: number } {
  const { columns: fitting, cardHeight: usual, wide } = useGeometry(scroll);
  // On a phone one column stays one column: a layout that was made on a wide window must not make charts of 30 px.
  const columns = lay.columns === null || fitting === 1 ? fitting : lay.columns;
  const cardHeight = lay.height ?? usual;
  // Parsing makes new lists with every change of the address.
  const key = JSON.stringify(overrides);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the overrides.
  const rows = useMemo(() => {
    const sizes = new Map(overrides.map(({ of, set }) => [of, set]));
    return gridRows(sections, closed, {
      // On a very wide window a short section takes the whole width, but never less than three columns.
      columnsOf: ({ panels }) =>
        wide && lay.columns === null ? Math.min(columns, Math.max(3, panels.length)) : columns,
      sizeOf: (id) => {
        const set = sizes.get(id) ?? [];
        const usual = isKind(id) && lay.height === null ? Math.max(cardHeight, OF_KIND) : cardHeight;
        return { width: numberOf(set, "w") ?? 1, height: numberOf(set, "h") ?? usual };
      },
    });
  }, [sections, closed, columns, wide, cardHeight, lay.columns, key]);
  return { rows, cardHeight };
}

const keyOf = (row: GridRow) => {
  const section = row.section.name ?? "\u0000pinned";
  // By place: a panel that moves within its row stays the same one, with its open menu.
  return row.kind === "cards" ? `cards ${row.index} ${section}` : `${row.kind} ${section}`;
};

export function Panels(props: Props) {
  const { scroll, sections, paused, onToggle } = props;
  const { rows } = useRows(props);
  const settled = useSettled();
  const sizeOf = (row: GridRow) => (row.kind === "head" ? HEAD : row.kind === "cards" ? row.height + GAP : FOLDED);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => sizeOf(rows[index]),
    getItemKey: (index) => keyOf(rows[index]),
    // For the first render, when nothing is measured yet.
    initialRect: { width: innerWidth, height: innerHeight },
    overscan: settled ? 2 : 0,
    paddingEnd: 24,
  });
  const measured = useRef(rows);
  useEffect(() => {
    if (measured.current === rows) return;
    measured.current = rows;
    virtual.measure();
  }, [virtual, rows]);
  const names = useMemo(() => sections.flatMap(({ name }) => (name === null ? [] : [name])), [sections]);
  return (
    <div className={css.canvas} style={{ height: virtual.getTotalSize() }}>
      {(paused ? [] : virtual.getVirtualItems()).map((item) => {
        const row = rows[item.index];
        return (
          <div
            key={item.key}
            className={css.line}
            style={{ transform: `translateY(${item.start}px)`, height: item.size }}
          >
            <Row row={row} names={names} onToggle={onToggle} />
          </div>
        );
      })}
    </div>
  );
}

interface RowProps {
  row: GridRow;
  /** Sections that can be put in order. */
  names: string[];
  onToggle(section: string): void;
}

function Row({ row, names, onToggle }: RowProps) {
  if (row.kind === "head") return <Head section={row.section} open={row.open} names={names} onToggle={onToggle} />;
  if (row.kind === "folded") return <Folded ids={row.section.folded} summary={text.folded} />;
  if (row.kind === "others") return <Folded ids={row.section.others} summary={text.kinds.others} />;
  return (
    <div
      className={css.grid}
      style={{ gridTemplateColumns: `repeat(${row.columns}, minmax(0, 1fr))`, height: row.height }}
    >
      {row.cells.map(({ id, width }, i) => (
        <div key={id} style={{ gridColumn: `span ${width}` }}>
          <Panel id={id} order={row.first + i} columns={row.columns} width={width} />
        </div>
      ))}
    </div>
  );
}

const MOST_FOLDED = 50; // names in a line that is opened

/** "12 tags without data here", which open into their names. */
function Folded({ ids, summary }: { ids: readonly string[]; summary(count: number): string }) {
  return (
    <details className={css.folded}>
      <summary>{summary(ids.length)}</summary>
      <p>
        {ids.slice(0, MOST_FOLDED).map((id) => (
          <FoldedTag key={id} id={id} />
        ))}
        {ids.length > MOST_FOLDED && text.andMore(ids.length - MOST_FOLDED)}
      </p>
    </details>
  );
}

/** Of another kind than scalar also which; where it has no panel, with a way to its points. */
function FoldedTag({ id }: { id: string }) {
  const kind = kindOf(id);
  const name = <Name name={tagText(tagOf(id))} />;
  if (kind === null) return name;
  return (
    <span>
      {hasPanel(kind) ? name : <ToPoints tag={tagOf(id)}>{name}</ToPoints>} <small>{text.kind(kind, 1)}</small>
    </span>
  );
}

/** In the focused run, else the first that is drawn. */
function ToPoints({ tag, children }: { tag: string; children: ReactNode }) {
  const { looks, focus } = usePanelShared();
  const run = focus !== null && looks.has(focus) ? focus : looks.keys().next().value;
  if (run === undefined) return children;
  return (
    <PointsLink run={run} tag={tag} otherwise={children}>
      {children}
    </PointsLink>
  );
}

interface HeadProps extends Omit<RowProps, "row"> {
  section: Section;
  open: boolean;
}

function Head({ section, open, names, onToggle }: HeadProps) {
  const { name } = section;
  const label = <Name name={sectionTitle(name)} />;
  const count = <span className={css.count}>{text.tagCount(countOf(section))}</span>;
  if (name === null) {
    return (
      <h2 className={css.head}>
        {label} {count}
      </h2>
    );
  }
  return (
    <div className={css.head}>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => onToggle(name)}>
          {open ? <ChevronDown {...icon} size={14} /> : <ChevronRight {...icon} size={14} />}
          {label} {count}
        </button>
      </h2>
      <SectionActs name={name} names={names} />
    </div>
  );
}

function SectionActs({ name, names }: { name: string; names: string[] }) {
  const shared = usePanelShared();
  const [asked, setAsked] = useState(false);
  const own = shared.sectionSet(name);
  const label = text.sectionActs(visible(sectionTitle(name).slice(0, 80)));
  const closed = (
    <button
      type="button"
      className={controls.small}
      aria-label={label}
      title={label}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <Ellipsis {...icon} size={14} />
    </button>
  );
  return (
    <span className={css.sectionActs}>
      {own.length > 0 && (
        <i className={css.dot} title={text.hasOwnSettings} role="img" aria-label={text.hasOwnSettings} />
      )}
      {asked ? (
        <Suspense fallback={closed}>
          <SectionMenu name={name} names={names} shared={shared} />
        </Suspense>
      ) : (
        closed
      )}
    </span>
  );
}
