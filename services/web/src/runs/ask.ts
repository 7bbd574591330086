// From the view to what is asked of the server, and to the columns that the table shows.

import type { RunAsk, RunsNamed } from "../api/runs";
import { both, meaningOf } from "../filter/meaning";
import {
  type Column,
  filterKey,
  formatColumn,
  metricOf,
  quoteName,
  type ShownColumn,
  type Stat,
} from "../state/columns";
import type { RunsView } from "../state/runs_view";

const HIGHER_IS_BETTER = /acc|auc|f1|precision|recall|score|reward|return|bleu|iou|\bmap\b|psnr|ssim/i;

/** Which extreme of a tag is its best, as far as its name says. */
export const likelyBest = (tag: string): "min" | "max" => (HIGHER_IS_BETTER.test(tag) ? "max" : "min");

/** The columns of a fresh view: course, best and last value of a metric. */
export function metricColumns(tag: string): ShownColumn[] {
  return (["course", likelyBest(tag), "last"] satisfies Stat[]).map((stat) => ({
    column: metricOf(tag, stat),
    pinned: false,
    width: null,
  }));
}

/** `first`: the first scalar tag that was logged; null: there is none. */
export const shownColumns = (view: Pick<RunsView, "cols">, first: string | null): ShownColumn[] =>
  view.cols ?? (first === null ? [] : metricColumns(first));

/** The metric whose course is in the table, or that has any column there. */
export function tableMetric(shown: readonly ShownColumn[]): string | null {
  const metrics = shown.flatMap(({ column }) => (column.space === "metric" ? [column] : []));
  return (metrics.find((column) => column.stat === "course") ?? metrics[0])?.name ?? null;
}

/** What has to come along with each run, as `columns` takes it. */
export function wantedColumns(columns: readonly Column[]): string[] {
  const keys = columns.flatMap((column) => {
    if (column.space === "param") return [formatColumn(column)];
    return column.space === "metric" ? [`metrics.${quoteName(column.name)}`] : [];
  });
  return [...new Set(keys)];
}

export const orderText = (view: Pick<RunsView, "sort">) =>
  view.sort.map(({ column, descending }) => `${descending ? "-" : ""}${filterKey(column)}`).join(",");

/** The order of groups: of the table's keys those that a group has. */
export function groupOrder(view: Pick<RunsView, "sort" | "group">): string {
  const by = new Set(view.group.map(formatColumn));
  const keys = view.sort.flatMap(({ column, descending }) => {
    const sign = descending ? "-" : "";
    if (column.space === "run" && column.name === "created" && !by.has("created")) return [`${sign}newest`];
    const has = by.has(formatColumn(column)) || column.space === "param" || column.space === "metric";
    return has ? [`${sign}${filterKey(column)}`] : [];
  });
  return keys.join(",");
}

export function askOf(experiment: string, view: RunsView, shown: readonly ShownColumn[]): RunAsk {
  const { rule } = view.colors;
  const columns = [...shown.map((s) => s.column), ...view.group, ...(rule.by === "key" ? [rule.column] : [])];
  return {
    experiment,
    filter: meaningOf(view.q).filter,
    order: orderText(view),
    columns: wantedColumns(columns),
    archived: view.archived === "no" ? "false" : view.archived === "too" ? "any" : "true",
  };
}

/** All that is asked for, and that a further condition lets through, as an act on runs names it. */
export function namedBy(ask: RunAsk, filter = ask.filter): RunsNamed {
  const shown = ask.archived === "any" ? "" : `archived = ${ask.archived}`;
  return { experiment: ask.experiment, filter: both(filter, shown) };
}

export const askKey = (ask: RunAsk) => JSON.stringify(ask);

/** Can a new value of a metric, or another state of a run, change which runs are listed, or their order? */
export const dependsOnMetrics = (ask: RunAsk) => /\bmetrics\./.test(ask.filter) || /\bmetrics\./.test(ask.order);
export const dependsOnState = (ask: RunAsk) =>
  ask.filter !== "" || /\b(?:status|updated|finished|duration|name|note|archived)\b/.test(ask.order);
