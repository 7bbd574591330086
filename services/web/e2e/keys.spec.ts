// Everything by keyboard: what has no test here does not work without a mouse. The table of 400 columns is here too, as most
// of them can be reached by scrolling or by keys alone.

import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Samples, sharedSamples } from "./samples";

const COLUMNS = 400;
const RUNS = 12;
const wide = "columns";

const name = (i: number) => `p${String(i).padStart(3, "0")}`;
const grid = (page: Page) => page.getByRole("grid", { name: "Runs" });
const rows = (page: Page) => page.locator("[data-run]");
const cellOf = (page: Page, column: number): Locator =>
  rows(page)
    .first()
    .locator(`[data-column="params.${name(column)}"]`);

/** An address that lists all the columns. */
async function wideTable(page: Page, samples: Samples, more = ""): Promise<void> {
  const cols = Array.from({ length: COLUMNS }, (_, i) => `params.${name(i)}`);
  await page.goto(`${await samples.path(wide)}?cols=*${cols.join(",")}&sort=name${more}`);
  await expect(rows(page).first()).toBeVisible();
}

test.beforeAll(async () => {
  test.setTimeout(120_000);
  await sharedSamples().logWide(wide, RUNS, COLUMNS);
});

test("of 400 columns only those in view have cells, and the last one is reached by scrolling", async ({
  page,
  samples,
}) => {
  await wideTable(page, samples);
  await expect(grid(page)).toHaveAttribute("aria-colcount", String(COLUMNS + 3));
  const cells = () => rows(page).first().getByRole("gridcell").count();
  expect(await cells()).toBeLessThan(30);
  await expect(cellOf(page, COLUMNS - 1)).toHaveCount(0);
  await grid(page).evaluate((el) => el.scrollTo({ left: el.scrollWidth }));
  await expect(cellOf(page, COLUMNS - 1)).toBeInViewport({ ratio: 1 });
  await expect(cellOf(page, COLUMNS - 1)).toHaveText(String(COLUMNS - 1));
  await expect(cellOf(page, COLUMNS - 1)).toHaveAttribute("aria-colindex", String(COLUMNS + 3));
  expect(await cells()).toBeLessThan(30);
  // The pinned column and the name stay beside each other at the left.
  const left = (await grid(page).boundingBox())!.x;
  const nameBox = (await rows(page).first().getByRole("gridcell").nth(2).boundingBox())!;
  const pinned = (await cellOf(page, 0).boundingBox())!;
  expect(nameBox.x - left).toBeCloseTo(58, 0);
  expect(pinned.x).toBeCloseTo(nameBox.x + nameBox.width, 0);
});

test("heads and cells stand under each other wherever one has scrolled to", async ({ page, samples }) => {
  await wideTable(page, samples);
  for (const left of [0, 333, 9_000, 20_111]) {
    await grid(page).evaluate((el, x) => el.scrollTo({ left: x }), left);
    await expect
      .poll(() =>
        grid(page).evaluate((el) => {
          const box = el.getBoundingClientRect();
          const heads = [...el.querySelectorAll('[role="columnheader"]')];
          const seen = heads.filter((head) => {
            const { left, right } = head.getBoundingClientRect();
            return left < box.right && right > box.left;
          });
          const row = el.querySelector("[data-run]")!;
          const off = seen.filter((head) => {
            const cell = row.querySelector(`[aria-colindex="${head.getAttribute("aria-colindex")}"]`);
            return cell === null || Math.abs(cell.getBoundingClientRect().x - head.getBoundingClientRect().x) > 0.5;
          });
          return seen.length > 3 && off.length === 0;
        }),
      )
      .toBe(true);
  }
});

test("the keyboard goes from a row to its last cell and back, and the focus is in view", async ({
  page,
  samples,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await wideTable(page, samples);
  await page.keyboard.press("j");
  await expect(rows(page).first()).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("End");
  await expect(cellOf(page, COLUMNS - 1)).toBeFocused();
  await expect(cellOf(page, COLUMNS - 1)).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("ArrowLeft");
  await expect(cellOf(page, COLUMNS - 2)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  const second = rows(page)
    .nth(1)
    .locator(`[data-column="params.${name(COLUMNS - 2)}"]`);
  await expect(second).toBeFocused();
  await page.keyboard.press("c");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(String(COLUMNS - 1));
  await page.keyboard.press("Shift+Enter");
  await expect(page.getByRole("combobox", { name: "Filter runs" })).toHaveValue(
    `params.${name(COLUMNS - 2)} = ${COLUMNS - 1}`,
  );
  await expect(rows(page)).toHaveCount(1);
});

test("heads are one stop of Tab: the arrows go through them, sort, move, widen and open their menus", async ({
  page,
  samples,
}) => {
  await wideTable(page, samples);
  const head = (i: number) =>
    page.getByRole("columnheader").getByRole("button", { name: new RegExp(`^${name(i)}\\b`) });
  const tabbable = () => grid(page).locator('[data-row="head"] :is(button, input)[tabindex="0"]').count();
  expect(await tabbable()).toBe(1);
  await page.getByRole("columnheader").getByRole("button", { name: "Run", exact: true }).focus();
  await page.keyboard.press("End");
  await expect(head(COLUMNS - 1)).toBeFocused();
  await expect(head(COLUMNS - 1)).toBeInViewport();
  expect(await tabbable()).toBe(1);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+Enter");
  await expect(page).toHaveURL(/\/v\/|sort=params\.p399,params\.p398/);
  await expect(page.getByRole("columnheader", { name: name(COLUMNS - 2) })).toHaveAttribute("aria-sort", "ascending");
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(head(COLUMNS - 2)).toBeFocused();
  await expect(page.getByRole("columnheader", { name: name(COLUMNS - 2) })).toHaveAttribute(
    "aria-colindex",
    String(COLUMNS + 1),
  );
  const before = (await head(COLUMNS - 2)
    .locator("..")
    .boundingBox())!.width;
  await page.keyboard.press("Alt+Shift+ArrowRight");
  await expect
    .poll(
      async () =>
        (await head(COLUMNS - 2)
          .locator("..")
          .boundingBox())!.width,
    )
    .toBe(before + 24);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(head(COLUMNS - 2)).toBeFocused();
});
