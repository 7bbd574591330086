// What people told their system about colours and motion.

import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

const background = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((el) => getComputedStyle(el).backgroundColor);

test("where colours are forced, runs keep theirs, and what is chosen has an edge", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const swatch = "[data-run] [aria-pressed='true'] > i";
  const own = await background(page, swatch);
  const scale = page.getByRole("button", { name: "Lin", exact: true });
  await expect(scale).toHaveCSS("outline-style", "none");
  await page.emulateMedia({ forcedColors: "active" });
  expect(await background(page, swatch)).toBe(own);
  await expect(scale).toHaveCSS("outline-style", "solid");
  const pages = page.getByRole("navigation", { name: "Pages", exact: true });
  await expect(pages.getByRole("link", { name: "Charts", exact: true })).toHaveCSS("outline-style", "solid");
  await expect(pages.getByRole("link", { name: "Compare", exact: true })).toHaveCSS("outline-style", "none");
});

test("where more contrast is asked for, lines are as dark as text", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const line = () =>
    page
      .locator("figure")
      .first()
      .evaluate((el) => getComputedStyle(el).borderTopColor);
  const usual = await line();
  await page.emulateMedia({ contrast: "more" });
  await expect.poll(line).not.toBe(usual);
});

test("where less motion is asked for, nothing moves without end", async ({ page, samples }) => {
  const stop = await samples.live("still", "live");
  const endless = () =>
    page.evaluate(
      () =>
        document.getAnimations().filter((a) => a.effect?.getTiming().iterations === Number.POSITIVE_INFINITY).length,
    );
  try {
    await expect.poll(() => samples.runPath("still", "live").catch(() => null), { timeout: 20_000 }).not.toBeNull();
    await page.goto(await samples.path("still"));
    await expect.poll(endless).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await expect.poll(endless).toBe(0);
    await page.goto(await samples.runPath("still", "live"));
    await expect(page.getByText(/^Running/).first()).toBeVisible();
    expect(await endless()).toBe(0);
  } finally {
    await stop();
  }
});
