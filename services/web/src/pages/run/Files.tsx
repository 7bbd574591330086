// Everything that was logged as bytes: a tree by tag, and what one of them is.

import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronLeft, ChevronRight, Download, File as FileIcon } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { call } from "../../api/client";
import { toStep, toValue } from "../../api/json64";
import type { RunDetail } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";
import { clockTime, fullStep } from "../../chart/format";
import controls from "../../components/controls.module.css";
import { FilePreview } from "../../components/files/FilePreview";
import { bytesText, type LoggedFile, nameOf, safeName } from "../../components/files/file";
import { textsIn } from "../../components/files/fileContent";
import { Name, visible } from "../../components/Name";
import { ProblemBox } from "../../components/Problem";
import { icon } from "../../components/Shell";
import { failed } from "../../components/undo";
import words from "../../components/words.module.css";
import { makeMatcher } from "../../state/match";
import { usePageParam } from "../../state/usePageParam";
import { n, text } from "../../text";
import parts from "../parts.module.css";
import { useFiles, useSeriesOf } from "./data";
import css from "./Files.module.css";
import { type FileFolder, fileTree, hashOf, keyOf, numbered, type TreeRow, treeRows } from "./fileTree";
import type { TabProps } from "./RunPage";

const MOST_OPEN = 200; // files that are all to be seen at first; of more, the folders

export function Files({ run }: TabProps) {
  const files = useFiles(run);
  const [find, setFind] = useState("");
  const [chosen, setChosen] = usePageParam("r.file");
  const items = useMemo(() => numbered(files.data ?? []), [files.data]);
  const shown = useMemo(() => {
    const { matches } = makeMatcher(find);
    return find === "" ? items : items.filter((item) => matches(tagText(tagKey(item))) || matches(nameOf(item)));
  }, [items, find]);
  const total = useMemo(() => items.reduce((sum, item) => sum + Number(item.bytes), 0), [items]);
  const file = items.find((item) => keyOf(item) === chosen) ?? null;
  if (files.error !== null) return <ProblemBox error={files.error} retry={() => void files.refetch()} />;
  const none = files.data === undefined ? "" : items.length === 0 ? text.files.none : text.files.choose;
  return (
    <div className={parts.panes}>
      <aside className={parts.choice} aria-label={text.tabs.files}>
        <input
          type="search"
          className={controls.text}
          value={find}
          placeholder={text.files.find}
          aria-label={text.files.find}
          onChange={(event) => setFind(event.target.value)}
        />
        <p className={words.note}>
          {files.data &&
            (shown.length === 0 && find !== ""
              ? text.nothingFound(find)
              : text.files.count(items.length, bytesText(total)))}
        </p>
        <Tree files={shown} searching={find !== ""} chosen={chosen} onChoose={setChosen} />
      </aside>
      <section className={css.main} aria-label={text.files.chosen}>
        {file === null ? (
          <p className={words.hint}>{none}</p>
        ) : (
          <Chosen run={run} file={file} all={items} onChoose={setChosen} />
        )}
      </section>
    </div>
  );
}

interface TreeProps {
  files: readonly LoggedFile[];
  searching: boolean;
  chosen: string;
  onChoose(key: string): void;
}

const ROW = 28; // px

function Tree({ files, searching, chosen, onChoose }: TreeProps) {
  const scroll = useRef<HTMLDivElement>(null);
  // Folders that are not as they were at first.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const tree = useMemo(() => fileTree(files), [files]);
  const rows = useMemo(() => {
    const atFirst = searching || files.length <= MOST_OPEN;
    return treeRows(tree, (folder) => (atFirst || onlyOne(tree, folder)) !== turned.has(folder.path));
  }, [tree, searching, files.length, turned]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    initialRect: { width: 340, height: innerHeight },
    overscan: 12,
  });
  const turn = (folder: FileFolder) =>
    setTurned((old) => {
      const next = new Set(old);
      if (!next.delete(folder.path)) next.add(folder.path);
      return next;
    });
  return (
    <div className={parts.list} ref={scroll}>
      <div style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${virtual.getVirtualItems()[0]?.start ?? 0}px)` }}>
          {virtual.getVirtualItems().map(({ index }) => {
            const row = rows[index];
            const key = row.file === null ? row.folder.path : `${keyOf(row.file)} file`;
            return <Row key={key} row={row} chosen={chosen} onChoose={onChoose} onTurn={turn} />;
          })}
        </div>
      </div>
    </div>
  );
}

/** A folder that is all there is has no reason to be closed. */
const onlyOne = (tree: FileFolder, folder: FileFolder) => folder.count === tree.count;

interface RowProps {
  row: TreeRow;
  chosen: string;
  onChoose(key: string): void;
  onTurn(folder: FileFolder): void;
}

function Row({ row, chosen, onChoose, onTurn }: RowProps) {
  const indent = { paddingLeft: 6 + Math.min(row.depth, 8) * 14 };
  if (row.file === null) {
    const { folder, open } = row;
    return (
      <button
        type="button"
        className={controls.item}
        style={indent}
        aria-expanded={open}
        onClick={() => onTurn(folder)}
      >
        {open ? <ChevronDown {...icon} size={14} /> : <ChevronRight {...icon} size={14} />}
        <Name name={folder.name} />
        <small>{n(folder.count)}</small>
      </button>
    );
  }
  const { file } = row;
  const key = keyOf(file);
  const step = fullStep(toStep(file.step));
  const label =
    file.name ?? (file.of > 1 ? text.files.atStepOf(step, file.index + 1, file.of) : text.files.atStep(step));
  return (
    <button
      type="button"
      className={controls.item}
      style={indent}
      aria-current={key === chosen}
      onClick={() => onChoose(key)}
    >
      <FileIcon {...icon} size={14} />
      <Name name={label} />
      <small>{bytesText(Number(file.bytes))}</small>
    </button>
  );
}

interface ChosenProps {
  run: RunDetail;
  file: LoggedFile;
  all: readonly LoggedFile[];
  onChoose(key: string): void;
}

function Chosen({ run, file, all, onChoose }: ChosenProps) {
  const series = useSeriesOf(run.id).data?.find(
    (item) => item.kind === file.kind && tagKey(item) === tagKey(file) && item.writer === file.writer,
  );
  return (
    <>
      <header className={css.head}>
        <h2>
          <Name name={nameOf(file)} />
        </h2>
        <Steps file={file} all={all} onChoose={onChoose} />
        <Save file={file} />
      </header>
      <dl className={words.facts}>
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
      <FilePreview key={`${file.blob} ${keyOf(file)}`} run={run.id} file={file} series={series} />
    </>
  );
}

/** To the same tag's file of the step before or after. */
function Steps({ file, all, onChoose }: Omit<ChosenProps, "run">) {
  const line = useMemo(
    () =>
      all
        .filter((item) => tagKey(item) === tagKey(file) && item.writer === file.writer && item.index === file.index)
        .sort((a, b) => (toStep(a.step) < toStep(b.step) ? -1 : 1)),
    [all, file],
  );
  const at = line.indexOf(file);
  if (line.length < 2) return null;
  const to = (place: number, label: string, sign: typeof ChevronLeft) => {
    const Sign = sign;
    return (
      <button
        type="button"
        className={controls.square}
        disabled={line[place] === undefined}
        aria-label={label}
        title={label}
        onClick={() => onChoose(keyOf(line[place]))}
      >
        <Sign {...icon} />
      </button>
    );
  };
  return (
    <span className={css.steps}>
      {to(at - 1, text.files.before, ChevronLeft)}
      <span>{text.files.place(at + 1, line.length)}</span>
      {to(at + 1, text.files.after, ChevronRight)}
    </span>
  );
}

function Save({ file }: { file: LoggedFile }) {
  const url = `/api/v1/blobs/${file.blob}`;
  const name = safeName(nameOf(file));
  const inside = (
    <>
      <Download {...icon} size={14} />
      {text.files.download}
    </>
  );
  if (file.kind !== "text") {
    return (
      <a className={controls.btn} href={url} download={name}>
        {inside}
      </a>
    );
  }
  // The bytes of a text have lengths before them (value.proto): saved without.
  const save = async () => {
    const bytes = new Uint8Array(await (await call(url, {})).arrayBuffer());
    const blob = URL.createObjectURL(new Blob(textsIn(bytes), { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href: blob, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(blob), 10_000);
  };
  return (
    <button type="button" className={controls.btn} onClick={() => void save().catch((error) => failed(String(error)))}>
      {inside}
    </button>
  );
}
