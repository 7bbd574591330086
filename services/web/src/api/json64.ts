// JSON with int64: a step is an integer literal of up to 19 digits, which JSON.parse would round beyond 2^53. Integers of 16
// digits and more become bigint; everything else is what JSON.parse gives. (JSON.parse with source text would do this in one
// pass, but not in every browser that is supported.)

// Whole tokens, so that digits inside of strings, fractions and exponents are never taken for an integer.
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;
// Where such an integer can stand. It may find one inside of a string too, which costs time and nothing else.
const MAY_HAVE_LONG_INTEGER = /(?:^|[:[,])\s*-?\d{16,}\s*(?:[,\]}]|$)/;

export function parseJson(text: string): unknown {
  if (!MAY_HAVE_LONG_INTEGER.test(text)) return JSON.parse(text);
  // Long integers travel through JSON.parse as marked strings. The mark is random, so that nobody can log a name that has it.
  const mark = `int64 ${Math.random()} ${Math.random()} `;
  const marked = text.replace(TOKEN, (token) => (LONG_INTEGER.test(token) ? `"${mark}${token}"` : token));
  return JSON.parse(marked, (_key, value) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** A step as JSON or this parser gave it. */
export function toStep(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : 0n;
}

/** A value as JSON carries it: a number, or "NaN", "Infinity", "-Infinity". */
export function toValue(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return Number.NaN;
}
