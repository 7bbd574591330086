// Panels that are added by hand: several tags in one chart, expressions, columns as bars, marks, cards and lines, text.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { colouredPixels, drawn, expect, panel, test } from "./fixtures";

const query = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const byTitle = (page: Page, title: string) =>
  page.locator("figure").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

async function add(page: Page, label: RegExp | string, item: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "New panel", exact: true });
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
  await page.getByRole("button", { name: "Add panel", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "New panel", exact: true });
  await add(page, "Tags and expressions", "val/accuracy");
  const preview = dialog.getByRole("region", { name: "Preview", exact: true });
  await drawn(preview);
  await add(page, "Tags and expressions", "train/loss");
  await dialog.getByRole("textbox", { name: "Title", exact: true }).fill("Both");
  await dialog.getByRole("button", { name: "Save panel", exact: true }).click();
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
  await both.getByRole("button", { name: "More about this chart", exact: true }).click({ force: true });
  await page.getByRole("button", { name: "Delete this panel", exact: true }).click();
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
  await expect(byTitle(page, title).locator("dl").getByText("over 3 runs").first()).toBeVisible();
  const parallel = byTitle(page, `${title}, name`);
  await expect(parallel.locator("[role=img] path")).toHaveCount(3);
  await expect(byTitle(page, title).getByRole("row", { name: /gamma/ }).last()).toContainText("0.78");
  await page.getByRole("button", { name: "Draw gamma", exact: true }).click();
  await expect(scatter.locator("[role=img] circle")).toHaveCount(2);
  await expect(parallel.locator("[role=img] path")).toHaveCount(2);
});

test("a mark under the pointer says its run, and a click focuses it; a bar too", async ({ page, samples }) => {
  const added = "add.1=scatter;y:m.val/accuracy.max;x:m.train/loss.last&add.2=bar;y:m.val/accuracy.max";
  await page.goto(`${await samples.path("curves")}?${added}&lay=2x240`);
  const scatter = byTitle(page, "val/accuracy max against train/loss last");
  const marks = scatter.locator("[role=img] circle");
  await expect(marks).toHaveCount(3);
  const box = (await marks.last().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2 + 2, box.y + box.height / 2);
  const tip = scatter.locator("dl");
  await expect(tip).toContainText("val/accuracy max");
  const run = (await scatter.locator("b").textContent())!;
  await page.mouse.down();
  await page.mouse.up();
  await page.mouse.move(5, 5);
  await expect(tip).toHaveCount(0);
  await expect(scatter.locator("circle[data-focus]")).toHaveCount(1);
  const bars = page.locator("figure", { has: page.locator("caption") });
  await expect(bars.locator("tr[data-focus]")).toContainText(run);
  const other = run === "beta" ? "alpha" : "beta";
  await bars.getByRole("button", { name: other }).press("Enter");
  await expect(bars.locator("tr[data-focus]")).toContainText(other);
});

test("brushes on the axes of parallel coordinates choose runs, which can be drawn alone or filtered to", async ({
  page,
  samples,
}) => {
  const path = await samples.path("curves");
  await page.goto(`${path}?add.1=parallel;y:m.train/loss.last,m.val/accuracy.max,name&lay=1x320`);
  const parallel = page.locator("figure").first();
  const coloured = parallel.locator("[role=img] path[stroke]");
  await expect(coloured).toHaveCount(3);
  const axis = (await parallel
    .getByRole("button", { name: "Add a brush to train/loss last", exact: true })
    .boundingBox())!;
  await page.mouse.move(axis.x + axis.width / 2, axis.y + 1);
  await page.mouse.down();
  await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height * 0.2, { steps: 3 });
  await page.mouse.move(axis.x + axis.width / 2 + 30, axis.y + axis.height * 0.3);
  await expect(coloured).toHaveCount(1);
  await page.mouse.up();
  await expect(parallel.getByRole("status")).toHaveText("1 of 3 runs");
  expect(query(page)).toMatch(/a1:[\d.]+\.\.[\d.]+/);
  await page.reload();
  await expect(coloured).toHaveCount(1);
  await parallel.getByRole("button", { name: "Draw only these", exact: true }).click();
  await expect(page).toHaveURL(/sel=/);
  await expect(parallel.locator("[role=img] path")).toHaveCount(1);
  await page.goBack();
  await expect(parallel.locator("[role=img] path")).toHaveCount(3);
  await parallel.getByRole("button", { name: "Filter to these", exact: true }).click();
  await expect.poll(() => query(page)).toContain("q=metrics.train/loss.last >=");
  await expect(page.getByRole("button", { name: "Draw gamma", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Draw alpha", exact: true })).toHaveCount(0);
  await parallel.getByRole("button", { name: "Clear brushes", exact: true }).click();
  await expect.poll(() => query(page)).not.toContain("a1:");
});

test("axes are brushed, turned round, moved and given a scale by keyboard", async ({ page, samples }) => {
  await page.goto(
    `${await samples.path("curves")}?add.1=parallel;y:m.train/loss.last,m.val/accuracy.max,name&lay=1x320`,
  );
  const parallel = page.locator("figure").first();
  await expect(parallel.locator("[role=img] path")).toHaveCount(3);
  await parallel.getByRole("button", { name: "Add a brush to train/loss last", exact: true }).press("Enter");
  const brush = parallel.getByRole("slider", { name: "Brush of train/loss last", exact: true });
  await expect(parallel.getByRole("status")).toHaveText("1 of 3 runs");
  const before = await brush.getAttribute("aria-valuetext");
  await brush.press("ArrowUp");
  await expect(brush).not.toHaveAttribute("aria-valuetext", before!);
  await brush.press("Shift+ArrowUp");
  await brush.press("Delete");
  await expect(brush).toHaveCount(0);
  await parallel.getByRole("button", { name: "train/loss last, greatest at the top", exact: true }).press("Enter");
  await parallel.getByRole("button", { name: "Scale of train/loss last: lin", exact: true }).press("Enter");
  await expect.poll(() => query(page)).toContain("a1:log,flip");
  await parallel
    .getByRole("button", { name: "train/loss last, greatest at the foot", exact: true })
    .press("ArrowRight");
  await expect.poll(() => query(page)).toContain("y:m.val/accuracy.max,m.train/loss.last,name;a2:log,flip");
  await parallel.getByRole("button", { name: "Add a brush to name", exact: true }).press("Enter");
  await expect(parallel.getByRole("slider", { name: "Brush of name", exact: true }).first()).toBeVisible();
});

test("a scatter is made in the dialog from columns, and what is no column is refused", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await page.getByRole("button", { name: "Add panel", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "New panel", exact: true });
  await dialog.getByRole("button", { name: "Scatter", exact: true }).click();
  const x = dialog.getByRole("combobox", { name: /^X: a column/ });
  await x.fill("nonsense");
  await expect(dialog.getByRole("alert")).toContainText("“nonsense” is no column");
  await expect(dialog.getByRole("button", { name: "Save panel", exact: true })).toBeDisabled();
  await x.fill("m.train/loss.last");
  await add(page, "Y: columns", "m.val/accuracy.max");
  await expect(dialog.locator("[role=img] circle")).toHaveCount(3);
  await dialog.getByRole("button", { name: "Save panel", exact: true }).click();
  await expect(page).toHaveURL(/add\.1=scatter/);
});

test("Markdown is text of the page and never runs", async ({ page, samples }) => {
  const md = '# Why\n\nSee **this** <img src=x onerror="window.pwned=1"> [bad](javascript:window.pwned=1)';
  await page.goto(
    `${await samples.path("curves")}?add.1=${encodeURIComponent(`text;md:"${md.replace(/["\\]/g, "\\$&")}"`)}`,
  );
  const note = page.locator("figure").first();
  await expect(note.getByRole("heading", { name: "Why", exact: true })).toBeVisible();
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
      `${await samples.path("curves")}?add.1=bar;y:${columns}&add.2=scatter;y:m.val/accuracy.max;x:m.train/loss.last&add.3=cards;y:${columns}&add.4=parallel;y:${columns};a1:1..2.5&add.5=table;y:${columns}&add.6=text;md:Hello`,
    );
    await expect(page.locator("[role=img] circle")).toHaveCount(3);
    await noViolations();
    await page.getByRole("button", { name: "Add panel", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "New panel", exact: true })).toBeVisible();
    await noViolations();
  });
}
