import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const src = new URL(".", import.meta.url).pathname;

/** Every file below `src` with the files below `src` that it imports, both as paths from there. */
function imports(): { file: string; from: string }[] {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  return files.flatMap((file) =>
    [...readFileSync(join(src, file), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, path]) => ({
      file,
      from: relative(src, join(src, file, "..", path)),
    })),
  );
}

test("nothing but the router and pages imports from pages", () => {
  const found = imports().filter(({ from }) => from.startsWith("pages/"));
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter(({ file }) => !file.startsWith("pages/") && file !== "router.tsx")).toEqual([]);
});

test("no component imports from panels", () => {
  const found = imports().filter(({ file }) => file.startsWith("components/"));
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter(({ from }) => from.startsWith("panels/"))).toEqual([]);
});
