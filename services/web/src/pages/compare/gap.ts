// Which parameter explains the differences of an objective: how much of its variance lies between the groups that the
// parameter's values make. Adjusted for the number of groups, as a parameter with a value for each run would explain all. Of
// hundreds of parameters some always split the runs by chance: those that chance would bring forth are left out.

import { chanceOf } from "./chance";

export interface GapRow {
  key: string;
  /** Adjusted R², 0 to 1. */
  share: number;
  /** Between the means of the best and of the worst group. */
  spread: number;
  /** Of a share like this where the parameter has nothing to do with the objective. */
  chance: number;
}

export interface GapRun {
  params: Record<string, unknown>;
  objective: number;
}

export const LEAST_RUNS = 4;
const MOST_GROUPS = 5; // of numbers; more values are put together by rank
const CHANCE = 0.01; // that any parameter is named without a reason (Bonferroni)

export function explainGap(runs: readonly GapRun[]): GapRow[] {
  const sound = runs.filter((run) => Number.isFinite(run.objective));
  if (sound.length < LEAST_RUNS) return [];
  const keys = new Set(sound.flatMap((run) => Object.keys(run.params)));
  const tried = [...keys].flatMap((key) => explain(key, sound) ?? []);
  const rows = tried.filter((row) => row.chance * tried.length <= CHANCE);
  return rows.sort((a, b) => b.share - a.share || b.spread - a.spread || (a.key < b.key ? -1 : 1));
}

function explain(key: string, runs: readonly GapRun[]): GapRow | null {
  const groups = groupsOf(runs.map((run) => run.params[key]));
  const sums = new Map<string, { sum: number; count: number }>();
  let total = 0;
  for (const [i, run] of runs.entries()) {
    const group = sums.get(groups[i]) ?? { sum: 0, count: 0 };
    group.sum += run.objective;
    group.count++;
    sums.set(groups[i], group);
    total += run.objective;
  }
  const n = runs.length;
  const k = sums.size;
  if (k < 2 || k >= n) return null;
  const mean = total / n;
  let within = 0;
  let all = 0;
  for (const [i, run] of runs.entries()) {
    const group = sums.get(groups[i])!;
    within += (run.objective - group.sum / group.count) ** 2;
    all += (run.objective - mean) ** 2;
  }
  if (all === 0) return null;
  const share = Math.max(0, 1 - ((within / all) * (n - 1)) / (n - k));
  const means = [...sums.values()].map((group) => group.sum / group.count);
  return { key, share, spread: Math.max(...means) - Math.min(...means), chance: chanceOf(1 - within / all, k, n) };
}

/** Values as they are; many different numbers as fifths of their ranks, equal numbers always together. */
function groupsOf(values: readonly unknown[]): string[] {
  const names = values.map((value) => (value === undefined ? "" : JSON.stringify(value)));
  const numbers = values.filter((value): value is number => typeof value === "number");
  if (numbers.length < values.length || new Set(numbers).size <= MOST_GROUPS) return names;
  const sorted = [...numbers].sort((a, b) => a - b);
  return numbers.map((value) => {
    const rank = sorted.indexOf(value);
    return String(Math.floor((rank / sorted.length) * MOST_GROUPS));
  });
}
