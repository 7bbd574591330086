// The tensor of one run: its type and shape, what its values are together, and the matrix that is chosen.

import { useMemo, useRef } from "react";
import { tagText } from "../../../api/tags";
import type { ValueItem, ValuePoint } from "../../../api/values";
import { exactValue, shortValue } from "../../../chart/format";
import { visible } from "../../../components/Name";
import { ProblemBox } from "../../../components/Problem";
import { useSeen } from "../../../components/useSeen";
import { text } from "../../../text";
import type { KindPanelProps } from "../../KindPanel";
import { TableButton } from "../KindBar";
import type { LoggedBlob } from "../known/known";
import { Ways } from "../known/Ways";
import { Plot } from "../Plot";
import { nameOf } from "../runs";
import { readText } from "../text/value";
import { colorsOf, heatDrawing, heightOf, type Matrix } from "./drawing";
import css from "./Tensor.module.css";
import { indexText, type LoggedTensor } from "./tensor";
import { type Read, useElements } from "./useElements";

interface Props extends Pick<KindPanelProps, "id" | "tag" | "shared"> {
  item: ValueItem;
  /** Undefined and null: what is logged is none. */
  tensor: LoggedTensor | null | undefined;
  lead: readonly number[];
  row: number;
}

export function OneTensor({ item: { run, point, problem }, tensor, ...rest }: Props) {
  if (problem !== null) return <p className={css.words}>{problem.detail || problem.title}</p>;
  if (point === null) return null;
  if (tensor == null) return <p className={css.words}>{text.kinds.damaged}</p>;
  return <Tensor run={run} point={point} tensor={tensor} {...rest} />;
}

interface TensorProps extends Omit<Props, "item" | "tensor"> {
  run: string;
  point: ValuePoint;
  tensor: LoggedTensor;
}

function Tensor({ id, tag, run, point, shared, tensor, lead, row }: TensorProps) {
  const host = useRef<HTMLDivElement>(null);
  const place = useMemo(() => ({ lead, row }), [lead, row]);
  const { read, empty, readable, error, retry } = useElements(tensor, place, useSeen(host));
  const type = visible(`${tensor.dtype} [${tensor.shape.join(", ")}]`.slice(0, 200));
  const name = visible(nameOf(run, shared).slice(0, 100));
  const title = text.tensors.table(name, visible(tagText(tag).slice(0, 200)) || text.empty);
  return (
    <div ref={host} className={css.tensor}>
      <div className={css.facts}>
        <span className="mono">{type}</span>
        {read !== null && tensor.shape.length > 0 && <Facts read={read} />}
        {read !== null && <TableButton id={id} title={title} content={() => tableOf(read)} />}
      </div>
      {error !== null && <ProblemBox error={error} retry={retry} />}
      {empty && <p className={css.words}>{text.tensors.none}</p>}
      {!(empty || readable) && <Unread tensor={tensor} />}
      {read !== null &&
        (tensor.shape.length === 0 ? (
          <p className={css.scalar}>{read.elements.exact(0)}</p>
        ) : (
          <Heat read={read} label={text.tensors.map(name, type)} shared={shared} />
        ))}
      {(!readable || read?.whole === false) && (
        <Ways {...{ id, tag, run, point }} kind="tensor" blobs={blobsOf(tensor)} />
      )}
    </div>
  );
}

/** What the values are together; where that is of a part of them, which. */
function Facts({ read: { summary, whole, slice, tensor } }: { read: Read }) {
  const { count, nan, infinite, min, max, mean, deviation } = summary;
  const { lead, rows, columns, from, shownRows, shownColumns } = slice;
  const values: [name: string, value: number, title?: string][] = [
    [text.tensors.min, min],
    [text.tensors.max, max],
    [text.tensors.mean, mean],
    [text.tensors.deviation, deviation, text.tensors.deviationTitle],
  ];
  const words = [
    text.tensors.finite(count - nan - infinite),
    nan > 0 ? text.tensors.nan(nan) : "",
    infinite > 0 ? text.tensors.infinite(infinite) : "",
  ];
  const part = [
    whole ? "" : text.tensors.ofShown,
    shownRows < rows ? text.tensors.rowsShown(from + 1, from + shownRows, rows) : "",
    shownColumns < columns ? text.tensors.columnsShown(shownColumns, columns) : "",
  ];
  const shown = [
    lead.length > 0 ? text.tensors.slice(lead) : "",
    tensor.dtype.startsWith("complex") ? text.tensors.absolute : "",
  ];
  return (
    <>
      {words.filter(Boolean).map((word) => (
        <span key={word}>{word}</span>
      ))}
      {!Number.isNaN(min) &&
        values.map(([name, value, title]) => (
          <span key={name} title={[title, exactValue(value)].filter(Boolean).join(" ")}>
            {name} <b>{shortValue(value)}</b>
          </span>
        ))}
      {shown.filter(Boolean).map((word) => (
        <span key={word}>{word}</span>
      ))}
      {part.filter(Boolean).map((word) => (
        <em key={word}>{word}</em>
      ))}
    </>
  );
}

function Heat({ read, label, shared }: { read: Read; label: string } & Pick<Props, "shared">) {
  const { palette } = shared;
  const draw = useMemo(
    () => (width: number, height: number, dpr: number) => heatDrawing(read, palette, width, height, dpr),
    [read, palette],
  );
  const { scale, summary } = read;
  const colors = colorsOf(scale, palette);
  return (
    <>
      <div className={css.map} style={{ "--rows": `${heightOf(read.slice)}px` } as React.CSSProperties}>
        <Plot label={label} background={palette.panel} draw={draw} notes={[]} />
      </div>
      <p className={css.scale}>
        {scale !== null && (
          <>
            <span>{shortValue(scale.low)}</span>
            <i
              role="img"
              aria-label={text.tensors.scale(shortValue(scale.low), shortValue(scale.high))}
              style={{ background: `linear-gradient(to right, ${colors.join(", ")})` }}
            />
            <span>{shortValue(scale.high)}</span>
          </>
        )}
        {summary.nan + summary.infinite > 0 && (
          <span className={css.hatched}>
            <i />
            {text.tensors.hatched}
          </span>
        )}
      </p>
    </>
  );
}

const blobsOf = ({ blob }: LoggedTensor): LoggedBlob[] =>
  blob === null ? [] : [{ part: "", blob: blob.id, type: "application/octet-stream", bytes: blob.bytes }];

const MOST_TEXTS = 100;

/** Texts, and elements of a type that nobody here knows. */
function Unread({ tensor: { dtype, data } }: { tensor: LoggedTensor }) {
  if (dtype !== "string" || data === null)
    return <p className={css.words}>{text.tensors.unreadable(visible(dtype.slice(0, 100)))}</p>;
  const pieces = data.slice(0, MOST_TEXTS).map(readText);
  return (
    <ol className={css.texts}>
      {pieces.map((piece, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an element is known by its place.
        <li key={i}>{wordOf(piece)}</li>
      ))}
      {data.length > MOST_TEXTS && <li>{text.kinds.moreRows(String(data.length - MOST_TEXTS))}</li>}
    </ol>
  );
}

function wordOf(piece: ReturnType<typeof readText>): string {
  if (piece === null || Array.isArray(piece)) return text.kinds.damaged;
  return "bytes" in piece ? text.texts.bytes(piece.bytes) : visible(piece.text.slice(0, 500)) || text.empty;
}

function tableOf({ tensor, slice, elements }: Matrix) {
  const rows = Array.from({ length: elements.count }, (_, i) => [
    indexText(tensor, slice, Math.floor(i / slice.shownColumns), i % slice.shownColumns),
    elements.exact(i),
  ]);
  return { head: text.tensors.head, rows };
}
