// Pages of HTML, tables and other documents of the drawn runs at the step of the view, as the page of a run shows its files.

import type { ValueItem } from "../../api/values";
import { FilePreview } from "../../components/files/FilePreview";
import type { LoggedFile } from "../../components/files/file";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import css from "./DocumentPanel.module.css";
import { KindShell } from "./KindShell";
import { RunArticles } from "./RunArticles";
import { useValues } from "./useValues";

export function DocumentPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  return (
    <KindShell id={id} values={values} shared={shared}>
      <RunArticles id={id} label={text.kinds.documents} values={values} shared={shared}>
        {(item) => <Document item={item} tag={tag} kind={kind} />}
      </RunArticles>
    </KindShell>
  );
}

function Document({ item, tag, kind }: { item: ValueItem } & Pick<KindPanelProps, "tag" | "kind">) {
  const { run, point, problem } = item;
  if (problem !== null) return <p className={css.document}>{problem.detail || problem.title}</p>;
  if (point === null) return null;
  const blob = documentOf(point.value);
  if (blob === null) return <p className={css.document}>{text.kinds.damaged}</p>;
  const { step, wall } = point;
  const file: LoggedFile = { tag, kind, step, wall, writer: 0, ...blob, index: 0, of: 1 };
  return (
    <div className={css.document}>
      <FilePreview key={blob.blob} run={run} file={file} series={undefined} />
    </div>
  );
}

/** Null: it is none, whatever its kind says. */
export function documentOf(value: unknown): Pick<LoggedFile, "blob" | "type" | "bytes" | "name"> | null {
  const { blob, type, bytes, name } = (value ?? {}) as Record<string, unknown>;
  if (typeof blob !== "string" || typeof type !== "string") return null;
  if (typeof bytes !== "number" && typeof bytes !== "bigint") return null;
  return { blob, type, bytes, ...(typeof name === "string" ? { name } : {}) };
}
