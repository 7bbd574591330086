import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures";
import type { Samples } from "./samples";

const address = async (samples: Samples) => (await samples.path("runs")).concat("/compare");

test("only what differs is shown, against the run that is chosen as reference", async ({ page, samples }) => {
  await page.goto(await address(samples));
  const table = page.getByRole("region", { name: "The compared runs", exact: true });
  await expect(table.getByRole("row", { name: /model\.arch/ })).toBeVisible();
  await page.getByRole("button", { name: "Compare with base", exact: true }).click();
  await expect(page).toHaveURL(/base=/);
  await expect(table.getByRole("columnheader").first()).toContainText("base");
  await expect(table.getByRole("row", { name: /val\/acc/ })).toContainText("+0.009000");
  await page.getByRole("button", { name: "Everything", exact: true }).click();
  await expect(table.getByRole("row", { name: /epochs/ })).toBeVisible();
  await page.getByRole("button", { name: "Leave ranks out", exact: true }).click();
  await expect(table.getByRole("link", { name: "ranks", exact: true })).toHaveCount(0);
  await page.goBack();
  await expect(table.getByRole("link", { name: "ranks", exact: true })).toBeVisible();
  // The other two have the same packages. Only rows in view are in the page.
  const find = page.getByRole("searchbox", { name: "Find a row", exact: true });
  await find.fill("grpcio");
  await expect(table.getByRole("row", { name: /^grpcio/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "Leave ranks out", exact: true }).click();
  await page.getByRole("button", { name: "Only differences", exact: true }).click();
  await expect(table.getByRole("row", { name: /^grpcio/ })).toHaveCount(0);
  await find.fill("");
  await expect(table.getByRole("row", { name: /model\.arch/ })).toBeVisible();
});

test("the code of two runs is compared, side by side if wished", async ({ page, samples }) => {
  await page.goto(await address(samples));
  await page.getByRole("button", { name: "Compare with base", exact: true }).click();
  await page.getByRole("combobox", { name: "Code of", exact: true }).selectOption({ label: "better" });
  await expect(page.getByText("+    warmup = cfg.warmup")).toBeVisible();
  await page.getByRole("button", { name: "Side by side", exact: true }).click();
  await expect(page.getByText("+    warmup = 2500  # as before")).toBeVisible();
});

test("two runs are too few to explain a gap, and no runs are nothing to compare; both are said", async ({
  page,
  samples,
}) => {
  await page.goto(await address(samples));
  await expect(page.getByText("Too few runs: 4 with this metric are needed.")).toBeVisible();
  await page.goto(`${await address(samples)}?sel=none`);
  await expect(page.getByRole("heading", { name: "Nothing to compare", exact: true })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no accessibility violation in the comparison, ${colorScheme}`, async ({ page, samples }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(await address(samples));
    await expect(page.getByRole("region", { name: "The compared runs", exact: true })).toBeVisible();
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  });
}
