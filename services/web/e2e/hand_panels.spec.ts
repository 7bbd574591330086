// Panels that are added by hand: several tags in one chart, expressions, columns as bars, marks, cards and lines, text.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { colouredPixels, drawn, expect, panel, test } from "./fixtures";

const query = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const byTitle = (page: Page, title: string) =>
  page.locator("figure").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

async function add(page: Page, label: RegExp | string, item: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "New panel" });
  await dialog.getByRole("combobox", { name: label }).fill(item);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: `Remove ${item}` })).toBeVisible();
}

test("a panel of two tags is made in the dialog, seen before it is saved, and stays in the address", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await page.getByRole("button", { name: "Add panel" }).click();
  const dialog = page.getByRole("dialog", { name: "New panel" });
  await add(page, "Tags and expressions", "val/accuracy");
  const preview = dialog.getByRole("region", { name: "Preview" });
  await drawn(preview);
  await add(page, "Tags and expressions", "train/loss");
  await dialog.getByRole("textbox", { name: "Title" }).fill("Both");
  await dialog.getByRole("button", { name: "Save panel" }).click();
  await expect(page).toHaveURL(/add\.1=/);
  expect(query(page)).toContain("add.1=lines;title:Both;y:val/accuracy,train/loss");
  const both = byTitle(page, "Both");
  await drawn(both);
  await page.reload();
  await drawn(both);
  await expect(page.getByRole("heading", { name: /Added by hand/ })).toBeVisible();
  await page.goBack();
  await expect(both).toHaveCount(0);
});

test("a panel that is dropped on another becomes one chart with both tags", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/accuracy"));
  const head = (await panel(page, "val/accuracy").getByRole("heading").boundingBox())!;
  const target = (await panel(page, "train/loss").boundingBox())!;
  await page.mouse.move(head.x + 8, head.y + 8);
  await page.mouse.down();
  await page.mouse.move(head.x + 30, head.y + 20, { steps: 3 });
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/add\.1=/);
  expect(query(page)).toContain("add.1=lines;y:train/loss,val/accuracy");
  await expect(panel(page, "val/accuracy")).toHaveCount(0);
  const both = byTitle(page, "train/loss, val/accuracy");
  await drawn(both);
  await both.getByRole("button", { name: "More about this chart" }).click({ force: true });
  await page.getByRole("button", { name: "Delete this panel" }).click();
  await drawn(panel(page, "train/loss"));
  await drawn(panel(page, "val/accuracy"));
});

test("runs as bars, marks, cards, lines over axes and a table, with their values", async ({ page, samples }) => {
  const columns = "m.train/loss.last,m.val/accuracy.max";
  const added = [
    `add.1=bar;y:${columns}`,
    `add.2=scatter;y:m.val/accuracy.max;x:m.train/loss.last`,
    `add.3=cards;y:${columns}`,
    `add.4=parallel;y:${columns},name`,
    `add.5=table;y:${columns}`,
  ].join("&");
  await page.goto(`${await samples.path("curves")}?${added}&lay=3x240`);
  const title = "train/loss last, val/accuracy max";
  const bars = page.locator("figure", { has: page.locator("caption") });
  await expect(bars.getByRole("row", { name: /beta 2\.1/ })).toBeVisible();
  const scatter = byTitle(page, "val/accuracy max against train/loss last");
  await expect(scatter.locator("[role=img] circle")).toHaveCount(3);
  await expect(scatter.locator("[role=img] circle title").first()).toContainText("val/accuracy max:");
  await expect(byTitle(page, title).locator("dl").getByText("over 3 runs").first()).toBeVisible();
  const parallel = byTitle(page, `${title}, name`);
  await expect(parallel.locator("[role=img] path")).toHaveCount(3);
  await expect(byTitle(page, title).getByRole("row", { name: /gamma/ }).last()).toContainText("0.78");
  await page.getByRole("button", { name: "Draw gamma" }).click();
  await expect(scatter.locator("[role=img] circle")).toHaveCount(2);
  await expect(parallel.locator("[role=img] path")).toHaveCount(2);
});

test("a scatter is made in the dialog from columns, and what is no column is refused", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await page.getByRole("button", { name: "Add panel" }).click();
  const dialog = page.getByRole("dialog", { name: "New panel" });
  await dialog.getByRole("button", { name: "Scatter" }).click();
  const x = dialog.getByRole("combobox", { name: "X: a column" });
  await x.fill("nonsense");
  await expect(dialog.getByRole("alert")).toContainText("“nonsense” is no column");
  await expect(dialog.getByRole("button", { name: "Save panel" })).toBeDisabled();
  await x.fill("m.train/loss.last");
  await add(page, "Y: columns", "m.val/accuracy.max");
  await expect(dialog.locator("[role=img] circle")).toHaveCount(3);
  await dialog.getByRole("button", { name: "Save panel" }).click();
  await expect(page).toHaveURL(/add\.1=scatter/);
});

test("Markdown is text of the page and never runs", async ({ page, samples }) => {
  const md = '# Why\n\nSee **this** <img src=x onerror="window.pwned=1"> [bad](javascript:window.pwned=1)';
  await page.goto(
    `${await samples.path("curves")}?add.1=${encodeURIComponent(`text;md:"${md.replace(/["\\]/g, "\\$&")}"`)}`,
  );
  const note = page.locator("figure").first();
  await expect(note.getByRole("heading", { name: "Why" })).toBeVisible();
  await expect(note.locator("strong")).toHaveText("this");
  expect(await note.locator("img").count()).toBe(0);
  await note.getByText("bad").click();
});

test("a panel over all tags that match takes them", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?add.1=lines;match:val/*`);
  const all = byTitle(page, "val/*");
  await drawn(all);
  const some = await colouredPixels(panel(page, "val/accuracy"));
  await expect.poll(() => colouredPixels(all)).toBeGreaterThan(some / 2);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no accessibility violation in panels by hand and their dialog, ${colorScheme}`, async ({ page, samples }) => {
    test.setTimeout(180_000);
    const noViolations = async () => {
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    };
    await page.emulateMedia({ colorScheme });
    const columns = "m.train/loss.last,m.val/accuracy.max";
    await page.goto(
      `${await samples.path("curves")}?add.1=bar;y:${columns}&add.2=scatter;y:m.val/accuracy.max;x:m.train/loss.last&add.3=cards;y:${columns}&add.4=parallel;y:${columns}&add.5=table;y:${columns}&add.6=text;md:Hello`,
    );
    await expect(page.locator("[role=img] circle")).toHaveCount(3);
    await noViolations();
    await page.getByRole("button", { name: "Add panel" }).click();
    await expect(page.getByRole("dialog", { name: "New panel" })).toBeVisible();
    await noViolations();
  });
}
