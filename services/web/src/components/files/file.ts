// A file that was logged: which, how large and what it is called.

import type { FileItem } from "../../api/run";
import { tagKey, tagText } from "../../api/tags";

export interface LoggedFile extends FileItem {
  /** Which of several files that a tag has at one step, from 0. */
  index: number;
  /** How many there are at that step. */
  of: number;
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
