// Previews of files that are read here: texts, JSON and tables, HTML, tensors.

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { get } from "../../api/client";
import { parseJson, toStep } from "../../api/json64";
import { type PointItem, pointsPath, type SeriesItem } from "../../api/run";
import { exactValue, shortValue } from "../../chart/format";
import { n, text } from "../../text";
import { fetchBytes } from "../blobs";
import { Name, visible } from "../Name";
import { ProblemBox } from "../Problem";
import words from "../words.module.css";
import { elementsIn, sumUp } from "./elements";
import css from "./FilePreview.module.css";
import { bytesText, type LoggedFile } from "./file";
import { type FileTable, tableIn, textsIn } from "./fileContent";

export const MOST_TEXT = 262_144; // bytes of a text that are shown
const MOST_READ = 16_777_216; // bytes of a table or tensor that are read
const MOST_ROWS = 1_000; // of a table
const MOST_CELLS = 1_000; // of a tensor

function useBytes(file: LoggedFile, most: number) {
  return useQuery({
    queryKey: ["blob", file.blob, most],
    queryFn: ({ signal }) => fetchBytes(file.blob, 0, most, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
}

function Plain({ children }: { children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
    <pre className={css.text} tabIndex={0}>
      {children.split("\n").map(visible).join("\n")}
    </pre>
  );
}

const Cut = ({ file, most }: { file: LoggedFile; most: number }) =>
  Number(file.bytes) > most ? <p className={words.note}>{text.files.cut(bytesText(most))}</p> : null;

export function TextPreview({ file }: { file: LoggedFile }) {
  const { data, error, refetch } = useBytes(file, MOST_TEXT);
  if (error !== null) return <ProblemBox error={error} retry={() => void refetch()} />;
  if (data === undefined) return null;
  // Texts that were logged as such are a list; a file that holds text is as it is.
  const texts = file.kind === "text" ? textsIn(data) : [new TextDecoder().decode(data)];
  return (
    <>
      {texts.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: texts have no other name.
        <Plain key={i}>{one}</Plain>
      ))}
      <Cut file={file} most={MOST_TEXT} />
    </>
  );
}

export function DocumentPreview({ file }: { file: LoggedFile }) {
  const isWhole = Number(file.bytes) <= MOST_READ;
  const { data, error, refetch } = useBytes(file, isWhole ? MOST_READ : MOST_TEXT);
  if (error !== null) return <ProblemBox error={error} retry={() => void refetch()} />;
  if (data === undefined) return null;
  const source = new TextDecoder().decode(data);
  const table = isWhole ? tableOf(source) : null;
  if (table !== null) return <TableView table={table} />;
  return (
    <>
      <Plain>{source.slice(0, MOST_TEXT)}</Plain>
      <Cut file={file} most={MOST_TEXT} />
    </>
  );
}

function tableOf(source: string): FileTable | null {
  try {
    return tableIn(parseJson(source));
  } catch {
    return null;
  }
}

function TableView({ table }: { table: FileTable }) {
  return (
    <Grid
      caption={text.files.table(table.rows.length, table.columns.length)}
      head={table.columns.map(({ name, type }) => (
        <>
          <Name name={name} /> <small>{type === null ? "" : visible(String(type))}</small>
        </>
      ))}
      rows={table.rows.slice(0, MOST_ROWS).map((row) => table.columns.map((_, i) => cellOf(row[i])))}
      isNumber={table.columns.map(({ type }) => type === "number" || type === "integer")}
      left={table.rows.length - MOST_ROWS}
    />
  );
}

function cellOf(value: unknown): ReactNode {
  if (value === null || value === undefined) return <span className={words.dim}>{text.files.noValue}</span>;
  if (typeof value === "number") return exactValue(value);
  return <Name name={typeof value === "object" ? JSON.stringify(value, whole) : String(value)} />;
}

const whole = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

interface GridProps {
  caption: string;
  head: ReactNode[];
  rows: ReactNode[][];
  isNumber: boolean[];
  /** Rows that are not shown. */
  left: number;
}

function Grid({ caption, head, rows, isNumber, left }: GridProps) {
  return (
    <>
      <p className={words.note}>{caption}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
      <section className={css.grid} tabIndex={0} aria-label={caption}>
        <table>
          <thead>
            <tr>
              {head.map((content, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
                <th key={i} scope="col" className={isNumber[i] ? css.num : undefined}>
                  {content}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other name.
              <tr key={i}>
                {row.map((content, j) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                  <td key={j} className={isNumber[j] ? css.num : undefined}>
                    {content}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {left > 0 && <p className={words.note}>{text.files.moreRows(left)}</p>}
    </>
  );
}

const MOST_POINTS = 200; // of a tag whose list is read for the shape of one

/** The points of a tag know their shapes, the files do not. */
function useShape(file: LoggedFile, run: string, series: SeriesItem | undefined): number[] | null {
  const count = Number(series?.count ?? Number.POSITIVE_INFINITY);
  const { data } = useQuery({
    queryKey: ["shapes", run, file.tag, file.writer, count],
    queryFn: ({ signal }) => get<{ items: PointItem[] }>(pointsPath(run, { ...file, kind: "tensor" }), signal),
    enabled: count <= MOST_POINTS,
    select: ({ items }) => {
      const point = items.find(
        ({ step, value }) =>
          toStep(step) === toStep(file.step) && (value as { blob?: string } | null)?.blob === file.blob,
      );
      return (point?.value as { shape?: number[] } | undefined)?.shape ?? null;
    },
  });
  return data ?? null;
}

export interface PreviewProps {
  run: string;
  file: LoggedFile;
  series: SeriesItem | undefined;
}

export function TensorPreview({ run, file, series }: PreviewProps) {
  const shape = useShape(file, run, series);
  const dtype = series?.value_type ?? "";
  const { data, error, refetch } = useBytes(file, MOST_READ);
  if (error !== null) return <ProblemBox error={error} retry={() => void refetch()} />;
  if (data === undefined) return null;
  const elements = elementsIn(data, dtype);
  if (elements === null) return <p className={words.hint}>{text.files.noPreview}</p>;
  const { count, min, max, mean, deviation, nan, infinite } = sumUp(elements);
  const facts: [string, string][] = [
    [text.files.shape, shape === null ? dtype : `${dtype} [${shape.join(", ")}]`],
    [text.files.values, n(count)],
    [text.files.least, exactValue(min)],
    [text.files.greatest, exactValue(max)],
    [text.files.mean, exactValue(mean)],
    [text.files.deviation, exactValue(deviation)],
    [text.files.notFinite, n(nan + infinite)],
  ];
  const wide = 8;
  const first = Array.from({ length: Math.min(count, MOST_CELLS) }, (_, i) => shortValue(elements.value(i)));
  const lines = Array.from({ length: Math.ceil(first.length / wide) }, (_, i) => i * wide);
  return (
    <>
      <dl className={words.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Grid
        caption={text.files.firstValues(first.length)}
        head={[text.files.from, ...Array.from({ length: wide }, (_, i) => `+${i}`)]}
        rows={lines.map((at) => [n(at), ...first.slice(at, at + wide)])}
        isNumber={Array.from({ length: wide + 1 }, () => true)}
        left={0}
      />
      <Cut file={file} most={MOST_READ} />
    </>
  );
}
