import { expect, test } from "vitest";
import { ansiParts } from "./ansi";

test("colours and bold last until they are taken back", () => {
  expect(ansiParts("a \x1b[1;31mred\x1b[0m b")).toEqual([
    { text: "a ", colour: "", bold: false },
    { text: "red", colour: "red", bold: true },
    { text: " b", colour: "", bold: false },
  ]);
});

test("256 colours take their numbers with them, and other escapes vanish", () => {
  const text = (line: string) =>
    ansiParts(line)
      .map((part) => part.text)
      .join("");
  expect(ansiParts("\x1b[38;5;31mx")).toEqual([{ text: "x", colour: "", bold: false }]);
  expect(text("\x1b]0;title\x07a\x1b[2Kb\x1b[?25lc")).toBe("abc");
});
