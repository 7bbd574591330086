// Builds series answers for tests, by the grammar of docs/formats/series.md.

interface Item {
  flags: number;
  rows: number;
  counts: number[];
  body: Uint8Array;
  rewound?: Item[];
  rewoundLeft?: number;
}

const FLAG_EXACT = 1;
const FLAG_ERROR = 2;

function columns(parts: (bigint[] | number[])[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length * 8, 0);
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  for (const part of parts) {
    for (const value of part) {
      if (typeof value === "bigint") view.setBigInt64(at, value, true);
      else view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return new Uint8Array(view.buffer);
}

function tally(values: number[]): number[] {
  const count = (test: (value: number) => boolean) => values.filter(test).length;
  return [
    values.length,
    count(Number.isNaN),
    count((v) => v === Number.POSITIVE_INFINITY),
    count((v) => v === Number.NEGATIVE_INFINITY),
  ];
}

export function exactItem(step: bigint[], wall: number[], value: number[]): Item {
  return { flags: FLAG_EXACT, rows: step.length, counts: tally(value), body: columns([step, wall, value]) };
}

/** Wall times are the steps as seconds. */
export function bucketItem(buckets: { steps: bigint[]; values: number[] }[]): Item {
  const chosen = buckets.map(({ steps, values }) => {
    const finite = values.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
    const at = (i: number | undefined) =>
      i === undefined
        ? { step: 0n, wall: 0, value: Number.NaN }
        : { step: steps[i], wall: Number(steps[i]), value: values[i] };
    const by = (less: (a: number, b: number) => boolean) =>
      finite.reduce<number | undefined>(
        (best, i) => (best === undefined || less(values[i], values[best]) ? i : best),
        undefined,
      );
    return {
      points: [at(0), at(steps.length - 1), at(by((a, b) => a < b)), at(by((a, b) => a > b))],
      count: BigInt(steps.length),
      sum: finite.reduce((sum, i) => sum + values[i], 0),
    };
  });
  const parts: (bigint[] | number[])[] = [];
  for (let p = 0; p < 4; p++) {
    parts.push(
      chosen.map((c) => c.points[p].step),
      chosen.map((c) => c.points[p].wall),
      chosen.map((c) => c.points[p].value),
    );
  }
  parts.push(
    chosen.map((c) => c.count),
    chosen.map((c) => c.sum),
  );
  return { flags: 0, rows: buckets.length, counts: tally(buckets.flatMap((b) => b.values)), body: columns(parts) };
}

function withColumn(item: Item, flag: number, values: number[]): Item {
  const body = new Uint8Array(item.body.length + values.length * 8);
  body.set(item.body);
  body.set(columns([values]), item.body.length);
  return { ...item, flags: item.flags | flag, body };
}

/** The item with a smoothed value a row, as if it was asked for. */
export const smoothedItem = (item: Item, values: number[]): Item => withColumn(item, 16, values);

/** The item with another tag's value a row. */
export const withX = (item: Item, values: number[]): Item => withColumn(item, 32, values);

/** What a rewind hid. */
export function rewoundItem(rewind: { step: bigint; wall: number }, line: Item): Item {
  const body = new Uint8Array(16 + line.body.length);
  body.set(columns([[rewind.step], [rewind.wall]]));
  body.set(line.body, 16);
  return { ...line, flags: line.flags | 128, body };
}

export const withRewound = (item: Item, rewound: Item[], rewoundLeft = 0): Item => ({ ...item, rewound, rewoundLeft });

export function errorItem(detail: string): Item {
  return {
    flags: FLAG_ERROR,
    rows: 0,
    counts: [0, 0, 0, 0],
    body: new TextEncoder().encode(JSON.stringify({ title: "Not found", detail, status: 404 })),
  };
}

export function answerOf(series: Item[]): ArrayBuffer {
  const items = series.flatMap((item) => [item, ...(item.rewound ?? [])]);
  const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;
  const size = items.reduce((sum, item) => sum + 64 + padded(item.body.length), 16);
  const buffer = new ArrayBuffer(size);
  const view = new DataView(buffer);
  new Uint8Array(buffer).set(new TextEncoder().encode("SWSQ"));
  view.setUint32(4, 1, true);
  view.setUint32(8, series.length, true);
  let at = 16;
  for (const item of items) {
    view.setUint32(at, item.flags, true);
    view.setUint32(at + 4, item.rows, true);
    item.counts.forEach((count, i) => {
      view.setBigUint64(at + 8 + i * 8, BigInt(count), true);
    });
    view.setUint32(at + 48, item.rewound?.length ?? 0, true);
    view.setUint32(at + 52, item.rewoundLeft ?? 0, true);
    view.setBigUint64(at + 56, BigInt(item.body.length), true);
    new Uint8Array(buffer).set(item.body, at + 64);
    at += 64 + padded(item.body.length);
  }
  return buffer;
}
