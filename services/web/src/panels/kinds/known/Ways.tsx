// From a value in a panel to its point on the page of its run, and to its bytes.

import { Download } from "lucide-react";
import type { ValuePoint } from "../../../api/values";
import { blobUrl } from "../../../components/blobs";
import { bytesText, nameOf, safeName } from "../../../components/files/file";
import { icon } from "../../../components/Shell";
import { text } from "../../../text";
import type { KindPanelProps } from "../../KindPanel";
import { PointsLink } from "../../PointsLink";
import { useTabbable } from "../../roving";
import type { LoggedBlob } from "./known";
import css from "./Ways.module.css";

interface Props extends Pick<KindPanelProps, "id" | "tag" | "kind"> {
  run: string;
  point: ValuePoint;
  blobs: readonly LoggedBlob[];
}

export function Ways({ run, blobs, ...of }: Props) {
  const { id, tag, point } = of;
  const tabIndex = useTabbable(id) ? 0 : -1;
  return (
    <p className={css.ways}>
      <PointsLink run={run} tag={tag} step={point.step} className={css.way} tabIndex={tabIndex}>
        {text.known.point}
      </PointsLink>
      {blobs.map((blob) => (
        <Save key={blob.part} {...of} blob={blob} />
      ))}
    </p>
  );
}

interface SaveProps extends Omit<Props, "run" | "blobs"> {
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
