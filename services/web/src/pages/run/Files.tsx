// Everything that was logged as bytes: a tree by tag, and what one of them is.

import { ChevronDown, ChevronRight, Download, File as FileIcon } from "lucide-react";
import { useMemo, useState } from "react";
import { toStep, toValue } from "../../api/json64";
import type { FileItem } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";
import { clockTime, fullStep } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { Name, visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { icon } from "../../components/Shell";
import { makeMatcher } from "../../state/match";
import { usePageParam } from "../../state/usePageParam";
import { n, text } from "../../text";
import { useFiles } from "./data";
import { FilePreview } from "./FilePreview";
import css from "./Files.module.css";
import { bytesText, type FileFolder, fileTree, hashOf, nameOf } from "./fileTree";
import type { TabProps } from "./RunPage";

export function Files({ run }: TabProps) {
  const files = useFiles(run.id);
  const [find, setFind] = useState("");
  const [chosen, setChosen] = usePageParam("r.file");
  const items = useMemo(() => files.data ?? [], [files.data]);
  const { matches } = makeMatcher(find);
  const shown = items.filter((item) => matches(tagText(tagKey(item))) || matches(nameOf(item)));
  const tree = useMemo(() => fileTree(shown), [shown]);
  const file = items.find((item) => keyOf(item) === chosen) ?? null;
  const total = items.reduce((sum, item) => sum + Number(item.bytes), 0);
  if (files.error !== null) return <ProblemBox error={files.error} retry={() => void files.refetch()} />;
  return (
    <div className={css.page}>
      <aside className={css.side} aria-label={text.tabs.files}>
        <input
          type="search"
          className={controls.text}
          value={find}
          placeholder={text.files.find}
          aria-label={text.files.find}
          onChange={(event) => setFind(event.target.value)}
        />
        <p className={css.note}>{files.data && text.files.count(items.length, bytesText(total))}</p>
        <div className={css.list}>
          <Folder folder={tree} depth={0} chosen={chosen} onChoose={setChosen} />
        </div>
      </aside>
      <section className={css.main} aria-label={text.files.chosen}>
        {file === null ? (
          <p className={css.none}>
            {files.data === undefined ? "" : items.length === 0 ? text.files.none : text.files.choose}
          </p>
        ) : (
          <>
            <header className={css.head}>
              <h2>
                <Name name={nameOf(file)} />
              </h2>
              <a
                className={controls.btn}
                href={`/api/v1/blobs/${file.blob}`}
                download={nameOf(file).replace(/[^\w.-]+/g, "_")}
              >
                <Download {...icon} size={14} />
                {text.files.download}
              </a>
            </header>
            <dl className={css.facts}>
              <dt>{text.run.tag}</dt>
              <dd>
                <Name name={tagText(tagKey(file))} />
              </dd>
              <dt>{text.step}</dt>
              <dd>{fullStep(toStep(file.step))}</dd>
              <dt>{text.files.logged}</dt>
              <dd>{clockTime(toValue(file.wall))}</dd>
              <dt>{text.files.type}</dt>
              <dd>{visible(file.type || file.kind)}</dd>
              <dt>{text.files.size}</dt>
              <dd title={text.files.bytes(Number(file.bytes))}>{bytesText(Number(file.bytes))}</dd>
              <dt>{text.files.hash}</dt>
              <dd className="mono">{hashOf(file)}</dd>
            </dl>
            <FilePreview key={file.blob} file={file} />
          </>
        )}
      </section>
    </div>
  );
}

const keyOf = (item: FileItem) => `${item.tag} ${item.writer} ${item.step} ${item.blob.slice(-12)}`;

interface FolderProps {
  folder: FileFolder;
  depth: number;
  chosen: string;
  onChoose(key: string): void;
}

const MOST_ROWS = 300; // of one folder; the search finds the others

function Folder({ folder, depth, chosen, onChoose }: FolderProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const indent = { paddingLeft: 6 + depth * 14 };
  const toggle = (name: string) =>
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  return (
    <>
      {folder.folders.map((child) => {
        const open = !closed.has(child.name);
        return (
          <div key={child.name}>
            <button
              type="button"
              className={controls.item}
              style={indent}
              aria-expanded={open}
              onClick={() => toggle(child.name)}
            >
              {open ? <ChevronDown {...icon} size={14} /> : <ChevronRight {...icon} size={14} />}
              <Name name={child.name} />
              <small>{n(child.count)}</small>
            </button>
            {open && <Folder folder={child} depth={depth + 1} chosen={chosen} onChoose={onChoose} />}
          </div>
        );
      })}
      {folder.files.slice(0, MOST_ROWS).map((item) => (
        <button
          key={keyOf(item)}
          type="button"
          className={controls.item}
          style={indent}
          aria-current={keyOf(item) === chosen}
          onClick={() => onChoose(keyOf(item))}
        >
          <FileIcon {...icon} size={14} />
          <Name name={item.name ?? text.files.atStep(fullStep(toStep(item.step)))} />
          <small>{bytesText(Number(item.bytes))}</small>
        </button>
      ))}
      {folder.files.length > MOST_ROWS && <p className={css.note}>{text.firstOf(MOST_ROWS)}</p>}
    </>
  );
}
