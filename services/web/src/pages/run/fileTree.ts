// Files as folders: the parts of a tag between slashes, and one file a step, as the rows of a list.

import type { FileItem } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";
import type { LoggedFile } from "../../components/files/file";

export interface FileFolder {
  name: string;
  /** Of the folder itself among all. */
  path: string;
  count: number;
  folders: Map<string, FileFolder>;
  files: LoggedFile[];
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

/** A blob's id ends in its SHA-256. */
export const hashOf = (item: FileItem) => item.blob.slice(item.blob.indexOf("-") + 1);

/** What a file is called in an address. */
export const keyOf = (file: Pick<LoggedFile, "tag" | "writer" | "step" | "index">) =>
  `${file.tag} ${file.writer} ${file.step}${file.index === 0 ? "" : ` ${file.index}`}`;
