// Writes TensorBoard event files: what the tests upload. TFRecord: u64 length, masked CRC-32C of it, data, masked CRC-32C.

import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c >>> 0;
});

function maskedCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255];
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function record(data: Uint8Array): Buffer {
  const out = Buffer.alloc(16 + data.length);
  out.writeBigUInt64LE(BigInt(data.length), 0);
  out.writeUInt32LE(maskedCrc(out.subarray(0, 8)), 8);
  out.set(data, 12);
  out.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return out;
}

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    out.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return out;
}

const lengthDelimited = (field: number, body: Uint8Array) =>
  Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(BigInt(body.length))]), body]);

function fixed64(field: number, value: number): Buffer {
  const out = Buffer.alloc(9);
  out[0] = (field << 3) | 1;
  out.writeDoubleLE(value, 1);
  return out;
}

function fixed32(field: number, value: number): Buffer {
  const out = Buffer.alloc(5);
  out[0] = (field << 3) | 5;
  out.writeFloatLE(value, 1);
  return out;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

export interface Scalar {
  tag: string;
  step: bigint | number;
  wall: number;
  value: number;
}

/** Appends to the event file of a run directory, which is made with its version event if it is new. */
export class EventFile {
  private readonly path: string;

  constructor(directory: string, start = 1_763_974_800) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, `events.out.tfevents.${start}.host.1.0`);
    appendFileSync(this.path, record(Buffer.concat([fixed64(1, start), lengthDelimited(3, utf8("brain.Event:2"))])));
  }

  write(scalars: Scalar[]): void {
    const records = scalars.map(({ tag, step, wall, value }) => {
      const item = Buffer.concat([lengthDelimited(1, utf8(tag)), fixed32(2, value)]);
      const summary = lengthDelimited(5, lengthDelimited(1, item));
      return record(Buffer.concat([fixed64(1, wall), Buffer.from([2 << 3, ...varint(BigInt(step))]), summary]));
    });
    appendFileSync(this.path, Buffer.concat(records));
  }

  /** A histogram in the form of TensorFlow 1, whatever its limits and counts are: a HistogramProto. */
  histogram(tag: string, step: number, limits: readonly number[], counts: readonly number[]): void {
    const doubles = (field: number, values: readonly number[]) =>
      lengthDelimited(field, new Uint8Array(Float64Array.from(values).buffer));
    const sums = [Math.min(...limits), Math.max(...limits), 10, 0, 0].map((value, i) => fixed64(i + 1, value));
    const body = Buffer.concat([...sums, doubles(6, limits), doubles(7, counts)]);
    const item = Buffer.concat([lengthDelimited(1, utf8(tag)), lengthDelimited(5, body)]);
    const summary = lengthDelimited(5, lengthDelimited(1, item));
    const parts = [fixed64(1, 1_763_974_800 + step), Buffer.from([2 << 3, ...varint(BigInt(step))]), summary];
    appendFileSync(this.path, record(Buffer.concat(parts)));
  }

  /** What frameworks write when they go on from a checkpoint: points at this step and beyond that came before are hidden. */
  restart(step: number, wall: number): void {
    const start = lengthDelimited(7, Uint8Array.of(1 << 3, 1)); // SessionLog, status START
    const parts = [fixed64(1, wall), Buffer.from([2 << 3, ...varint(BigInt(step))]), start];
    appendFileSync(this.path, record(Buffer.concat(parts)));
  }

  /** `count` points of a tag, one a second. */
  curve(
    tag: string,
    count: number,
    value: (i: number) => number,
    stepOf: (i: number) => bigint | number = (i) => i,
  ): void {
    const start = 1_763_974_800;
    this.write(Array.from({ length: count }, (_, i) => ({ tag, step: stepOf(i), wall: start + i, value: value(i) })));
  }
}
