// Links to views: short ones by Share and by length; saved views with their history.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { drawn, expect, panel, settled, test } from "./fixtures";

const short = /\/v\/[\w-]+$/;

async function shareLink(page: Page): Promise<string> {
  await page.keyboard.press("s");
  const field = page.getByRole("textbox", { name: "The link to this view", exact: true });
  await expect(field).toHaveValue(short);
  return field.inputValue();
}

test("Share gives a short link that opens exactly this view; changes stand behind it", async ({ page, samples }) => {
  await page.goto(
    `${await samples.path("curves")}?pin=val/accuracy&lay=2x240&y=log&add.1=lines;y:train/loss,val/accuracy`,
  );
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  const picture = await settled(chart);
  const link = await shareLink(page);
  await page.keyboard.press("Escape");
  await page.goto(link);
  await drawn(chart);
  expect(await settled(chart)).toBe(picture);
  await expect(page.getByRole("heading", { name: "train/loss, val/accuracy", exact: true })).toBeVisible();
  expect(page.url()).toBe(link);
  await page
    .getByRole("group", { name: "Y scale", exact: true })
    .getByRole("button", { name: "Lin", exact: true })
    .click();
  await expect(page).toHaveURL(/\/v\/[\w-]+\?no=y$/);
  await page.reload();
  await drawn(chart);
  await expect(
    page.getByRole("group", { name: "Y scale", exact: true }).getByRole("button", { name: "Lin", exact: true }),
  ).toHaveAttribute("aria-pressed", "true");
  await page.goBack();
  await expect(page).toHaveURL(link);
  expect(await settled(chart)).toBe(picture);
});

test("an address that is too long becomes a short one by itself, and nothing else changes", async ({
  page,
  samples,
}) => {
  const note = "What we saw. ".repeat(160);
  await page.goto(`${await samples.path("curves")}?add.1=${encodeURIComponent(`text;md:${note}`)}`);
  await expect(page).toHaveURL(short);
  await expect(page.getByText("What we saw.").first()).toBeVisible();
  await drawn(panel(page, "train/loss"));
  await page.getByRole("button", { name: "Outliers", exact: true }).click();
  await expect(page).toHaveURL(/\/v\/[\w-]+\?y=out:5$/);
  await page.goBack();
  await expect(page).toHaveURL(short);
});

test("a link to a view that is not there says so in the server's words", async ({ page }) => {
  await page.goto("/v/doesnotexist");
  await expect(page.getByRole("alert")).toBeVisible();
});

test("a view is saved, edited, saved again, and a former version comes back", async ({ page, samples }) => {
  test.setTimeout(120_000);
  await page.goto(`${await samples.path("curves")}?y=log`);
  await drawn(panel(page, "train/loss"));
  const views = page.getByRole("button", { name: "Views", exact: true });
  await views.click();
  const menu = page.getByRole("dialog", { name: "Saved views of this experiment", exact: true });
  await menu.getByRole("textbox", { name: "Name of the view", exact: true }).fill("Log scale");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=\w+/);
  const trigger = page.locator('button[title="Saved views of this experiment"]');
  await expect(trigger).toHaveText("Log scale");
  await page.getByRole("button", { name: "Outliers", exact: true }).click();
  await expect(trigger).toContainText("edited");
  await trigger.click();
  await menu.getByRole("button", { name: /^Save “/ }).click();
  await expect(trigger).toHaveText("Log scale");
  await trigger.click();
  await menu.getByRole("button", { name: "Settings of Log scale", exact: true }).click();
  await menu.getByRole("button", { name: "Restore: Version 1", exact: true }).click();
  await expect(page).not.toHaveURL(/out:5/);
  await expect(menu.getByText("Version 3")).toBeVisible();
  const standard = menu.getByRole("checkbox", { name: "What a fresh page of the team shows", exact: true });
  await standard.click();
  await expect(standard).toBeChecked();
  await page.goto(await samples.path("curves"));
  await expect(page).toHaveURL(/y=log/);
  await expect(trigger).toHaveText("Log scale");
  await trigger.click();
  await menu.getByRole("button", { name: "Settings of Log scale", exact: true }).click();
  await menu.getByRole("button", { name: "Delete the view", exact: true }).click();
  await expect(trigger).toHaveText("Views");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(menu).toHaveCount(0); // it was pressed outside of the menu
  await trigger.click();
  await expect(menu.getByRole("button", { name: /^Log scale/ })).toBeVisible();
  await menu.getByRole("button", { name: "Settings of Log scale", exact: true }).click();
  await menu.getByRole("button", { name: "Delete the view", exact: true }).click();
});

test("two people with one shared view: each sees that the other saved it, and nobody's version is lost", async ({
  page,
  samples,
}) => {
  test.setTimeout(120_000);
  const menu = (of: Page) => of.getByRole("dialog", { name: "Saved views of this experiment", exact: true });
  const trigger = (of: Page) => of.locator('button[title="Saved views of this experiment"]');
  await page.goto(`${await samples.path("curves")}?y=log`);
  await drawn(panel(page, "train/loss"));
  await trigger(page).click();
  await menu(page).getByRole("textbox", { name: "Name of the view", exact: true }).fill("Ours");
  await menu(page).getByRole("checkbox", { name: "For the whole team", exact: true }).check();
  await menu(page).getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveURL(/view=\w+/);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(trigger(other)).toHaveText("Ours");
  // One changes it, the other has it open.
  await page.getByRole("button", { name: "Outliers", exact: true }).click();
  await trigger(page).click();
  await menu(page).getByRole("button", { name: "Save “Ours”", exact: true }).click();
  await expect(page.getByText("Ours saved for the whole team")).toBeVisible();
  await trigger(other).click();
  await expect(trigger(other)).toHaveText("Ours· saved anew");
  await menu(other)
    .getByRole("button", { name: /^Show what was saved since/ })
    .click();
  await expect(other).toHaveURL(/out:5/);
  await expect(trigger(other)).toHaveText("Ours");
  // Both change it: who saves second is told, and can take it back.
  await page
    .getByRole("group", { name: "Y scale", exact: true })
    .getByRole("button", { name: "Lin", exact: true })
    .click();
  await trigger(page).click();
  await menu(page).getByRole("button", { name: "Save “Ours”", exact: true }).click();
  await expect(menu(page)).toHaveCount(0);
  await other.getByRole("button", { name: "Outliers", exact: true }).click();
  await trigger(other).click();
  await menu(other).getByRole("button", { name: "Save over the newer version of “Ours”", exact: true }).click();
  await expect(trigger(other)).toHaveText("Ours");
  await other.getByRole("button", { name: /^Undo/ }).click();
  await expect(trigger(other)).toHaveText("Ours· saved anew");
  await trigger(page).click();
  await expect(trigger(page)).toHaveText("Ours"); // it is again what the first one saved
  await menu(page).getByRole("button", { name: "Settings of Ours", exact: true }).click();
  await menu(page).getByRole("button", { name: "Delete the view", exact: true }).click();
  await other.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no accessibility violation in the menus of views and links, ${colorScheme}`, async ({ page, samples }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme });
    await page.goto(`${await samples.path("curves")}?y=log`);
    await drawn(panel(page, "train/loss"));
    const noViolations = async () => {
      // The popup alone: it lies over the page, whose buttons it may cover in part.
      const { violations } = await new AxeBuilder({ page })
        .include('[role="dialog"]')
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    };
    await shareLink(page);
    await noViolations();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Views", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Saved views of this experiment", exact: true })).toBeVisible();
    await noViolations();
  });
}
