// Charts in the browser: axes, smoothing, pins, zooms, brush and export, by what is on the screen and in the address.

import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { drawn, expect, fingerprint, panel, settled, test } from "./fixtures";
import { SPIKE } from "./samples";

async function at(chart: Locator, x: number, y: number): Promise<[number, number]> {
  const box = (await chart.locator("canvas").last().boundingBox())!;
  return [box.x + 46 + (box.width - 56) * x, box.y + 8 + (box.height - 28) * y];
}

async function dragBox(page: Page, chart: Locator, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...(await at(chart, ...from)));
  await page.mouse.down();
  await page.mouse.move(...(await at(chart, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2)));
  await page.mouse.move(...(await at(chart, ...to)));
  await page.mouse.up();
}

test("each smoothing, axis and scale draws otherwise, and is in the address", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?sm=none`);
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  const seen = new Set([await settled(chart)]);
  const differs = async () => {
    await expect.poll(async () => seen.has(await fingerprint(chart))).toBe(false);
    seen.add(await settled(chart));
  };
  const kind = page.getByRole("combobox", { name: "Kind of smoothing", exact: true });
  for (const [name, sm] of [
    ["twema", "twema:0.6"],
    ["gauss", "gauss:2"],
    ["mean", "mean:9"],
  ]) {
    await kind.selectOption(name);
    if (name === "twema") await expect(page).not.toHaveURL(/sm=/);
    else await expect(page).toHaveURL(new RegExp(`sm=${sm}`));
    await differs();
  }
  await page.keyboard.press("Shift+L");
  await expect(page).toHaveURL(/xl=log/);
  await differs();
  await page.getByRole("button", { name: "Symlog", exact: true }).click();
  await expect(page).toHaveURL(/y=symlog/);
  await expect(chart.getByText("linear within ±")).toBeVisible();
  await differs();
  await page.getByRole("combobox", { name: "X axis", exact: true }).selectOption("relproc");
  await expect(page).toHaveURL(/x=relproc/);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "X axis", exact: true })).toHaveValue("relproc");
  await expect(chart.getByText("linear within ±")).toBeVisible();
});

test("outliers are cut, and the tooltip at the chevron says what was", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?t=train/loss`);
  const chart = panel(page, "train/loss");
  await drawn(chart);
  await page.keyboard.press("m");
  await expect(chart.getByText("outliers cut")).toBeVisible();
  await page.mouse.move(...(await at(chart, SPIKE.step / 20_000, 0.1)));
  await expect(page.locator("[data-tip]")).toContainText(/50.*above, at 12,345/);
});

test("a click pins the crosshair in all charts, two pins are compared, Escape frees them", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  await page.mouse.click(...(await at(chart, 0.25, 0.5)));
  await expect(page).toHaveURL(/at=\d+(&|$)/);
  await page.mouse.click(...(await at(chart, 0.75, 0.5)));
  await expect(page).toHaveURL(/at=\d+,\d+/);
  await expect(chart.locator("[data-pins]")).toContainText(/Δx \+[\d,]+ · Δy \+0\.[45]\d* · .* per step/);
  await page.reload();
  await expect(chart.locator("[data-pins]")).toContainText("Δx");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/at=/);
  await expect(chart.locator("[data-pins]")).toHaveCount(0);
});

test("Shift drags a box, Space drags the axis, z goes back, 0 resets", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  await page.keyboard.down("Shift");
  await dragBox(page, chart, [0.2, 0.2], [0.6, 0.6]);
  await page.keyboard.up("Shift");
  await expect(page).toHaveURL(/xr=\d+\.\.\d+/);
  await expect(page).toHaveURL(/yr[=:]-?[\d.]+\.\.[\d.]+/);
  await expect(chart.getByText("exact", { exact: true })).toBeVisible();
  const range = () => /xr=(\d+)\.\.(\d+)/.exec(page.url())!.slice(1).map(Number);
  const [from, to] = range();
  await page.keyboard.down(" ");
  await dragBox(page, chart, [0.6, 0.5], [0.4, 0.5]);
  await page.keyboard.up(" ");
  await expect.poll(() => range()[0]).toBeGreaterThan(from);
  expect(Math.abs(range()[1] - range()[0] - (to - from))).toBeLessThanOrEqual(2);
  await page.keyboard.press("z");
  await expect.poll(range).toEqual([from, to]);
  await page.keyboard.press("0");
  await expect(page).not.toHaveURL(/xr=|yr/);
});

test("v brushes a box: only the runs that pass through it are drawn", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  await page.keyboard.press("v");
  // The upper right corner: alpha ends highest.
  await dragBox(page, chart, [0.93, 0.01], [0.99, 0.1]);
  const menu = page.getByRole("group", { name: "The brushed box", exact: true });
  await expect(menu.getByRole("button", { name: "Only the 1 run passing here", exact: true })).toBeFocused();
  await menu.getByRole("button", { name: "Table of this range", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("table")).toContainText("alpha");
  await page.getByRole("dialog").getByRole("button", { name: "Runs", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("columnheader", { name: "Mean", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await menu.getByRole("button", { name: "Only the 1 run passing here", exact: true }).click();
  await expect(page.locator('[data-drawn="true"]')).toHaveCount(1);
  await expect(page.locator('[data-drawn="true"]')).toContainText("alpha");
});

test("a chart is exported as pictures and as numbers", async ({ page, samples, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "train/loss");
  await drawn(chart);
  await chart.hover();
  const open = async () => {
    if ((await page.getByRole("menu", { name: "Export", exact: true }).count()) === 0)
      await chart.getByRole("button", { name: "Export", exact: true }).click();
  };
  const save = async (name: string) => {
    await open();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name, exact: true }).click(),
    ]);
    return readFileSync(await download.path());
  };
  const png = await save("PNG, double size");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  const width = png.readUInt32BE(16);
  expect((await save("PNG, transparent")).readUInt32BE(16)).toBe(width / 2);
  const svg = (await save("SVG")).toString();
  expect(svg).toContain("alpha");
  expect(svg.match(/<path d="M[^"]+" fill="none"/g)!.length).toBeGreaterThanOrEqual(3);
  const csv = (await save("CSV of all points")).toString();
  expect(csv.split("\r\n").length).toBe(1 + 3 * 20_000 + 1);
  expect(csv).toContain(`,train/loss,${SPIKE.step},`);
  await open();
  await page.getByRole("menuitem", { name: "Copy Python for these points", exact: true }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain("stepwell.Api(");
});

test("a path over another metric is drawn, and its axis says so", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?t=val/accuracy`);
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  const before = await settled(chart);
  await page.getByRole("combobox", { name: "X axis", exact: true }).selectOption("metric");
  await page.getByRole("combobox", { name: "Metric of the x axis", exact: true }).fill("train/loss");
  await expect(page).toHaveURL(/x=m:train\/loss/);
  await expect.poll(() => fingerprint(chart)).not.toBe(before);
  await page.mouse.move(...(await at(chart, 0.5, 0.5)));
  await expect(page.locator("[data-tip]")).toContainText("alpha");
});

test("a long series is smoothed over all its points: the picture changes once more, and says nothing of ≈", async ({
  page,
  samples,
}) => {
  const smoothed = page.waitForResponse(
    (response) =>
      response.url().endsWith("series:query") &&
      /"smoothing":\{"kind":"twema"/.test(response.request().postData() ?? ""),
  );
  await page.goto(`${await samples.path("curves")}?t=train/loss`);
  const chart = panel(page, "train/loss");
  await drawn(chart);
  expect((await smoothed).status()).toBe(200);
  await expect(chart.getByText("smoothing ≈")).toHaveCount(0);
  await page.mouse.move(...(await at(chart, 0.5, 0.5)));
  await expect(page.locator("[data-tip]")).toContainText("min–max of the column");
});

test("chart options are reached by keyboard and have no accessibility violation", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/accuracy"));
  await page.getByRole("button", { name: "Chart options", exact: true }).focus();
  await page.keyboard.press("Enter");
  const popup = page.getByRole("dialog", { name: "Chart options", exact: true });
  await expect(popup).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag22aa"]).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  await popup.getByRole("combobox", { name: "Order of the tooltip", exact: true }).selectOption("down");
  await expect(page).toHaveURL(/tip=down/);
  await page.keyboard.press("Escape");
  await expect(popup).toHaveCount(0);
});
