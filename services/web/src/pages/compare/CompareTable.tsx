import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Pin, X } from "lucide-react";
import { useMemo, useRef } from "react";
import { tagText } from "../../api/tags";
import { shortValue } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { sharedView } from "../../components/places";
import { icon } from "../../components/Shell";
import { slotOf } from "../../runs/looks";
import { text } from "../../text";
import css from "./Compare.module.css";
import { type Cell, type Column, type CompareRow, SECTIONS, type SectionName } from "./rows";

export type Look = "value" | "change" | "percent";

interface Props {
  workspace: string;
  columns: readonly Column[];
  /** Those that are shown. */
  rows: readonly CompareRow[];
  totals: readonly CompareRow[];
  reference: number;
  look: Look;
  onReference(run: string): void;
  onRemove(run: string): void;
}

// Heights in the style sheet, px.
const ROW = 28;
const SECTION = 34;

/** A section's head has no cells. */
type Line = { section: SectionName; count: number; row: null } | { section: SectionName; count: 0; row: CompareRow };

function linesOf(rows: readonly CompareRow[], totals: readonly CompareRow[]): Line[] {
  return SECTIONS.flatMap((section): Line[] => {
    const count = totals.filter((row) => row.section === section).length;
    if (count === 0) return [];
    const own = rows.filter((row) => row.section === section);
    return [{ section, count, row: null }, ...own.map((row): Line => ({ section, count: 0, row }))];
  });
}

/** Only the rows in view are there: fifty runs with hundreds of parameters are tens of thousands of cells. */
export function CompareTable({ workspace, columns, rows, totals, reference, look, onReference, onRemove }: Props) {
  const scroll = useRef<HTMLElement>(null);
  const lines = useMemo(() => linesOf(rows, totals), [rows, totals]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (lines[index].row === null ? SECTION : ROW),
    initialRect: { width: innerWidth, height: innerHeight },
    overscan: 16,
  });
  const inView = virtual.getVirtualItems();
  const above = inView[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (inView.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <section className={css.card} ref={scroll} tabIndex={0} aria-label={text.compare.table}>
      <table
        className={css.table}
        style={{ minWidth: 190 + columns.length * 150 }}
        aria-rowcount={lines.length + 1}
        aria-colcount={columns.length + 1}
      >
        <thead>
          <tr>
            <td />
            {columns.map(({ run }, i) => {
              const name = visible(run.name.slice(0, 100));
              return (
                <th key={run.id} scope="col" className={i === reference ? css.ref : undefined}>
                  <span className={css.column}>
                    <i className={css.swatch} style={{ background: `var(--c${slotOf(run)})` }} aria-hidden="true" />
                    <Link to="/w/$workspace/r/$run" params={{ workspace, run: run.id }} search={sharedView as never}>
                      <Name name={run.name} />
                    </Link>
                  </span>
                  <small>
                    {i === reference ? (
                      text.compare.reference
                    ) : (
                      <>
                        {text.run.status[run.status as keyof typeof text.run.status] ?? run.status}
                        <button
                          type="button"
                          className={controls.small}
                          aria-label={text.compare.makeReference(name)}
                          title={text.compare.makeReference(name)}
                          onClick={() => onReference(run.id)}
                        >
                          <Pin {...icon} size={12} />
                        </button>
                        <button
                          type="button"
                          className={controls.small}
                          aria-label={text.compare.remove(name)}
                          title={text.compare.remove(name)}
                          onClick={() => onRemove(run.id)}
                        >
                          <X {...icon} size={12} />
                        </button>
                      </>
                    )}
                  </small>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} />}
          {inView.map(({ index }) => {
            const { section, count, row } = lines[index];
            if (row === null) {
              const shown = rows.filter((other) => other.section === section).length;
              return (
                <tr key={section} className={css.section} aria-rowindex={index + 2}>
                  <th scope="rowgroup" colSpan={columns.length + 1}>
                    {text.compare.sections[section]} <span>{text.compare.of(shown, count)}</span>
                  </th>
                </tr>
              );
            }
            return (
              <tr key={`${section} ${row.key}`} aria-rowindex={index + 2}>
                <th scope="row">
                  <Name name={tagText(row.key)} />
                </th>
                {row.cells.map((cell, i) => (
                  <Value key={columns[i].run.id} cell={cell} isReference={i === reference} look={look} />
                ))}
              </tr>
            );
          })}
          {below > 0 && <Space height={below} />}
        </tbody>
      </table>
    </section>
  );
}

/** Rows that are not there. */
const Space = ({ height }: { height: number }) => (
  <tr>
    <td style={{ height, padding: 0, border: 0 }} />
  </tr>
);

function Value({ cell, isReference, look }: { cell: Cell; isReference: boolean; look: Look }) {
  const change = isReference || look === "value" || cell.delta === null || cell.delta === 0 ? null : cell;
  const className = [isReference ? css.ref : cell.same ? css.same : "", cell.best ? css.best : ""].join(" ");
  return (
    <td className={className} title={cell.exact.slice(0, 1000)}>
      <Name name={cell.text} title={false} />
      {change !== null && (
        <small
          className={cell.sign === "better" ? css.better : undefined}
          title={cell.sign === null ? undefined : text.compare.sign[cell.sign]}
        >
          {cell.sign !== null && <span className="sr">{text.compare.sign[cell.sign]}: </span>}
          {look === "percent" ? percent(change.relative) : signed(change.delta ?? 0)}
        </small>
      )}
    </td>
  );
}

const signed = (delta: number) => `${delta > 0 ? "+" : "−"}${shortValue(Math.abs(delta))}`;

const percent = (relative: number | null) =>
  relative === null ? "" : `${relative > 0 ? "+" : "−"}${(Math.abs(relative) * 100).toPrecision(3)} %`;
