// Which lines a panel draws, from what the store has: shifted, without pauses, or against the baseline, as its look says.

import { againstBaseline, cachedProcess } from "./derive";
import type { Line } from "./line";
import { lookOf } from "./picture";
import type { PanelSpec, Scene, SceneRun, XAxis } from "./protocol";
import type { Rgb } from "./raster";
import type { SeriesStore } from "./store";
import type { DrawnLine } from "./values";
import { lineFor, rewoundFor } from "./zoom";

const NONE_REWOUND: Rewound = { rewound: [], rewoundLeft: 0 };

const colorOf = (scene: Scene, run: SceneRun, tag: number): Rgb =>
  (tag === 0 ? run.color : null) ?? scene.theme.runs[(run.slot + tag) % scene.theme.runs.length];

export function linesOf(store: SeriesStore, spec: PanelSpec, scene: Scene): DrawnLine[] {
  const out: DrawnLine[] = [];
  const alone = scene.runs.length === 1;
  for (const run of scene.runs) {
    spec.tags.forEach((tag, k) => {
      const placed = place(store, spec, scene, run, tag);
      if (placed === null) return;
      // Several tags: a run alone has a colour for each, several runs keep theirs and tags differ by dashes.
      out.push({ run, tag, color: colorOf(scene, run, alone ? k : 0), dash: run.dash + (alone ? 0 : k), ...placed });
    });
  }
  return scene.against != null && scene.baseline != null ? compared(out, scene.baseline, scene.against) : out;
}

export interface Rewound {
  /** What rewinds hid of the panel's lines, each stretch a line of its own. */
  rewound: DrawnLine[];
  /** Earlier stretches that the server left out. */
  rewoundLeft: number;
}

export function rewoundOf(store: SeriesStore, spec: PanelSpec, scene: Scene): Rewound {
  const look = lookOf(scene, spec);
  if (!scene.rewound || (scene.against != null && scene.baseline != null)) return NONE_REWOUND;
  const alone = scene.runs.length === 1;
  const range = scene.range?.axis === look.x ? scene.range : null;
  const out: Rewound = { rewound: [], rewoundLeft: 0 };
  for (const run of scene.runs) {
    if (run.hidden === true) continue;
    spec.tags.forEach((tag, k) => {
      const held = store.get(run.id, tag, look.x, look.xTag);
      out.rewoundLeft += held.full.rewoundLeft;
      for (const { line } of rewoundFor(held, range)) {
        const color = colorOf(scene, run, alone ? k : 0);
        out.rewound.push({ run, tag, color, dash: 0, ...besideVisible(line, held.full.line, look.x) });
      }
    });
  }
  return out;
}

/** On the relative axes a hidden stretch stands where the visible line left it. */
function besideVisible(line: Line, visible: Line | null, axis: XAxis): { line: Line; shift: number } {
  if (axis === "rel") return { line, shift: (visible ?? line).origin };
  if (axis !== "relproc") return { line, shift: 0 };
  const began = visible === null || visible.n === 0 ? 0 : cachedProcess(visible).toProcess(line.origin);
  return { line: cachedProcess(line).line, shift: -began };
}

function place(store: SeriesStore, spec: PanelSpec, scene: Scene, run: SceneRun, tag: string) {
  const look = lookOf(scene, spec);
  const held = store.get(run.id, tag, look.x, look.xTag);
  const line = lineFor(held, scene.range?.axis === look.x ? scene.range : null);
  if (line === null) return null;
  if (look.x === "relproc") return { line: cachedProcess(line, held.full.line ?? line).line, shift: 0 };
  return { line, shift: look.x === "rel" ? (held.full.line?.origin ?? line.origin) : 0 };
}

const differences = new WeakMap<Line, { key: string; base: Line; line: Line }>();

/** Every line against the baseline's of the same tag; a tag that the baseline has not stays as it is. */
function compared(lines: DrawnLine[], baseline: string, how: "difference" | "ratio"): DrawnLine[] {
  const bases = new Map(lines.filter(({ run }) => run.id === baseline).map((d) => [d.tag, d]));
  return lines.map((d) => {
    const base = bases.get(d.tag);
    if (base === undefined || d.line.path) return d;
    const key = `${how} ${d.line.version} ${base.line.version} ${d.shift} ${base.shift}`;
    const known = differences.get(d.line);
    if (known?.key === key && known.base === base.line) return { ...d, line: known.line };
    const line = againstBaseline(d.line, d.shift, base.line, base.shift, how);
    differences.set(d.line, { key, base: base.line, line });
    return { ...d, line };
  });
}
