// PR curves at one threshold: its points, what each run has there, and its course over the steps.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { drawn, expect, fingerprint, panel, settled, tabTo, test } from "./fixtures";
import { sharedSamples } from "./samples";

const PR = "@pr_curve:val/pr";
const [POSITIVE, NEGATIVE] = [134, 266];
let path = "";

test.beforeAll(async () => {
  const samples = sharedSamples();
  await samples.logKinds("kinds");
  path = await samples.path("kinds");
});

const figure = (page: Page) => panel(page, PR);
const slider = (page: Page) => figure(page).getByRole("slider", { name: "Threshold", exact: true });
const course = (page: Page) => figure(page).getByRole("img", { name: /over the steps of/ });

/** Precision, recall, F1 and the four counts of a run, as they are shown. */
async function reading(page: Page, run: string): Promise<number[]> {
  const cells = await figure(page).getByRole("row", { name: run }).getByRole("cell").allTextContents();
  return cells.map(Number);
}

test("at a threshold each run has its point and its numbers, and arrow keys go to the next", async ({ page }) => {
  await page.goto(`${path}?t=val/pr&lay=1x420`);
  await drawn(figure(page));
  const without = await settled(figure(page));
  await figure(page)
    .getByRole("button", { name: /^Look at one threshold/ })
    .click();
  await expect(page).toHaveURL(/th:0\.5/);
  await expect(figure(page).getByRole("table").getByRole("row")).toHaveCount(4);
  await expect.poll(() => settled(figure(page))).not.toBe(without);
  const [precision, recall, f1, tp, fp, tn, fn] = await reading(page, "coarse");
  expect([tp + fn, fp + tn]).toEqual([POSITIVE, NEGATIVE]);
  const shown = [tp / (tp + fp), tp / POSITIVE, (2 * tp) / (2 * tp + fp + fn)].map((rate) => Number(rate.toFixed(3)));
  expect([precision, recall, f1]).toEqual(shown);
  const before = await settled(figure(page));
  await slider(page).focus();
  await page.keyboard.press("Home");
  await expect(page).toHaveURL(/th:0(?![.\d])/);
  expect(await reading(page, "coarse")).toEqual([0.335, 1, 0.502, POSITIVE, NEGATIVE, 0, 0]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(slider(page)).toHaveValue("2");
  await expect(slider(page)).toHaveAttribute("aria-valuetext", /^threshold 0\.0\d+$/);
  await expect.poll(() => settled(figure(page))).not.toBe(before);
  // The slider's keys move no pin.
  await expect(page).not.toHaveURL(/at=/);
  await page.keyboard.press("End");
  await expect(figure(page).getByRole("row", { name: "narrow" })).toContainText(
    `none0.0000.00000${NEGATIVE}${POSITIVE}`,
  );
  await expect(page).toHaveURL(/th:1$/);
  await page.reload();
  await expect(figure(page).getByRole("row", { name: "narrow" })).toContainText("none");
  await figure(page)
    .getByRole("button", { name: /^Look at one threshold/ })
    .click();
  await expect(page).not.toHaveURL(/th:/);
  await expect(slider(page)).toHaveCount(0);
});

test("the course of precision, recall or F1 at a threshold is drawn over the steps, and a click is a step", async ({
  page,
}) => {
  await page.goto(`${path}?t=val/pr&lay=1x420&p.${encodeURIComponent(PR)}=th:0.4`);
  await expect(course(page)).toHaveAttribute("aria-label", "Precision at threshold 0.4000 over the steps of 3 runs");
  const picture = () => fingerprint(course(page).locator("xpath=.."));
  const precision = await picture();
  await figure(page).getByRole("combobox", { name: "What is shown over the steps", exact: true }).selectOption("F1");
  await expect(page).toHaveURL(/of:f1/);
  await expect(course(page)).toHaveAttribute("aria-label", /^F1 at threshold/);
  await expect.poll(picture).not.toBe(precision);
  const box = (await course(page).boundingBox())!;
  // Six steps stand at equal distances: the fourth is 600.
  const x = 46 + 0.6 * (box.width - 64);
  const tip = page.locator("[data-tip]");
  await expect(async () => {
    for (let y = 10; y < box.height - 20; y += 4) {
      await page.mouse.move(box.x + x, box.y + y);
      if ((await tip.count()) > 0) break;
    }
    await expect(tip).toContainText(/^step 600(coarse|wide|narrow)0\.\d+$/, { timeout: 500 });
  }).toPass();
  await page.mouse.down();
  await page.mouse.up();
  await expect(page).toHaveURL(/at=600/);
});

test("by keys alone a threshold is looked at, moved, and its course chosen", async ({ page }) => {
  await page.goto(`${path}?t=val/pr&lay=1x420`);
  await drawn(figure(page));
  await figure(page).focus();
  await tabTo(page, figure(page).getByRole("button", { name: /^Look at one threshold/ }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/th:0\.5/);
  await tabTo(page, slider(page));
  const place = Number(await slider(page).inputValue());
  await page.keyboard.press("ArrowLeft");
  await expect(slider(page)).toHaveValue(String(place - 1));
  await expect(page).toHaveURL(/th:0\.4/);
  await tabTo(page, figure(page).getByRole("combobox", { name: "What is shown over the steps", exact: true }));
  await page.keyboard.press("r");
  await expect(page).toHaveURL(/of:recall/);
  await expect(course(page)).toHaveAttribute("aria-label", /^Recall at threshold 0\.4/);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 400]) {
    test(`no accessibility violation at a threshold, ${width} px, ${colorScheme}`, async ({ page }) => {
      test.setTimeout(90_000); // the whole screen is looked through
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${path}?t=val/pr&lay=2x420&p.${encodeURIComponent(PR)}=th:0.4`);
      await drawn(figure(page));
      await expect(figure(page).getByRole("row", { name: "coarse" })).toBeVisible();
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    });
  }
}
