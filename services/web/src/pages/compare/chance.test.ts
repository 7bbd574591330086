import { expect, test } from "vitest";
import { chanceOf } from "./chance";

test("the chances are those of tables of F", () => {
  // F(0.95; 2, 57) = 3.1588, F(0.99; 4, 20) = 4.4307, F(0.95; 1, 10) = 4.9646: share = d1 F / (d1 F + d2).
  const share = (f: number, d1: number, d2: number) => (d1 * f) / (d1 * f + d2);
  expect(chanceOf(share(3.1588, 2, 57), 3, 60)).toBeCloseTo(0.05, 4);
  expect(chanceOf(share(4.4307, 4, 20), 5, 25)).toBeCloseTo(0.01, 5);
  expect(chanceOf(share(4.9646, 1, 10), 2, 12)).toBeCloseTo(0.05, 5);
});

test("all of it is never chance, none of it always", () => {
  expect(chanceOf(1, 2, 4)).toBe(0);
  expect(chanceOf(0, 2, 4)).toBe(1);
  expect(chanceOf(0.9, 3, 60)).toBeLessThan(1e-20);
});
