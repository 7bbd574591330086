// Meshes, embeddings and graphs of the drawn runs at the step of the view, in words, with the ways to their points and bytes.

import { Download } from "lucide-react";
import type { ValueItem } from "../../api/values";
import { blobUrl } from "../../components/blobs";
import { bytesText, nameOf, safeName } from "../../components/files/file";
import { Name } from "../../components/Name";
import { icon } from "../../components/Shell";
import { text } from "../../text";
import type { KindPanelProps } from "../KindPanel";
import { PointsLink } from "../PointsLink";
import { useTabbable } from "../roving";
import { KindShell } from "./KindShell";
import css from "./KnownPanel.module.css";
import { type KnownKind, knownOf, type LoggedBlob } from "./known/known";
import { RunArticles } from "./RunArticles";
import { useValues } from "./useValues";

export function KnownPanel({ id, tag, kind, shared }: KindPanelProps) {
  const values = useValues({ kind, tag, shared });
  return (
    <KindShell id={id} values={values} shared={shared}>
      <RunArticles id={id} label={text.known.label} values={values} shared={shared}>
        {(item) => <Known id={id} tag={tag} kind={kind as KnownKind} item={item} />}
      </RunArticles>
    </KindShell>
  );
}

interface Props extends Pick<KindPanelProps, "id" | "tag"> {
  kind: KnownKind;
  item: ValueItem;
}

function Known({ id, tag, kind, item: { run, point, problem } }: Props) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  if (problem !== null) return <p className={css.words}>{problem.detail || problem.title}</p>;
  if (point === null) return null;
  const known = knownOf(kind, point.value);
  return (
    <>
      <p className={css.words}>
        {known === null
          ? text.kinds.damaged
          : known.words.map((word, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a word is known by its place.
              <Name key={i} name={word} />
            ))}
      </p>
      <p className={css.ways}>
        <PointsLink run={run} tag={tag} step={point.step} className={css.way} tabIndex={tabIndex}>
          {text.known.point}
        </PointsLink>
        {known?.blobs.map((blob) => (
          <Save key={blob.part} id={id} tag={tag} kind={kind} point={point} blob={blob} />
        ))}
      </p>
    </>
  );
}

interface SaveProps extends Omit<Props, "item"> {
  point: NonNullable<ValueItem["point"]>;
  blob: LoggedBlob;
}

function Save({ id, tag, kind, point: { step, wall }, blob: { part, ...blob } }: SaveProps) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const name = nameOf({
    tag: part === "" ? tag : `${tag}-${part}`,
    kind,
    step,
    wall,
    writer: 0,
    index: 0,
    of: 1,
    ...blob,
  });
  return (
    <a className={css.way} href={blobUrl(blob.blob)} download={safeName(name)} tabIndex={tabIndex}>
      <Download {...icon} size={13} />
      {text.known.download(part, bytesText(blob.bytes))}
    </a>
  );
}
