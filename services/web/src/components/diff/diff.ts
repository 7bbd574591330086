// Unified diffs, as git writes them, and the difference of two texts.

export interface DiffLine {
  kind: " " | "+" | "-";
  /** Line numbers, from 1; null where the side has none. */
  old: number | null;
  now: number | null;
  text: string;
}

export interface Hunk {
  /** What git says stands around it: a function's head. */
  context: string;
  lines: DiffLine[];
}

export interface FileDiff {
  path: string;
  /** Of a rename. */
  from: string | null;
  kind: "changed" | "added" | "deleted" | "renamed" | "binary";
  hunks: Hunk[];
  added: number;
  removed: number;
}

/** What is no diff is left out: the mark of a cut, what stands before the first file. */
export function parseDiff(text: string): FileDiff[] {
  const files: FileDiff[] = [];
  let file: FileDiff | null = null;
  let hunk: Hunk | null = null;
  let old = 0;
  let now = 0;
  let oldLeft = 0;
  let nowLeft = 0;
  for (const line of text.split("\n")) {
    if (hunk !== null && (oldLeft > 0 || nowLeft > 0) && /^[ +-]|^$/.test(line)) {
      const kind = (line[0] ?? " ") as DiffLine["kind"];
      hunk.lines.push({ kind, old: kind === "+" ? null : old, now: kind === "-" ? null : now, text: line.slice(1) });
      if (kind !== "+") {
        old++;
        oldLeft--;
      }
      if (kind !== "-") {
        now++;
        nowLeft--;
      }
      if (kind === "+") file!.added++;
      if (kind === "-") file!.removed++;
      continue;
    }
    const begin = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/.exec(line);
    if (begin !== null) {
      file = { path: begin[2], from: null, kind: "changed", hunks: [], added: 0, removed: 0 };
      files.push(file);
      hunk = null;
      continue;
    }
    if (file === null) continue;
    const range = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/.exec(line);
    if (range !== null) {
      old = Number(range[1]);
      oldLeft = Number(range[2] ?? 1);
      now = Number(range[3]);
      nowLeft = Number(range[4] ?? 1);
      hunk = { context: range[5], lines: [] };
      file.hunks.push(hunk);
    } else if (line.startsWith("new file")) file.kind = "added";
    else if (line.startsWith("deleted file")) file.kind = "deleted";
    else if (line.startsWith("rename from ")) {
      file.kind = "renamed";
      file.from = line.slice(12);
    } else if (/^(?:Binary files|GIT binary patch)/.test(line)) file.kind = "binary";
  }
  return files;
}

const MOST_EDITS = 4_000; // beyond, two texts share too little for a difference to say anything

/** The shortest edit from one list of lines to another (Myers 1986, greedy); null: over MOST_EDITS apart. */
export function diffLines(a: readonly string[], b: readonly string[]): DiffLine[] | null {
  const max = Math.min(a.length + b.length, MOST_EDITS);
  const trace: Int32Array[] = [];
  const v = new Int32Array(2 * max + 3);
  const at = max + 1;
  for (let d = 0; d <= max; d++) {
    trace.push(v.slice(at - d - 1, at + d + 2));
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && v[at + k - 1] < v[at + k + 1]) ? v[at + k + 1] : v[at + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      v[at + k] = x;
      if (x >= a.length && x - k >= b.length) return walk(a, b, trace);
    }
  }
  return null;
}

/** Back from the end along what each round had reached. */
function walk(a: readonly string[], b: readonly string[], trace: Int32Array[]): DiffLine[] {
  const out: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const v = trace[d];
    const get = (k: number) => v[k + d + 1];
    const k = x - y;
    const before = k === -d || (k !== d && get(k - 1) < get(k + 1)) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : get(before);
    const fromY = d === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      out.push({ kind: " ", old: x + 1, now: y + 1, text: a[x] });
    }
    if (d === 0) break;
    if (x === fromX) {
      y--;
      out.push({ kind: "+", old: null, now: y + 1, text: b[y] });
    } else {
      x--;
      out.push({ kind: "-", old: x + 1, now: null, text: a[x] });
    }
  }
  return out.reverse();
}

const AROUND = 3; // unchanged lines that are shown beside a change

/** Changes with some lines around them; what is equal in between is left out. */
export function toHunks(lines: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let end = 0;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].kind === " " || i < end) continue;
    const start = Math.max(hunks.length === 0 ? 0 : end, i - AROUND);
    let last = i;
    for (let j = i; j < lines.length && j <= last + 2 * AROUND; j++) if (lines[j].kind !== " ") last = j;
    end = Math.min(lines.length, last + AROUND + 1);
    hunks.push({ context: "", lines: lines.slice(start, end) });
  }
  return hunks;
}

const asText = (file: FileDiff | undefined): string[] =>
  file?.hunks.flatMap((hunk) => hunk.lines.map((line) => line.kind + line.text)) ?? [];

/** What one set of changes has that another has not, file by file: of two runs on the same commit. */
export function compareDiffs(a: readonly FileDiff[], b: readonly FileDiff[]): FileDiff[] {
  const paths = [...new Set([...a, ...b].map((file) => file.path))];
  return paths.flatMap((path): FileDiff[] => {
    const before = asText(a.find((file) => file.path === path));
    const after = asText(b.find((file) => file.path === path));
    const lines = diffLines(before, after);
    if (lines === null) return [{ path, from: null, kind: "binary", hunks: [], added: 0, removed: 0 }];
    const hunks = toHunks(lines);
    if (hunks.length === 0) return [];
    const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
    return [{ path, from: null, kind: "changed", hunks, added: count("+"), removed: count("-") }];
  });
}
