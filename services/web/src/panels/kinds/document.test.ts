import { expect, it } from "vitest";
import { documentOf } from "./DocumentPanel";

it("is what the server gives of a document, and nothing else", () => {
  const page = { blob: "7-ab", type: "text/html", bytes: 12 };
  expect(documentOf(page)).toEqual(page);
  expect(documentOf({ ...page, bytes: 1n << 60n, name: "a.html", more: 1 })).toEqual({
    ...page,
    bytes: 1n << 60n,
    name: "a.html",
  });
  for (const odd of [
    null,
    undefined,
    3,
    "text",
    [],
    { ...page, blob: 7 },
    { ...page, type: null },
    { ...page, bytes: "1" },
  ])
    expect(documentOf(odd)).toBeNull();
});
