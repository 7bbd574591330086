import { describe, expect, it } from "vitest";
import { readText } from "./value";
import { diffWords } from "./words";

describe("readText", () => {
  it("reads one text, and bytes that are none", () => {
    expect(readText("a **b**")).toEqual({ text: "a **b**" });
    expect(readText({ base64: "/w==" })).toEqual({ bytes: 1 });
    expect(readText({ base64: "" })).toEqual({ bytes: 0 });
    expect(readText(["as PyTorch logs it"])).toEqual({ text: "as PyTorch logs it" });
  });

  it("reads lists as tables", () => {
    expect(readText(["a", "b"])).toEqual([{ at: [], rows: [[{ text: "a" }], [{ text: "b" }]] }]);
    expect(readText([["a", { base64: "/wAB" }], ["c"]])).toEqual([
      { at: [], rows: [[{ text: "a" }, { bytes: 3 }], [{ text: "c" }]] },
    ]);
    expect(readText([])).toEqual([{ at: [], rows: [] }]);
  });

  it("reads deeper lists as a table for each place", () => {
    const rows = (text: string) => [[{ text }]];
    expect(readText([[[["a"]], [["b"]]], [[["c"]]]])).toEqual([
      { at: [0, 0], rows: rows("a") },
      { at: [0, 1], rows: rows("b") },
      { at: [1, 0], rows: rows("c") },
    ]);
  });

  it("reads lists a thousand deep", () => {
    let value: unknown = ["deep"];
    for (let i = 0; i < 1_000; i++) value = [value];
    expect(readText(value)).not.toBeNull();
  });

  it("is null for what is no text", () => {
    for (const value of [null, undefined, 3, {}, { base64: 3 }, ["a", 3], [["a"], [null]], [[["a"]], "b"]])
      expect(readText(value)).toBeNull();
  });
});

describe("diffWords", () => {
  it("says which words went and came", () => {
    expect(diffWords("the cat sat", "the dog sat")).toEqual([
      { kind: " ", text: "the " },
      { kind: "-", text: "cat" },
      { kind: "+", text: "dog" },
      { kind: " ", text: " sat" },
    ]);
  });

  it("has both texts in it", () => {
    const [a, b] = ["Eins, zwei — drei.\n\n猫", "Eins zwei – vier!\n猫 🙂"];
    const all = diffWords(a, b)!;
    const side = (kind: string) =>
      all
        .filter((s) => s.kind === " " || s.kind === kind)
        .map((s) => s.text)
        .join("");
    expect([side("-"), side("+")]).toEqual([a, b]);
  });

  it("is nothing for equal texts but the text, and for none", () => {
    expect(diffWords("same", "same")).toEqual([{ kind: " ", text: "same" }]);
    expect(diffWords("", "")).toEqual([]);
  });

  it("is null for texts that are too long", () => {
    expect(diffWords("a ".repeat(30_000), "b")).toBeNull();
  });
});
