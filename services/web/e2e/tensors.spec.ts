// Panels of tensors, meshes, embeddings and graphs, as the Python client logs them.

import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { drawn, expect, panel, settled, tabTo, test } from "./fixtures";
import { sharedSamples } from "./samples";

let path = "";

test.beforeAll(async () => {
  const samples = sharedSamples();
  await samples.logKinds("tensors", "log_tensors.py");
  path = await samples.path("tensors");
});

const tensor = (page: Page, tag: string) => panel(page, `@tensor:${tag}`);
const of = (figure: Locator, run: string) => figure.getByRole("article").filter({ hasText: run });
const tip = (page: Page) => page.locator("[data-tip]");

/** Hovers over a part of the width and the height of a picture. */
async function point(figure: Locator, x: number, y: number): Promise<void> {
  const canvas = figure.getByRole("img", { name: /^Heat map/ }).first();
  const box = (await canvas.boundingBox())!;
  await canvas.hover({ position: { x: x * box.width, y: y * box.height } });
}

test("a matrix of each drawn run is a heat map, around zero where signs differ, and the pointer says each value", async ({
  page,
}) => {
  await page.goto(`${path}?t=t/*&lay=2x420&at=0`);
  const figure = tensor(page, "t/weights");
  const small = of(figure, "small");
  await expect(small.getByText("float32 [2, 3, 16, 24]")).toBeVisible();
  await expect(small.getByText("2,304 finite")).toBeVisible();
  await expect(small.getByText("at [0, 0, …]")).toBeVisible();
  await drawn(small);
  const ends = await small.getByRole("img", { name: /^Colors from/ }).getAttribute("aria-label");
  const [, low, high] = /from (\S+) to (\S+)/.exec(ends!)!;
  expect(Number(low.replace("−", "-"))).toBe(-Number(high));
  await point(small, 0.5, 0.5);
  await expect(tip(page)).toContainText(/\[0, 0, [789], 1[0-2]\]value-?\d\.\d{5,}/);
  await expect(of(figure, "other").getByRole("img", { name: /^Heat map of other/ })).toBeVisible();
});

test("sliders of the leading dimensions choose the matrix, by keys and in the address, for all runs", async ({
  page,
}) => {
  await page.goto(`${path}?t=t/*&lay=2x420&at=0`);
  const figure = tensor(page, "t/weights");
  const small = of(figure, "small");
  await drawn(small);
  const seen = await settled(small);
  const slider = figure.getByRole("slider", { name: /^dimension 1/ });
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/p\.(@|%40)tensor(:|%3A)t(\/|%2F)weights=dims(:|%3A)0\.2/);
  await expect(of(figure, "other").getByText("at [0, 2, …]")).toBeVisible();
  await expect.poll(() => settled(small)).not.toBe(seen);
  const moved = await settled(small);
  await page.reload();
  await drawn(small);
  await expect.poll(() => settled(small)).toBe(moved);
  await figure.getByRole("slider", { name: /^dimension 0/ }).press("End");
  await expect(small.getByText("at [1, 2, …]")).toBeVisible();
});

test("the rail moves the tensors, and what a scalar holds is told in full", async ({ page }) => {
  await page.goto(`${path}?t=t/*&lay=2x420&at=0`);
  const scalar = tensor(page, "t/scalar");
  await expect(of(scalar, "small").getByText("9007199254740993", { exact: true })).toBeVisible();
  const weights = tensor(page, "t/weights");
  await drawn(of(weights, "small"));
  const seen = await settled(of(weights, "small"));
  await scalar.getByRole("slider", { name: "Step of all panels", exact: true }).press("End");
  await expect(of(scalar, "other").getByText("9007199254741394", { exact: true })).toBeVisible();
  await expect.poll(() => settled(of(weights, "small"))).not.toBe(seen);
});

test("of a large tensor only the rows that are shown are asked for, and the slider leads to the others", async ({
  page,
}) => {
  const ranges: string[] = [];
  page.on("request", (request) => {
    const range = request.headers().range;
    if (range !== undefined && request.url().includes("/blobs/")) ranges.push(range);
  });
  await page.goto(`${path}?t=large/*&lay=1x420&p.@tensor:large/rows=dims:2`);
  const figure = tensor(page, "large/rows");
  await expect(figure.getByText("rows 1 to 436 of 800")).toBeVisible();
  await expect(figure.getByText("of what is shown")).toBeVisible();
  await expect(figure.getByRole("link", { name: "Download · 7.7 MB" })).toBeVisible();
  await drawn(figure);
  // Of 4 × 800 × 600 float32.
  const matrix = 800 * 600 * 4;
  expect(ranges).toEqual([`bytes=${2 * matrix}-${2 * matrix + 436 * 600 * 4 - 1}`]);
  await figure.getByRole("slider", { name: /^rows/ }).press("End");
  await expect(figure.getByText("rows 365 to 800 of 800")).toBeVisible();
  await expect(page).toHaveURL(/i(:|%3A)436/);
  await expect.poll(() => ranges.length).toBe(2);
  await point(figure, 0.5, 0.5);
  // An element is 1,000 times its matrix and its row, and a thousandth of its column.
  await expect(tip(page)).toContainText(/\[2, (\d+), (\d+)\]value2\1\.\2/);
});

test("what is not finite has no color and is counted; odd tensors say what they are", async ({ page }) => {
  await page.goto(`${path}?t=o/*&lay=2x300`);
  const odd = tensor(page, "o/odd");
  await expect(odd.getByText("3 finite")).toBeVisible();
  await expect(odd.getByText("1 NaN")).toBeVisible();
  await expect(odd.getByText("2 infinite")).toBeVisible();
  await expect(odd.getByText("not finite")).toBeVisible();
  await expect(tensor(page, "o/nan").getByText("2 NaN")).toBeVisible();
  await expect(tensor(page, "o/empty").getByText("It has no elements.")).toBeVisible();
  await expect(tensor(page, "o/text").getByText("<b>plain</b>")).toBeVisible();
  const complex = tensor(page, "o/complex");
  await expect(complex.getByText("absolute values in color")).toBeVisible();
  await point(complex, 0.3, 0.3);
  await expect(tip(page)).toContainText("[0]value3 − 4i");
  await page.goto(`${path}?t=o/wide`);
  await expect(tensor(page, "o/wide").getByText("the first 262,144 of 300,000 columns")).toBeVisible();
});

test("by keys alone the values behind a heat map are read as a table", async ({ page }) => {
  await page.goto(`${path}?t=o/odd&lay=2x300`);
  const odd = tensor(page, "o/odd");
  await drawn(odd);
  const button = odd.getByRole("button", { name: "Show as table", exact: true });
  await odd.focus();
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Values of o/odd of small", exact: true });
  await expect(dialog.getByRole("row")).toHaveText([
    "indexvalue",
    "[0, 0]1",
    "[0, 1]NaN",
    "[0, 2]-2",
    "[1, 0]Infinity",
    "[1, 1]0.5",
    "[1, 2]-Infinity",
  ]);
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
});

test("meshes, embeddings and graphs say what they are, step by step, and lead to their points and their bytes", async ({
  page,
}) => {
  await page.goto(`${path}?t=s/*&lay=2x300&at=200`);
  const vertices = panel(page, "@mesh:s/cube_VERTEX");
  await expect(of(vertices, "small")).toContainText(/200.*8 vertices.*float32 \[1, 8, 3\]/);
  await expect(of(panel(page, "@mesh:s/cube_FACE"), "small")).toContainText("2 faces");
  const words = panel(page, "@embedding:s/words");
  await expect(of(words, "small")).toContainText(/20 points.*16 dimensions.*2 columns: word, count/);
  await expect(of(words, "other")).toContainText(/201 \(\+1\).*40 points/);
  const graph = panel(page, "@graph:s/model");
  await graph.scrollIntoViewIfNeeded();
  await expect(of(graph, "small")).toContainText("graph_def");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    of(graph, "small").getByRole("link", { name: "Download · 5 B", exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("model-200");
  expect(readFileSync(await download.path())).toEqual(Buffer.from("\n\x03\n\x01x"));
  await graph.getByRole("slider", { name: "Step of all panels", exact: true }).press("End");
  await expect(of(graph, "other")).toContainText("401");
  await of(graph, "small").getByRole("link", { name: "Logged point", exact: true }).click();
  await expect(page).toHaveURL(/\/data\?.*r\.tag=s(\/|%2F)model/);
  await expect(page.getByRole("rowheader")).toHaveText(["400"]);
});

test("bytes that the server has no more are an error with its words, not an empty picture", async ({ page }) => {
  await page.route("**/api/v1/blobs/**", (route) =>
    route.fulfill({ status: 404, contentType: "application/problem+json", body: '{"title":"Gone","detail":"by now"}' }),
  );
  await page.goto(`${path}?t=large/*&lay=2x300`);
  await expect(tensor(page, "large/rows").getByText("by now")).toBeVisible();
});

async function noViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 400]) {
    test(`no accessibility violation at ${width} px, ${colorScheme}`, async ({ page }) => {
      test.setTimeout(120_000); // axe looks at every element, twice
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 1000 });
      await page.goto(`${path}?t=/^[ts]/&lay=2x300`);
      await drawn(tensor(page, "t/weights"));
      await expect(tensor(page, "t/vector").getByText("6 finite").first()).toBeAttached();
      await noViolations(page);
      await page.goto(`${path}?t=s/*&lay=2x300`);
      await expect(panel(page, "@embedding:s/words").getByText("16 dimensions").first()).toBeVisible();
      await noViolations(page);
    });
  }
}
