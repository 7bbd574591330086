// What a file looks like: pictures, sound, film, and the beginning of texts. All else is for download. Bytes come from the
// server as a sandboxed document; text is shown as text.

import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client";
import type { FileItem } from "../../api/run";
import { visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { text } from "../../text";
import css from "./Files.module.css";
import { bytesText, nameOf } from "./fileTree";

const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;
const TEXT = /^(?:text\/|application\/(?:json|x-?yaml|toml|javascript|x-python))/;
const TEXT_NAME = /\.(?:txt|md|py|json|ya?ml|toml|cfg|ini|csv|tsv|log|sh|c|cc|h|cpp|js|ts)$/i;
export const MOST_TEXT = 262_144; // bytes of a text that are shown

export function FilePreview({ file }: { file: FileItem }) {
  const url = `/api/v1/blobs/${file.blob}`;
  const name = visible(nameOf(file).slice(0, 200));
  if (PICTURE.test(file.type)) return <img className={css.picture} src={url} alt={name} />;
  if (file.type.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: what was logged has none.
    return <audio className={css.player} src={url} controls={true} aria-label={name} />;
  }
  if (file.type.startsWith("video/")) {
    // biome-ignore lint/a11y/useMediaCaption: what was logged has none.
    return <video className={css.picture} src={url} controls={true} aria-label={name} />;
  }
  if (TEXT.test(file.type) || TEXT_NAME.test(file.name ?? "")) return <TextPreview url={url} file={file} />;
  return <p className={css.none}>{text.files.noPreview}</p>;
}

function TextPreview({ url, file }: { url: string; file: FileItem }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["blob text", file.blob],
    queryFn: async ({ signal }) => {
      const response = await call(url, { signal, headers: { range: `bytes=0-${MOST_TEXT - 1}` } });
      return new TextDecoder().decode(await response.arrayBuffer());
    },
  });
  if (error !== null) return <ProblemBox error={error} retry={() => void refetch()} />;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard. */}
      <pre className={css.text} tabIndex={0}>
        {data === undefined ? "" : data.split("\n").map(visible).join("\n")}
      </pre>
      {Number(file.bytes) > MOST_TEXT && <p className={css.note}>{text.files.cut(bytesText(MOST_TEXT))}</p>}
    </>
  );
}
