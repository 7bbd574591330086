// Texts of the drawn runs at the step of the view: as Markdown, as they were logged, or what changed since the step before.

import { lazy, Suspense } from "react";
import type { ValueItem } from "../../api/values";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { Choice } from "./KindBar";
import { KindShell } from "./KindShell";
import { setKind } from "./own";
import { RunArticles } from "./RunArticles";
import css from "./TextPanel.module.css";
import { usePrevious } from "./text/usePrevious";
import { type Piece, readText, shownText, type TextTable } from "./text/value";
import { diffWords } from "./text/words";
import { useValues } from "./useValues";

const Markdown = lazy(() => import("../../components/Markdown"));

const FORMS = ["md", "raw", "diff"] as const;
const FORM_NAMES = FORMS.map((form) => [form, text.texts.forms[form]] as const);

export function TextPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  const as = new Map(shared.panelSet(id)).get("as");
  const form = FORMS.find((known) => known === as) ?? "md";
  const previous = usePrevious({ kind, tag, values, wanted: form === "diff" });
  const bar = (
    <Choice
      id={id}
      label={text.texts.form}
      value={form}
      options={FORM_NAMES}
      onChoose={(next) => setKind(shared, id, "as", next === "md" ? null : next)}
    />
  );
  return (
    <KindShell id={id} values={values} shared={shared} bar={bar}>
      <RunArticles id={id} label={text.texts.label} values={values} shared={shared}>
        {(item) =>
          form === "diff" ? (
            <Changes now={item} before={previous.get(item.run)} />
          ) : (
            <Logged item={item} markdown={form === "md"} />
          )
        }
      </RunArticles>
    </KindShell>
  );
}

function Logged({ item: { point, problem }, markdown }: { item: ValueItem; markdown: boolean }) {
  if (problem !== null) return <p className={css.note}>{problem.detail || problem.title}</p>;
  if (point === null) return null;
  const read = readText(point.value);
  if (read === null) return <p className={css.note}>{text.kinds.damaged}</p>;
  if (!Array.isArray(read)) return <Words piece={read} markdown={markdown} />;
  if (read.every(({ rows }) => rows.length === 0)) return <p className={css.note}>{text.texts.noRows}</p>;
  // biome-ignore lint/suspicious/noArrayIndexKey: tables are known by their place.
  return read.map((table, i) => <Table key={i} table={table} markdown={markdown} />);
}

const MOST_ROWS = 500; // of a table

function Table({ table: { at, rows }, markdown }: { table: TextTable; markdown: boolean }) {
  return (
    <>
      {at.length > 0 && <p className={css.note}>{text.texts.tableAt(at.join(", "))}</p>}
      <table className={css.table}>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows and cells are known by their place.
            <tr key={i}>
              {row.map((piece, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <td key={k}>
                  <Words piece={piece} markdown={markdown} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p className={css.note}>{text.texts.rowsLeft(rows.length - MOST_ROWS)}</p>}
    </>
  );
}

const MOST_RAW = 200_000; // characters that are shown as they are

function Words({ piece, markdown }: { piece: Piece; markdown: boolean }) {
  if ("bytes" in piece) return <p className={css.note}>{text.texts.bytes(piece.bytes)}</p>;
  if (piece.text === "") return <p className={css.note}>{text.empty}</p>;
  if (!markdown) return <Raw source={piece.text} />;
  return (
    <Suspense fallback={<Raw source={piece.text} />}>
      <Markdown source={piece.text} />
    </Suspense>
  );
}

function Raw({ source }: { source: string }) {
  const left = source.length - MOST_RAW;
  return (
    <>
      <pre className={css.raw} dir="auto">
        {shownText(source.slice(0, MOST_RAW))}
      </pre>
      {left > 0 && <p className={css.note}>{text.texts.left(left)}</p>}
    </>
  );
}

/** Of texts alone: what went and what came. */
function Changes({ now, before }: { now: ValueItem; before: ValueItem["point"] | undefined }) {
  const current = now.point === null ? null : readText(now.point.value);
  const old = before == null ? null : readText(before.value);
  if (before === undefined || current === null || Array.isArray(current) || !("text" in current))
    return <Logged item={now} markdown={false} />;
  if (before === null) return <Told words={text.texts.first} item={now} />;
  if (old === null || Array.isArray(old) || !("text" in old)) return <Told words={text.texts.apart} item={now} />;
  const stretches = diffWords(old.text, current.text);
  if (stretches === null) return <Told words={text.texts.apart} item={now} />;
  if (stretches.every(({ kind }) => kind === " ")) return <Told words={text.texts.same} item={now} />;
  return (
    <pre className={css.raw} dir="auto">
      {stretches.map(({ kind, text: part }, i) => {
        const shown = shownText(part);
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches are known by their place.
        return kind === " " ? shown : kind === "+" ? <ins key={i}>{shown}</ins> : <del key={i}>{shown}</del>;
      })}
    </pre>
  );
}

function Told({ words, item }: { words: string; item: ValueItem }) {
  return (
    <>
      <p className={css.note}>{words}</p>
      <Logged item={item} markdown={false} />
    </>
  );
}
