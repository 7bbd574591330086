import { expect, it } from "vitest";
import { shorten, visible } from "./Name";

it("shows controls and direction marks instead of obeying them", () => {
  expect(visible("a\u0000b\n")).toBe("a␀b␊");
  expect(visible("\u202eevil\u202c")).toBe("‹202E›evil‹202C›");
  expect(visible("<img src=x>")).toBe("<img src=x>");
  expect(visible("שלום")).toBe("שלום");
});

it("shortens by characters, not by halves of them", () => {
  expect(shorten("😀".repeat(10), 3)).toBe("😀😀😀…");
  expect(shorten("abc", 3)).toBe("abc");
});
