// What a file looks like: pictures, sound, film, pages, tables, tensors, and the beginning of texts. All else is for download.
// Bytes come from the server as a sandboxed document; text is shown as text.

import { useState } from "react";
import { text } from "../../text";
import { blobUrl, WhyNot } from "../blobs";
import { visible } from "../Name";
import words from "../words.module.css";
import { DocumentPreview, type PreviewProps, TensorPreview, TextPreview } from "./FileDocuments";
import css from "./FilePreview.module.css";
import { type LoggedFile, nameOf } from "./file";
import { HtmlPreview } from "./HtmlPreview";

const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)$/;
const TEXT = /^(?:text\/|application\/(?:x-?yaml|toml|javascript|x-python))/;
const TEXT_NAME = /\.(?:txt|md|py|ya?ml|toml|cfg|ini|csv|tsv|log|sh|c|cc|h|cpp|js|ts)$/i;

export function FilePreview(props: PreviewProps) {
  const { file } = props;
  if (PICTURE.test(file.type) || /^(?:audio|video)\//.test(file.type)) return <Media file={file} />;
  if (file.type === "text/html") return <HtmlPreview file={file} />;
  if (file.kind === "tensor") return <TensorPreview {...props} />;
  if (file.type === "application/json" || /\.json$/i.test(file.name ?? "")) return <DocumentPreview file={file} />;
  if (file.kind === "text" || TEXT.test(file.type) || TEXT_NAME.test(file.name ?? ""))
    return <TextPreview file={file} />;
  return <p className={words.hint}>{text.files.noPreview}</p>;
}

function Media({ file }: { file: LoggedFile }) {
  const [failed, setFailed] = useState(false);
  const url = blobUrl(file.blob);
  const name = visible(nameOf(file).slice(0, 200));
  const onError = () => setFailed(true);
  if (failed) return <WhyNot blob={file.blob} className={words.hint} onRetry={() => setFailed(false)} />;
  if (file.type.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: what was logged has none.
    return <audio className={css.player} src={url} controls={true} aria-label={name} onError={onError} />;
  }
  if (file.type.startsWith("video/")) {
    // biome-ignore lint/a11y/useMediaCaption: what was logged has none.
    return <video className={css.picture} src={url} controls={true} aria-label={name} onError={onError} />;
  }
  return <img className={css.picture} src={url} alt={name} onError={onError} />;
}
