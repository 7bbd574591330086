// Files as folders: the parts of a tag between slashes, and one file a step.

import type { FileItem } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";

export interface FileFolder {
  name: string;
  count: number;
  folders: FileFolder[];
  files: FileItem[];
}

export function fileTree(items: readonly FileItem[]): FileFolder {
  const root: FileFolder = { name: "", count: 0, folders: [], files: [] };
  for (const item of items) {
    let at = root;
    at.count++;
    for (const part of tagText(tagKey(item)).split("/").filter(Boolean)) {
      let next = at.folders.find((folder) => folder.name === part);
      if (next === undefined) {
        next = { name: part, count: 0, folders: [], files: [] };
        at.folders.push(next);
      }
      at = next;
      at.count++;
    }
    at.files.push(item);
  }
  return root;
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
  "audio/wav": ".wav",
  "video/mp4": ".mp4",
  "video/webm": ".webm",
  "text/plain": ".txt",
  "application/json": ".json",
};

export const nameOf = (item: FileItem) =>
  item.name ?? `${tagText(tagKey(item)).split("/").at(-1)}-${item.step}${ENDINGS[item.type] ?? ""}`;
