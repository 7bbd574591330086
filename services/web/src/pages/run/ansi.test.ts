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

test("of what a carriage return goes back over only the last is left", () => {
  const shown = (line: string) =>
    ansiParts(line)
      .map((part) => part.text)
      .join("");
  expect(shown("\r  5% |#  |\r 50% |## |\r100% |###|")).toBe("100% |###|");
  expect(shown("done\r")).toBe("done\r");
  expect(shown("plain")).toBe("plain");
});

test("the first of 256 colours have names, the others keep the text's own", () => {
  expect(ansiParts("\x1b[38;5;9mred\x1b[38;5;196mother")).toEqual([
    { text: "red", colour: "red", bold: false },
    { text: "other", colour: "", bold: false },
  ]);
});
