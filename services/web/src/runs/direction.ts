// Which extreme of a tag is its best: what define_metric declared of it, else what its name says.

import type { Run } from "../api/types";
import { likelyBest } from "./ask";

const DECLARED = "stepwell.metric/"; // a label of the run: JSON of what define_metric was told

/** What any of the runs declared; patterns with * count where the tag itself is not named. */
export function bestSide(runs: readonly Pick<Run, "labels">[], tag: string): "min" | "max" {
  for (const run of runs) {
    const said = sideIn(run.labels?.[DECLARED + tag]);
    if (said !== null) return said;
  }
  for (const run of runs) {
    for (const [key, value] of Object.entries(run.labels ?? {})) {
      if (!key.startsWith(DECLARED) || !key.includes("*") || !fits(key.slice(DECLARED.length), tag)) continue;
      const said = sideIn(value);
      if (said !== null) return said;
    }
  }
  return likelyBest(tag);
}

function sideIn(label: string | undefined): "min" | "max" | null {
  if (label === undefined) return null;
  try {
    const { summary } = JSON.parse(label) as { summary?: unknown };
    return summary === "min" || summary === "max" ? summary : null;
  } catch {
    return null;
  }
}

/** Without a regular expression of the pattern, which somebody logged. */
function fits(pattern: string, tag: string): boolean {
  const [first, ...rest] = pattern.split("*");
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  for (const [i, part] of rest.entries()) {
    const found = i === rest.length - 1 ? tag.length - part.length : tag.indexOf(part, at);
    if (found < at || !tag.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return true;
}
