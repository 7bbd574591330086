import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { drawn, expect, panel, test } from "./fixtures";
import { HOSTILE } from "./samples";

test("the theme follows the system, d changes it, and the choice stays", async ({ page, samples }) => {
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(await samples.path("curves"));
  expect(await theme()).toBe("dark");
  await drawn(panel(page, "train/loss"));
  await page.keyboard.press("d");
  await expect.poll(theme).toBe("light");
  await page.reload();
  expect(await theme()).toBe("light");
});

test("at 400 px there is one column and the run list is a sheet at the foot", async ({ page, samples }) => {
  await page.setViewportSize({ width: 400, height: 860 });
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "train/loss");
  await drawn(chart);
  expect((await chart.boundingBox())!.width).toBeGreaterThan(360);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  await page.getByRole("button", { name: /3 runs drawn/ }).click();
  await expect(page.getByRole("row", { name: /gamma/ })).toBeVisible();
  await page.getByRole("button", { name: "Close the run list", exact: true }).click();
  await expect(page.getByRole("row", { name: /gamma/ })).toBeHidden();
});

test("an empty workspace shows what to type with the real address, and goes to the charts by itself", async ({
  page,
  samples,
}) => {
  let empty = true;
  await page.route("**/api/v1/experiments?*", async (route) => {
    if (empty) await route.fulfill({ json: { items: [], next: null } });
    else await route.continue();
  });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Log the first point", exact: true })).toBeVisible();
  const server = (await (await page.request.get("/api/v1/server")).json()) as { grpc: string };
  await expect(page.getByText(/stepwell upload .*--server/)).toContainText(`:${server.grpc.split(":").pop()}`);
  await noViolations(page);
  empty = false;
  await expect(page).toHaveURL(/\/w\/default\/e\//);
  void samples;
});

test("hostile names are text: nothing runs, nothing turns the line around", async ({ page, samples }) => {
  await page.goto(await samples.path("hostile"));
  await drawn(page.locator("figure").first());
  await expect(page.getByRole("row", { name: /<img src=x/ })).toBeVisible();
  for (const tag of HOSTILE.filter((name) => !name.startsWith("\u202e") && name.length < 100)) {
    await expect(page.getByRole("heading", { name: tag, exact: true })).toBeVisible();
  }
  await expect(page.getByRole("heading", { name: "‹202E›evil", exact: true })).toBeVisible();
  expect(await page.locator("main img").count()).toBe(0);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide).toBe(false);
});

test("a filter that matches nothing says so and clears", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?q=nothing-of-that-name`);
  await expect(page.getByText("No run matches “nothing-of-that-name”")).toBeVisible();
  await page.getByText("No run matches").getByRole("button", { name: "Clear", exact: true }).click();
  await expect(page.getByRole("row", { name: /alpha/ })).toBeVisible();
});

test("a bad value in the address is named and the rest is kept", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?sm=ema:7&hp=keep`);
  await expect(page.getByText("“sm=ema:7” in the address could not be used")).toBeVisible();
  await page.keyboard.press("l");
  await expect(page).toHaveURL(/y=log&hp=keep/);
});

test("dialogs and popups, whose programs come later, open at the first ask and close", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await expect(page.getByRole("row", { name: /alpha/ })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const trigger = page.getByRole("button", { name: "Choose the metric of the column", exact: true });
  await trigger.click();
  await page.getByRole("searchbox", { name: "Find a tag", exact: true }).fill("accuracy");
  await page.getByRole("dialog").getByRole("button", { name: "val/accuracy", exact: true }).click();
  await expect(page).toHaveURL(/cols=m\.val\/accuracy\.course,m\.val\/accuracy\.max/);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(trigger).toContainText("accuracy");
  await trigger.click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("an experiment that is not there says so once, in the server's words", async ({ page }) => {
  await page.goto("/w/default/e/00000000000000000000000000");
  await expect(page.getByRole("region", { name: "Charts", exact: true }).getByRole("alert")).toContainText("Not Found");
  await expect(page.getByRole("complementary", { name: "Runs", exact: true })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(1);
});

test("a lost connection is counted in the status bar, and comes back by itself", async ({ page, samples }) => {
  await page.route("**/api/v1/live?*", (route) => route.abort());
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await expect(page.locator('[data-live="lost"]')).toContainText(/Connection lost [1-9]\d* s/);
  await page.unroute("**/api/v1/live?*");
  await expect(page.locator('[data-live="live"]')).toBeVisible({ timeout: 20_000 });
});

async function noViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`no accessibility violation on any page, ${colorScheme}`, async ({ page, samples }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Experiments", exact: true })).toBeVisible();
    await noViolations(page);
    await page.goto(await samples.path("curves"));
    await drawn(panel(page, "train/loss"));
    await page.keyboard.press("j");
    await noViolations(page);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await noViolations(page);
  });
}
