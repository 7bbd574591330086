import { describe, expect, it } from "vitest";
import { formatQuery, type Pair, parseQuery } from "./query";
import { besideStored, withStored } from "./stored";

const KEYS = ["q", "sel", "y", "p.train/loss", 'p."a,b"', "add.1", "zz", "x"];

function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
    return a / 4294967296;
  };
}

const some = (r: () => number): Pair[] =>
  KEYS.filter(() => r() < 0.5).map((key): Pair => [key, ["", "a", "b,c", "-", '"'][Math.floor(r() * 5)]]);

describe("an address on top of a stored view", () => {
  it("gives back every view, whatever was stored", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const r = random(seed);
      const stored = some(r);
      const view = some(r);
      const address = formatQuery(besideStored(stored, view));
      const back = withStored(stored, parseQuery(address));
      expect(new Map(back), `seed ${seed}`).toEqual(new Map(view));
    }
  });

  it("says nothing where nothing was changed", () => {
    const stored: Pair[] = [
      ["q", "a"],
      ["y", "log"],
    ];
    expect(besideStored(stored, stored)).toEqual([]);
    expect(formatQuery(besideStored(stored, [["q", "b"]]))).toBe("?q=b&no=y");
  });

  it("is the address itself where nothing is stored", () => {
    const view: Pair[] = [["no", "y"]];
    expect(withStored([], view)).toEqual(view);
    expect(besideStored([], view)).toEqual(view);
  });
});
