import { describe, expect, it } from "vitest";
import { parseJson, toStep, toValue } from "./json64";

describe("parseJson", () => {
  it("keeps int64 exact", () => {
    expect(parseJson('{"step":9223372036854775807,"low":[-9223372036854775808]}')).toEqual({
      step: 9223372036854775807n,
      low: [-9223372036854775808n],
    });
  });
  it("finds them wherever JSON may have them", () => {
    expect(parseJson("-9223372036854775808")).toBe(-9223372036854775808n);
    expect(parseJson('[ 1 , 9007199254740993 , "a" ]')).toEqual([1, 9007199254740993n, "a"]);
    expect(parseJson('{ "a" : 9007199254740993\n}')).toEqual({ a: 9007199254740993n });
  });
  it("leaves floats, exponents and short integers alone", () => {
    const text = '{"a":1764078123.1234567890123456,"b":1.2345678901234567e+300,"c":123456789012345,"d":-0.0}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
  it("leaves strings alone, whatever they hold", () => {
    const value = {
      'k"\\': "9223372036854775807",
      t: "\u0000int64:9223372036854775807",
      u: 'a " 1234567890123456789 \\',
    };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });
});

it("reads steps and values as JSON carries them", () => {
  expect(toStep(12)).toBe(12n);
  expect(toStep(9007199254740993n)).toBe(9007199254740993n);
  expect(toStep("x")).toBe(0n);
  expect(toValue("NaN")).toBeNaN();
  expect(toValue("-Infinity")).toBe(Number.NEGATIVE_INFINITY);
  expect(Object.is(toValue(-0), -0)).toBe(true);
});
