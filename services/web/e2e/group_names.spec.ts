// Groups by any value that somebody may log: what they are called, and that links, expansion and acts mean the same group.

import type { Page } from "@playwright/test";
import { drawn, expect, panel, test } from "./fixtures";
import { sharedSamples } from "./samples";

const NAME = "hostile-groups";
// By the text of the group's key; 1 and 1.0 are one value.
const GROUPS: Record<string, [shown: string | RegExp, members: number]> = {
  "[null]": ["none", 1],
  "[true]": ["true", 1],
  "[1]": ["1", 2],
  '["1"]': ["1", 1],
  '[""]': ["(empty)", 1],
  [JSON.stringify(['"],"\\'])]: ['"],"\\', 1],
  [JSON.stringify(["two\nlines"])]: ["two␊lines", 1],
  [JSON.stringify(["\u202eevil"])]: ["‹202E›evil", 1],
  [JSON.stringify(["<script>window.pwned=1</script>"])]: ["<script>window.pwned=1</script>", 1],
  [JSON.stringify(["long ".repeat(200)])]: [/^(long ){40,}/, 1],
  [`[${2 ** 60}]`]: [/1\.15/, 1],
};

test.beforeAll(async () => {
  test.setTimeout(120_000);
  await sharedSamples().logHostile(NAME);
});

const group = (page: Page, key: string) => page.locator(`[data-group=${JSON.stringify(key)}]`);

test("groups by null, booleans, numbers and any text have their names, members, links and lines", async ({ page }) => {
  const path = await sharedSamples().path(NAME);
  await page.goto(`${path}?g=params.key&cols=params.seed`);
  await expect(page.locator("[data-group]")).toHaveCount(Object.keys(GROUPS).length);
  const keys = await page
    .locator("[data-group]")
    .evaluateAll((all) => all.map((el) => (el as HTMLElement).dataset.group!));
  expect(keys.toSorted()).toEqual(Object.keys(GROUPS).toSorted());
  for (const [key, [shown, members]] of Object.entries(GROUPS)) {
    const row = page.locator("[data-group]").nth(keys.indexOf(key));
    await expect(row.locator('[aria-colindex="3"] > span').first(), key).toHaveText(shown);
    await expect(row.locator('[aria-colindex="3"] > span').last(), key).toHaveText(String(members));
  }
  await drawn(panel(page, "loss"));
  for (const key of ["[null]", "[1]", '["1"]', '[""]', JSON.stringify(['"],"\\'])]) {
    const at = keys.indexOf(key);
    await page.goto(`${path}?g=params.key&cols=params.seed`);
    const row = page.locator("[data-group]").nth(at);
    await row.focus();
    await page.keyboard.press("o");
    await expect(page.locator('[data-group][data-drawn="true"]'), key).toHaveCount(1);
    await page.keyboard.press("ArrowRight");
    await expect(page.locator("[data-run]"), key).toHaveCount(GROUPS[key][1]);
    await expect(page.locator('[data-run][data-drawn="true"]'), key).toHaveCount(GROUPS[key][1]);
    await page.reload();
    await expect(page.locator("[data-run]"), key).toHaveCount(GROUPS[key][1]);
    await expect(page.locator("[data-group]").nth(at)).toHaveAttribute("data-drawn", "true");
    await expect(page.locator('[data-group][data-drawn="true"]')).toHaveCount(1);
    await expect(panel(page, "loss")).toHaveAttribute("aria-label", new RegExp(`^loss: ${GROUPS[key][1]} runs?,`));
  }
});

test("an act on a group of a hostile name is about its members alone, also of two keys", async ({ page }) => {
  const path = await sharedSamples().path(NAME);
  await page.goto(`${path}?g=params.key,params.seed`);
  // 1 and 1.0 have seeds of their own.
  await expect(page.locator("[data-group]")).toHaveCount(12);
  for (const key of [JSON.stringify(['"],"\\', 0]), "[null,0]", '["",1]']) {
    await page.goto(`${path}?g=params.key,params.seed`);
    await group(page, key).focus();
    await page.keyboard.press("Shift+F10");
    await expect(page.getByText("Of its one member")).toBeVisible();
    await page.getByRole("menuitem", { name: "Archive", exact: true }).click();
    await expect(page.getByText("1 run archived")).toBeVisible();
    await expect(group(page, key)).toHaveCount(0);
    await expect(page.locator("[data-group]")).toHaveCount(11);
    await page.keyboard.press("u");
    await expect(group(page, key)).toHaveCount(1);
  }
});
