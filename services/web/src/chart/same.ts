// Whether two scenes differ in what the axes of panels are fitted to.

import type { Scene } from "./protocol";

/** false: axes are fitted anew. A change of look (theme, focus, smoothing) leaves them. */
export function sameData(a: Scene, b: Scene): boolean {
  const sameRuns = a.runs.length === b.runs.length && a.runs.every((run, i) => run.id === b.runs[i].id);
  const sameAxis = a.x === b.x && sameRange(a, b);
  const sameScale = a.y === b.y && a.c === b.c && a.xLog === b.xLog && a.xTag === b.xTag && a.outliers === b.outliers;
  const sameBase = a.against === b.against && (a.against == null || a.baseline === b.baseline);
  return sameRuns && sameAxis && sameScale && sameBase && sameGroups(a, b) && a.rewound === b.rewound;
}

export function sameRange({ range: a }: Pick<Scene, "range">, { range: b }: Pick<Scene, "range">): boolean {
  return a?.axis === b?.axis && a?.from === b?.from && a?.to === b?.to;
}

/** Bands reach elsewhere than the lines of their members. */
function sameGroups(a: Scene, b: Scene): boolean {
  if (a.groups?.length !== b.groups?.length || a.band !== b.band || a.centre !== b.centre) return false;
  return a.runs.every((run, i) => run.group === b.runs[i].group && run.hidden === b.runs[i].hidden);
}
