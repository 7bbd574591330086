import { expect, it } from "vitest";
import { tagKey, tagText, wireTag } from "./tags";

it("a tag of any bytes keeps its identity and has a text", () => {
  const binary = { tag: "a\ufffd", tag_base64: "Yf8=" };
  expect(wireTag(tagKey(binary))).toEqual({ tag_base64: "Yf8=" });
  expect(tagText(tagKey(binary))).toBe("a\\xff");
  expect(tagKey(binary)).not.toBe(tagKey({ tag: "a\ufffd" }));
  expect(wireTag(tagKey({ tag: "" }))).toEqual({ tag: "" });
  expect(tagText("loss")).toBe("loss");
});
