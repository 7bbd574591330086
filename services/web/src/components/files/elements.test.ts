import { expect, test } from "vitest";
import { elementBytes, elementsIn, elementsOf, partOf, sumUp } from "./elements";

const bytesOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);
const values = (bytes: number[], dtype: string) => {
  const elements = elementsIn(new Uint8Array(bytes), dtype)!;
  return Array.from({ length: elements.count }, (_, i) => elements.value(i));
};

test("elements of every size are read as they are", () => {
  expect(values([0, 0x3c, 1, 0, 0, 0xfc, 1, 0x7c], "float16")).toEqual([1, 2 ** -24, -Infinity, Number.NaN]);
  expect(values([0x80, 0x3f, 0x80, 0xff, 1, 0], "bfloat16")).toEqual([1, -Infinity, 2 ** -133]);
  expect(values([0x3c, 0x7c, 0xfd, 0x01], "float8_e5m2")).toEqual([1, Infinity, Number.NaN, 2 ** -16]);
  expect(values([0x38, 0x7e, 0xff, 0x01], "float8_e4m3fn")).toEqual([1, 448, Number.NaN, 2 ** -9]);
  expect(values([255, 1], "int8")).toEqual([-1, 1]);
  expect(values([255, 0], "bool")).toEqual([1, 0]);
  expect(values([1, 2, 3], "int16")).toEqual([513]);
  expect(elementsIn(new Uint8Array(8), "string")).toBeNull();
  expect([elementBytes("complex128"), elementBytes("toString")]).toEqual([16, undefined]);
});

test("elements are told as they were logged, beyond what a float64 says", () => {
  const wide = elementsIn(bytesOf(new BigUint64Array([2n ** 64n - 1n])), "uint64")!;
  expect(wide.exact(0)).toBe("18446744073709551615");
  const complex = elementsIn(bytesOf(new Float32Array([3, -4])), "complex64")!;
  expect([complex.value(0), complex.exact(0)]).toEqual([5, "3 − 4i"]);
  const json = elementsOf([1.5, "NaN", "-Infinity", true, 9007199254740993n, [3, 4]]);
  expect([0, 1, 2, 3, 4, 5].map(json.exact)).toEqual(["1.5", "NaN", "-Infinity", "true", "9007199254740993", "3 + 4i"]);
  expect([0, 2, 3, 5].map(json.value)).toEqual([1.5, -Infinity, 1, 5]);
});

test("a part of them begins where it is said", () => {
  const part = partOf(elementsOf([1, 2, 3, 4]), 2, 2);
  expect([part.count, part.value(0), part.exact(1)]).toEqual([2, 3, "4"]);
});

test("what is not finite is counted and not in the mean", () => {
  expect(sumUp(elementsOf([1, -2, "NaN", 4, "Infinity"]))).toEqual({
    count: 5,
    nan: 1,
    infinite: 1,
    min: -2,
    max: 4,
    mean: 1,
    deviation: Math.sqrt(6),
  });
  expect(sumUp(elementsOf(["NaN"])).mean).toBeNaN();
  expect(sumUp(elementsOf([]))).toMatchObject({ count: 0, nan: 0, infinite: 0 });
});

test("the largest numbers and the smallest have a mean and a deviation too", () => {
  expect(sumUp(elementsOf([1.7e308, 1.7e308, 1.7e308]))).toMatchObject({ mean: 1.7e308, deviation: 0 });
  expect(sumUp(elementsOf([-1e308, 1e308]))).toMatchObject({ mean: 0, deviation: 1e308 });
  expect(sumUp(elementsOf([2e-300, 4e-300])).deviation).toBeCloseTo(1e-300, 310);
  expect(sumUp(elementsOf([0, 0]))).toMatchObject({ mean: 0, deviation: 0 });
});
