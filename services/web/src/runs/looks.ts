// Each drawn run's look: its slot's colour, or what a person or the rule chose, and dashes where runs share a slot.

import type { RunGroup } from "../api/runs";
import type { Run } from "../api/types";
import { shortValue } from "../chart/format";
import type { SceneGroup, SceneRun } from "../chart/protocol";
import type { Rgb } from "../chart/raster";
import type { Column } from "../state/columns";
import type { RunColors } from "../state/run_colors";
import { text } from "../text";
import { groupId } from "./members";
import { cellValue, groupKey, isLive, isShort } from "./values";

export const SLOTS = 12;

export interface Look extends SceneRun {
  color: Rgb | null;
  group: string | null;
}

/** 32-bit FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** By the place of the run in its experiment; by its id where there is no stored slot. */
export function slotOf(run: Pick<Run, "id" | "color_slot">): number {
  if (typeof run.color_slot === "number") return ((run.color_slot % SLOTS) + SLOTS) % SLOTS;
  return hashOf(run.id) % SLOTS;
}

/** A slot for each word: by its hash, and the next free one where it is taken, so that a new word moves few others. */
export function slotsOf(words: Iterable<string>): Map<string, number> {
  const out = new Map<string, number>();
  const taken = new Set<number>();
  for (const word of [...new Set(words)].sort()) {
    let slot = hashOf(word) % SLOTS;
    while (taken.size < SLOTS && taken.has(slot)) slot = (slot + 1) % SLOTS;
    taken.add(slot);
    out.set(word, slot);
  }
  return out;
}

export interface Colored {
  slot: number;
  color: Rgb | null;
}

interface Context {
  colors: RunColors;
  group: readonly Column[];
  /** The sequential scale of the theme, low to high. */
  scale: readonly Rgb[];
}

/** What each run is coloured by, all runs of the picture together. */
export function colorRuns(runs: readonly Run[], context: Context): Map<string, Colored> {
  const byRule = ruleOf(runs, context);
  const out = new Map<string, Colored>();
  for (const run of runs) {
    const { own } = context.colors;
    const chosen = Object.hasOwn(own, run.id) ? own[run.id] : undefined;
    if (typeof chosen === "number") out.set(run.id, { slot: chosen, color: null });
    else if (chosen !== undefined) out.set(run.id, { slot: slotOf(run), color: hexColor(chosen) });
    else out.set(run.id, byRule(run));
  }
  return out;
}

function ruleOf(runs: readonly Run[], { colors: { rule }, group, scale }: Context): (run: Run) => Colored {
  const bySlot = (run: Run): Colored => ({ slot: slotOf(run), color: null });
  const byWord = (wordOf: (run: Run) => string | null) => {
    const slots = slotsOf(runs.flatMap((run) => wordOf(run) ?? []));
    return (run: Run): Colored => {
      const word = wordOf(run);
      return word === null ? { slot: 0, color: MUTE } : { slot: slots.get(word)!, color: null };
    };
  };
  if (rule.by === "group") return group.length === 0 ? bySlot : byWord((run) => groupKey(run, group));
  if (rule.by === "experiment") return byWord((run) => run.experiment);
  if (rule.by === "match") {
    const regex = new RegExp(rule.regex);
    return byWord((run) => {
      const found = regex.exec(run.name);
      return found === null ? null : (found[1] ?? found[0]);
    });
  }
  if (rule.by === "run") return bySlot;
  const { column } = rule;
  const values = runs.map((run) => cellValue(run, column));
  const numbers = values.filter((v): v is number => typeof v === "number" && Number.isFinite(v));
  // Few numbers are names rather than a scale: sizes, seeds.
  if (column.space !== "metric" && (numbers.length === 0 || new Set(numbers).size <= 5)) {
    return byWord((run) => {
      const value = cellValue(run, column);
      return value === undefined ? null : String(value);
    });
  }
  return bySequence(column, Math.min(...numbers), Math.max(...numbers), scale);
}

const MUTE: Rgb = [154, 154, 146];

function bySequence(column: Column, lo: number, hi: number, scale: readonly Rgb[]): (run: Run) => Colored {
  // Learning rates: a scale of decades where all are positive and far apart.
  const log = lo > 0 && hi / lo > 50;
  const place = (v: number) => (log ? Math.log(v / lo) / Math.log(hi / lo) : (v - lo) / (hi - lo || 1));
  return (run) => {
    const value = cellValue(run, column);
    if (typeof value !== "number" || !Number.isFinite(value) || scale.length === 0) return { slot: 0, color: MUTE };
    return { slot: slotOf(run), color: onScale(scale, place(value)) };
  };
}

/** A colour between those of the scale, which begins where a line can still be seen on the panel. */
export function onScale(scale: readonly Rgb[], place: number): Rgb {
  return colorAt(scale.slice(Math.min(2, scale.length - 1)), Math.min(1, Math.max(0, place)));
}

/** Between the colors next to the place, which is from 0 to 1. */
export function colorAt(colors: readonly Rgb[], place: number): Rgb {
  const at = place * (colors.length - 1);
  const [low, high] = [colors[Math.floor(at)], colors[Math.ceil(at)]];
  const mix = (i: 0 | 1 | 2) => Math.round(low[i] + (high[i] - low[i]) * (at - Math.floor(at)));
  return [mix(0), mix(1), mix(2)];
}

export function hexColor(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Looks of drawn runs in their order. Where runs share a slot, the later ones (by age) get dashes. */
export function looks(drawn: readonly Run[], context: Context): Look[] {
  const colored = colorRuns(drawn, context);
  const byAge = [...drawn].sort((a, b) =>
    a.created < b.created ? -1 : a.created > b.created ? 1 : a.id < b.id ? -1 : 1,
  );
  // Only where each run has its own slot does a shared one need telling apart.
  const dashed = context.colors.rule.by === "run";
  const used = new Array<number>(SLOTS).fill(0);
  const dash = new Map<string, number>();
  for (const run of byAge) {
    const { slot, color } = colored.get(run.id)!;
    dash.set(run.id, dashed && color === null ? used[slot]++ % 4 : 0);
  }
  const { group } = context;
  return drawn.map((run) => ({
    id: run.id,
    ...colored.get(run.id)!,
    dash: dash.get(run.id)!,
    live: isLive(run),
    group: group.length === 0 ? null : groupKey(run, group),
  }));
}

/** Drawn groups as charts have them; `keys`: of all groups, which share the slots. */
export function sceneGroups(drawn: readonly RunGroup[], keys: readonly string[]): SceneGroup[] {
  const slots = slotsOf([...keys, ...drawn.map(groupId)]);
  return drawn.map((group) => {
    const key = groupId(group);
    return { key, label: groupLabel(group), slot: slots.get(key)! };
  });
}

export const groupLabel = ({ key }: Pick<RunGroup, "key">): string => key.map(nameOf).join(" · ");

function nameOf(value: RunGroup["key"][number]): string {
  if (value === "") return text.empty;
  return typeof value === "number" && !isShort(value) ? shortValue(value) : String(value ?? text.none);
}

/** As CSS. */
export const cssColor = ({ slot, color }: Colored): string =>
  color === null ? `var(--c${slot})` : `rgb(${color.join(" ")})`;
