// Everything by keyboard: what has no test here does not work without a mouse. The table of 400 columns is here too, as most
// of them can be reached by scrolling or by keys alone.

import type { Locator, Page } from "@playwright/test";
import { drawn, expect, panel, test } from "./fixtures";
import { type Samples, sharedSamples } from "./samples";

const COLUMNS = 400;
const RUNS = 12;
const wide = "columns";

const name = (i: number) => `p${String(i).padStart(3, "0")}`;
const grid = (page: Page) => page.getByRole("grid", { name: "Runs", exact: true });
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
  await expect(page.getByRole("combobox", { name: "Filter runs", exact: true })).toHaveValue(
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
  await expect.poll(tabbable).toBe(1);
  await page.getByRole("columnheader").getByRole("button", { name: "Run", exact: true }).focus();
  await page.keyboard.press("End");
  await expect(head(COLUMNS - 1)).toBeFocused();
  await expect(head(COLUMNS - 1)).toBeInViewport();
  await expect.poll(tabbable).toBe(1);
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

/** The workspace with its first chart drawn and the focus on the page itself. */
async function workspace(page: Page, samples: Samples): Promise<void> {
  await page.goto(await samples.path(wide));
  await expect(rows(page).first()).toBeVisible();
  await drawn(panel(page, "train/loss"));
}

test("one panel is in the order of Tab, arrows go to the next, and Escape gives the focus back from full screen", async ({
  page,
  samples,
}) => {
  await workspace(page, samples);
  const stops = page.locator('[data-cell][tabindex="0"]');
  await expect(stops).toHaveCount(1);
  await stops.focus();
  await page.keyboard.press("ArrowDown");
  await expect(panel(page, "val/acc")).toBeFocused();
  await expect(stops).toHaveCount(1);
  // Only its acts are in the order of Tab.
  await expect(page.locator('figure header button[tabindex="-1"]').first()).toBeAttached();
  await page.keyboard.press("Tab");
  await expect(panel(page, "val/acc").locator("header button").first()).toBeFocused();
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/full=val/);
  await expect(panel(page, "val/acc")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/full=/);
  await expect(panel(page, "val/acc")).toBeFocused();
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/pin=val/);
});

test("the crosshair goes from one logged step to the next by keys, and what stands there is copied", async ({
  page,
  samples,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await workspace(page, samples);
  await panel(page, "train/loss").focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/at=49\b/);
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/at=48\b/);
  await expect(page.locator("[data-announcer]")).toHaveText("Crosshair at 48");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/at=48\b/);
  await expect
    .poll(async () => {
      await page.keyboard.press("c");
      return page.evaluate(() => navigator.clipboard.readText());
    })
    .toMatch(/^run-\d+\t48\t/);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/at=/);
});

test("each key of the charts does what the list of keys says", async ({ page, samples }) => {
  await workspace(page, samples);
  for (const [key, address] of [
    ["l", /y=log/],
    ["l", /y=symlog/],
    ["l", /^(?!.*y=)/],
    ["m", /out(:|%3A)5/],
    ["m", /^(?!.*out(:|%3A)5)/],
    ["Shift+L", /xl=log/],
    ["Shift+L", /^(?!.*xl=)/],
    ["x", /[?&]x=rel/],
    ["x", /[?&]x=relproc/],
    ["x", /[?&]x=wall/],
    ["x", /^(?!.*[?&]x=)/],
    ["]", /sm=twema(:|%3A)0.65/],
    ["[", /^(?!.*sm=)/],
    ["=", /vs=diff/],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page).toHaveURL(address);
  }
});

test("boxes open by their keys, and the focus returns from them", async ({ page, samples }) => {
  await workspace(page, samples);
  await page.keyboard.press("j");
  const row = rows(page).first();
  await expect(row).toBeFocused();
  for (const key of ["?", "Control+k", "s"]) {
    await page.keyboard.press(key);
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    await expect(dialog.locator(":focus")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(row).toBeFocused();
  }
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem", { name: /^Open the run/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(row).toBeFocused();
  await page.keyboard.press("d");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("Shift+T");
  await expect(grid(page)).toBeHidden();
  await page.keyboard.press("Shift+T");
  await expect(grid(page)).toBeVisible();
  await page.keyboard.press("2");
  await expect(page).toHaveURL(/\/compare/);
});
