// Experiments as folders: a "/" in the name makes them. Newest activity first.

import type { Experiment } from "../api/types";

export interface Folder {
  name: string;
  path: string;
  folders: Folder[];
  experiments: { experiment: Experiment; name: string }[];
  /** Of everything below. */
  count: number;
  runs: number;
  updated: string;
}

const newFolder = (name: string, path: string): Folder => ({
  name,
  path,
  folders: [],
  experiments: [],
  count: 0,
  runs: 0,
  updated: "",
});

export function makeTree(experiments: readonly Experiment[]): Folder {
  const root = newFolder("", "");
  const byPath = new Map<string, Folder>([["", root]]);
  for (const experiment of experiments) {
    // An empty part ("a//b", a leading or final slash) would be a folder without a name: such a name stays whole.
    const parts = experiment.name.split("/");
    const usable = parts.every((part) => part !== "") ? parts : [experiment.name];
    let folder = root;
    const chain = [root];
    for (const part of usable.slice(0, -1)) {
      const path = `${folder.path}/${part}`;
      let child = byPath.get(path);
      if (child === undefined) {
        child = newFolder(part, path);
        byPath.set(path, child);
        folder.folders.push(child);
      }
      folder = child;
      chain.push(child);
    }
    folder.experiments.push({ experiment, name: usable[usable.length - 1] });
    for (const f of chain) {
      f.count++;
      f.runs += experiment.run_count;
      if (experiment.updated > f.updated) f.updated = experiment.updated;
    }
  }
  for (const f of byPath.values()) {
    f.folders.sort((a, b) => (a.updated < b.updated ? 1 : -1));
    f.experiments.sort((a, b) => (a.experiment.updated < b.experiment.updated ? 1 : -1));
  }
  return root;
}
