// A page that somebody logged, in a frame that is of no origin and has no network; the server's policy for it holds even
// where the attribute of the frame would not (docs/openapi.yaml, readBlob). Its scripts run when the reader says so.

import { useState } from "react";
import { text } from "../../text";
import { useBlobThere } from "../blobs";
import controls from "../controls.module.css";
import { visible } from "../Name";
import { ProblemBox } from "../Problem";
import words from "../words.module.css";
import { TextPreview } from "./FileDocuments";
import css from "./FilePreview.module.css";
import { type LoggedFile, nameOf } from "./file";

export function HtmlPreview({ file }: { file: LoggedFile }) {
  const [shown, setShown] = useState<"page" | "source">("page");
  const [scripts, setScripts] = useState(false);
  const { data: there, error, refetch } = useBlobThere(file.blob);
  if (error !== null) return <ProblemBox error={error} retry={() => void refetch()} />;
  const page = scripts ? "scripts" : "still";
  return (
    <>
      <div className={css.acts}>
        <span className={controls.seg}>
          {(["page", "source"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={shown === one} onClick={() => setShown(one)}>
              {text.files[one]}
            </button>
          ))}
        </span>
        {shown === "page" && (
          <>
            <button type="button" className={controls.btn} onClick={() => setScripts(!scripts)}>
              {scripts ? text.files.stopScripts : text.files.runScripts}
            </button>
            <span className={words.dim}>{scripts ? text.files.scriptsRun : text.files.still}</span>
          </>
        )}
      </div>
      {shown === "source" && <TextPreview file={file} />}
      {shown === "page" && there && (
        <iframe
          key={page}
          className={css.frame}
          title={visible(nameOf(file).slice(0, 200))}
          sandbox={scripts ? "allow-scripts" : ""}
          referrerPolicy="no-referrer"
          loading="lazy"
          src={`/api/v1/blobs/${file.blob}?page=${page}`}
        />
      )}
    </>
  );
}
