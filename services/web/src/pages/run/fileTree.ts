// Files as folders: the parts of a tag between slashes, and one file a step, as the rows of a list.

import type { FileItem } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";

export interface FileFolder {
  name: string;
  /** Of the folder itself among all. */
  path: string;
  count: number;
  folders: Map<string, FileFolder>;
  files: LoggedFile[];
}

export interface LoggedFile extends FileItem {
  /** Which of several files that a tag has at one step, from 0. */
  index: number;
  /** How many there are at that step. */
  of: number;
}

/** Numbers the files of each tag, writer and step. */
export function numbered(items: readonly FileItem[]): LoggedFile[] {
  const counts = new Map<string, number>();
  const placeOf = (item: FileItem) => `${tagKey(item)}\n${item.writer} ${item.step}`;
  const files = items.map((item): LoggedFile => {
    const index = counts.get(placeOf(item)) ?? 0;
    counts.set(placeOf(item), index + 1);
    return { ...item, index, of: 0 };
  });
  for (const file of files) file.of = counts.get(placeOf(file)) ?? 1;
  return files;
}

const folder = (name: string, path: string): FileFolder => ({ name, path, count: 0, folders: new Map(), files: [] });

export function fileTree(files: readonly LoggedFile[]): FileFolder {
  const root = folder("", "");
  for (const file of files) {
    let at = root;
    at.count++;
    for (const part of tagText(tagKey(file)).split("/").filter(Boolean)) {
      let next = at.folders.get(part);
      if (next === undefined) {
        next = folder(part, `${at.path}/${part}`);
        at.folders.set(part, next);
      }
      at = next;
      at.count++;
    }
    at.files.push(file);
  }
  return root;
}

export type TreeRow =
  | { depth: number; folder: FileFolder; open: boolean; file: null }
  | { depth: number; folder: null; open: false; file: LoggedFile };

/** What of the tree is to be seen. */
export function treeRows(root: FileFolder, isOpen: (folder: FileFolder) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (parent: FileFolder, depth: number) => {
    for (const child of parent.folders.values()) {
      const open = isOpen(child);
      rows.push({ depth, folder: child, open, file: null });
      if (open) add(child, depth + 1);
    }
    for (const file of parent.files) rows.push({ depth, folder: null, open: false, file });
  };
  add(root, 0);
  return rows;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Powers of 1,000, as disks are sold. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A blob's id ends in its SHA-256. */
export const hashOf = (item: FileItem) => item.blob.slice(item.blob.indexOf("-") + 1);

const ENDINGS: Record<string, string> = {
  "image/png": ".png",
  "image/jpeg": ".jpg",
  "image/gif": ".gif",
  "image/webp": ".webp",
  "image/svg+xml": ".svg",
  "audio/wav": ".wav",
  "audio/mpeg": ".mp3",
  "audio/ogg": ".ogg",
  "audio/flac": ".flac",
  "video/mp4": ".mp4",
  "video/webm": ".webm",
  "text/plain": ".txt",
  "text/html": ".html",
  "application/json": ".json",
};

const ending = (file: FileItem) => ENDINGS[file.type] ?? (file.kind === "text" ? ".txt" : "");

export function nameOf(file: LoggedFile): string {
  if (file.name !== undefined) return file.name;
  const number = file.of > 1 ? `-${file.index + 1}` : "";
  return `${tagText(tagKey(file)).split("/").at(-1)}-${file.step}${number}${ending(file)}`;
}

/** A name that every file system takes. */
export function safeName(name: string): string {
  const dot = /\.\w{1,8}$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - dot.length).replace(/[^\p{L}\p{N}._-]+/gu, "_");
  return `${stem.replace(/^\.+/, "").slice(0, 120) || "file"}${dot}`;
}

/** What a file is called in an address. */
export const keyOf = (file: Pick<LoggedFile, "tag" | "writer" | "step" | "index">) =>
  `${file.tag} ${file.writer} ${file.step}${file.index === 0 ? "" : ` ${file.index}`}`;
