// The tables behind pictures of histograms, at full precision.

import { exactValue } from "../../../chart/format";
import { text } from "../../../text";
import type { TableContent } from "../KindTable";
import type { Layer, LoggedShot, Strand } from "./drawing";
import { BASES, percentiles } from "./percentiles";

/** A row for each bucket as it was logged; those that are empty too. */
const bucketRows = (first: string, { logged }: LoggedShot): string[][] =>
  Array.from(logged.count, (count, i) => [first, ...[logged.left[i], logged.right[i], count].map(exactValue)]);

export const runTable = (layers: readonly Layer[]): TableContent => ({
  head: [text.runKey.name, ...text.histogram.bucketHead],
  rows: layers.flatMap(({ name, shot }) => bucketRows(name, shot)),
});

export const stepTable = ({ shots }: Strand): TableContent => ({
  head: [text.tableStep, ...text.histogram.bucketHead],
  rows: shots.flatMap((shot) => bucketRows(shot.step.toString(), shot)),
});

export const percentileTable = ({ shots }: Strand): TableContent => ({
  head: [text.tableStep, ...BASES.map((base) => text.histogram.base(base))],
  rows: shots.map(({ step, bins }) => {
    const values = percentiles(bins);
    return [step.toString(), ...BASES.map((_, k) => (values === null ? "" : exactValue(values[k])))];
  }),
});
