import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { classesOf } from "./image";
import { decodeMask, paintMask } from "./mask";

const be32 = (number: number) => [24, 16, 8, 0].map((bits) => (number >>> bits) & 255);
// Checksums are not looked at.
const chunk = (type: string, body: Iterable<number>) => {
  const bytes = [...body];
  return [...be32(bytes.length), ...[...type].map((c) => c.charCodeAt(0)), ...bytes, 0, 0, 0, 0];
};

interface Form {
  bits?: number;
  colour?: number;
  interlaced?: number;
}

function png(width: number, height: number, lines: number[], { bits = 8, colour = 0, interlaced = 0 }: Form = {}) {
  return new Uint8Array([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", [...be32(width), ...be32(height), bits, colour, 0, 0, interlaced]),
    ...chunk("IDAT", deflateSync(new Uint8Array(lines))),
    ...chunk("IEND", []),
  ]);
}

const classes = async (file: Uint8Array<ArrayBuffer>) => {
  const mask = await decodeMask(file);
  return mask === null ? null : [...mask.classes];
};

describe("a mask", () => {
  it("is read with each of the five filters", async () => {
    const lines = [
      [0, 1, 2, 3], // as they are
      [1, 1, 1, 1], // from the left: 1 2 3
      [2, 1, 1, 1], // from above: 2 3 4
      [3, 1, 1, 1], // from the middle of both: 2 3 4
      [4, 1, 0, 0], // from the one that is nearest to left + above − corner: 3 3 4
    ];
    expect(await classes(png(3, 5, lines.flat()))).toEqual([1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 3, 4]);
  });

  it("keeps classes beyond 255", async () => {
    expect(await classes(png(2, 1, [0, 1, 44, 255, 255], { bits: 16 }))).toEqual([300, 65535]);
    expect(await classes(png(2, 1, [1, 1, 44, 0, 1], { bits: 16 }))).toEqual([300, 301]);
  });

  it("that is of another form, cut or no picture is none", async () => {
    expect(await classes(png(1, 1, [0, 1], { colour: 2 }))).toBeNull();
    expect(await classes(png(1, 1, [0, 1], { bits: 4 }))).toBeNull();
    expect(await classes(png(1, 1, [0, 1], { interlaced: 1 }))).toBeNull();
    expect(await classes(png(4, 4, [0, 1]))).toBeNull();
    expect(await classes(png(100_000, 100_000, [0, 1]))).toBeNull();
    expect(await classes(new Uint8Array([1, 2, 3]))).toBeNull();
    expect(await classes(png(1, 1, [0, 1]).slice(0, 40))).toBeNull();
  });

  it("is clear where no class is, and where one is not shown", () => {
    const mask = { width: 4, height: 1, classes: new Uint16Array([0, 1, 2, 3]) };
    const colors = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const [one, two] = [
      [4, 5, 6, 255],
      [1, 2, 3, 255],
    ];
    const clear = [0, 0, 0, 0];
    expect([...paintMask(mask, colors, () => false)]).toEqual([clear, one, two, one].flat());
    expect([...paintMask(mask, colors, (number) => number === 1)]).toEqual([clear, clear, two, one].flat());
  });

  it("has the classes that are named of any image, in order and each once, without the ground", () => {
    const of = (name: string, classes: Record<string, string>) => ({ name, index: 0, classes });
    expect(
      classesOf([
        of("truth", { "10": "road", "2": "car", "0": "ground", x: "?", "70000": "?", "3": "" }),
        of("guess", { "2": "car" }),
        of("truth", { "2": "car again" }),
      ]),
    ).toEqual([
      { mask: "guess", number: 2, name: "car" },
      { mask: "truth", number: 2, name: "car" },
      { mask: "truth", number: 10, name: "road" },
    ]);
  });
});
