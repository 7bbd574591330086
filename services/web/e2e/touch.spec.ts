// The pages by fingers at 400 px: what is tapped is large enough, and nothing needs a pointer that hovers.

import AxeBuilder from "@axe-core/playwright";
import type { CDPSession, Locator, Page } from "@playwright/test";
import { drawn, expect, panel, test } from "./fixtures";

test.use({ hasTouch: true, viewport: { width: 400, height: 860 } });

/** WCAG 2.2, 2.5.8: 24 px, or as much room around. */
async function expectRoom(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withRules(["target-size"]).analyze();
  const small = violations.flatMap(({ nodes }) =>
    nodes.map((node) => `${node.html.slice(0, 140)} ${node.any[0]?.message}`),
  );
  expect(small).toEqual([]);
}

type Finger = { x: number; y: number; id?: number };
const touch = (cdp: CDPSession, type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Finger[]) =>
  cdp.send("Input.dispatchTouchEvent", { type, touchPoints });

/** A place in a chart's plot, by parts of its width. */
async function plot(page: Page, tag: string): Promise<(part: number) => Finger> {
  const box = (await panel(page, tag).locator("canvas").last().boundingBox())!;
  return (part) => ({ x: box.x + 46 + part * (box.width - 56), y: box.y + box.height / 2 });
}

test("what is tapped has 24 px on every main screen, also in popups and the run list", async ({ page, samples }) => {
  test.setTimeout(120_000);
  const run = await samples.runPath("runs", "better");
  for (const address of [
    "/",
    run,
    `${run}/logs`,
    `${run}/files`,
    `${run}/data`,
    `${await samples.path("runs")}/compare`,
  ]) {
    await page.goto(address);
    await expect(page.locator("main :is(button, a, input)").first()).toBeVisible();
    await expectRoom(page);
  }
  await page.goto(await samples.path("runs"));
  await drawn(panel(page, "train/loss"));
  await expectRoom(page);
  for (const name of ["Columns", "Colours", "Filter by conditions"]) {
    await page.getByRole("button", { name, exact: true }).first().tap();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectRoom(page);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await page.getByRole("button", { name: /runs drawn/ }).tap();
  await expect(page.getByRole("row", { name: /better/ })).toBeVisible();
  await page
    .getByRole("row", { name: /better/ })
    .getByRole("checkbox")
    .tap();
  await expect(page.getByRole("toolbar", { name: "Chosen runs", exact: true })).toBeVisible();
  await expectRoom(page);
});

test("rows, boxes and the bars' buttons have 40 px for a finger", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await drawn(panel(page, "train/loss"));
  const height = async (name: string | RegExp) =>
    (await page.getByRole("button", { name }).first().boundingBox())!.height;
  for (const name of ["Columns", "Colours", /^Group/, /^Sort/, "Share"])
    expect(await height(name)).toBeGreaterThanOrEqual(40);
  await page.getByRole("button", { name: /runs drawn/ }).tap();
  const row = page.getByRole("row", { name: /better/ });
  expect((await row.boundingBox())!.height).toBeGreaterThanOrEqual(40);
  const draw = (await page.getByRole("button", { name: "Draw better", exact: true }).boundingBox())!;
  expect(Math.min(draw.width, draw.height)).toBeGreaterThanOrEqual(40);
});

for (const browser of ["that says so itself", "that does not, as Safari"])
  test(`a resting finger opens the menu of a run and of a column, and is no click, in a browser ${browser}`, async ({
    page,
    samples,
  }) => {
    if (browser !== "that says so itself")
      await page.addInitScript(() =>
        addEventListener("contextmenu", (event) => event.isTrusted && event.stopImmediatePropagation(), true),
      );
    await page.goto(await samples.path("runs"));
    await drawn(panel(page, "train/loss"));
    await page.getByRole("button", { name: /runs drawn/ }).tap();
    const cdp = await page.context().newCDPSession(page);
    const rest = async (on: Locator, menu: string) => {
      const box = (await on.boundingBox())!;
      await touch(cdp, "touchStart", [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }]);
      const items = page.getByRole("dialog", { name: menu });
      await expect(items).toBeVisible();
      await touch(cdp, "touchEnd", []);
      await expect(items.getByRole("menuitem").first()).toBeFocused();
      await page.keyboard.press("Escape");
      await expect(items).toHaveCount(0);
    };
    const row = page.getByRole("row", { name: /better/ });
    await rest(row, "What to do with the run");
    await expect(row).not.toHaveClass(/focused/); // as by a click
    await rest(page.getByRole("columnheader").nth(3), "What to do with the column");
    await row.tap();
    await expect(row).toHaveClass(/focused/);
  });

test("while a box is to be brushed a finger draws it and scrolls nothing, and a tap shows values", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("runs"));
  await drawn(panel(page, "train/loss"));
  await page.getByRole("button", { name: "Chart options", exact: true }).tap();
  await page.getByLabel("Brush a box").tap();
  await page.keyboard.press("Escape");
  const at = await plot(page, "train/loss");
  const cdp = await page.context().newCDPSession(page);
  await page.touchscreen.tap(at(0.5).x, at(0.5).y);
  await expect(page.locator("[data-tip]")).toBeVisible();
  const from = at(0);
  await touch(cdp, "touchStart", [at(0.3)]);
  await touch(cdp, "touchMove", [{ ...at(0.5), y: from.y - 20 }]);
  await touch(cdp, "touchMove", [{ ...at(0.7), y: from.y - 50 }]);
  await touch(cdp, "touchEnd", []);
  const box = page.getByRole("button", { name: "Mean over this range as a column", exact: true });
  await expect(box).toBeVisible();
  expect((await plot(page, "train/loss")).call(null, 0)).toEqual(from);
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
});

test("a tap shows the values, a resting finger moves the crosshair, two fingers zoom", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await drawn(panel(page, "train/loss"));
  const at = await plot(page, "train/loss");
  const tip = page.locator("[data-tip]");
  await page.touchscreen.tap(at(0.5).x, at(0.5).y);
  await expect(tip).toBeVisible();
  const first = await tip.textContent();
  const cdp = await page.context().newCDPSession(page);
  await touch(cdp, "touchStart", [at(0.2)]);
  await expect.poll(() => tip.textContent()).not.toBe(first);
  const second = await tip.textContent();
  await touch(cdp, "touchMove", [at(0.8)]);
  await expect.poll(() => tip.textContent()).not.toBe(second);
  await touch(cdp, "touchEnd", []);
  await touch(cdp, "touchStart", [{ ...at(0.4), id: 1 }]);
  await touch(cdp, "touchStart", [
    { ...at(0.4), id: 1 },
    { ...at(0.6), id: 2 },
  ]);
  await touch(cdp, "touchMove", [
    { ...at(0.2), id: 1 },
    { ...at(0.8), id: 2 },
  ]);
  await touch(cdp, "touchEnd", []);
  await expect(page).toHaveURL(/xr=/);
  await page.getByRole("button", { name: "Reset zoom", exact: true }).tap();
  await expect(page).not.toHaveURL(/xr=/);
});
