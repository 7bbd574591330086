import { EventFile } from "./event_files";
import { colouredPixels, drag, drawn, expect, fingerprint, panel, settled, test } from "./fixtures";
import { LONG, Samples, SPIKE } from "./samples";

test("from the list to an experiment whose curves are drawn", async ({ page, samples }) => {
  await page.goto("/");
  await page.getByRole("searchbox", { name: "Filter experiments", exact: true }).fill(samples.prefix);
  await page.getByRole("link", { name: "curves", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${await samples.path("curves")}$`));
  await expect(page.getByRole("row", { name: /alpha/ })).toBeVisible();
  await drawn(panel(page, "train/loss"));
  await drawn(panel(page, "val/accuracy"));
});

test("a spike of one point among twenty thousand is in the picture's words and under the crosshair", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "train/loss");
  await drawn(chart);
  await expect(chart).toHaveAttribute("aria-label", new RegExp(`highest ${SPIKE.value} at step 12,345 \\(alpha\\)`));
});

test("selection is in the address, survives a reload and the back button", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  const all = await colouredPixels(chart);
  await page.getByRole("button", { name: "Draw beta", exact: true }).click();
  await expect(page).toHaveURL(/sel=top:40~-/);
  await expect.poll(() => colouredPixels(chart)).toBeLessThan(all);
  await page.reload();
  await expect(page.getByRole("button", { name: "Draw beta", exact: true })).toHaveAttribute("aria-pressed", "false");
  await page.goBack();
  await expect(page.getByRole("button", { name: "Draw beta", exact: true })).toHaveAttribute("aria-pressed", "true");
});

test("o draws only the run of the keyboard's row, and again as before", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/accuracy"));
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await expect(page.locator('[data-drawn="true"]')).toHaveCount(1);
  await page.keyboard.press("o");
  await expect(page.locator('[data-drawn="true"]')).toHaveCount(3);
  await page.keyboard.press("Space");
  await expect(page.locator('[data-drawn="true"]')).toHaveCount(2);
});

test("a drag zooms all charts, the address has the range, a double click resets", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "train/loss");
  await drawn(chart);
  const other = await settled(panel(page, "val/accuracy"));
  await drag(page, chart, 0.2, 0.7);
  await expect(page).toHaveURL(/xr=\d+\.\.\d+/);
  const [, from, to] = /xr=(\d+)\.\.(\d+)/.exec(page.url())!;
  expect(Number(to) - Number(from)).toBeLessThan(LONG);
  await expect.poll(() => fingerprint(panel(page, "val/accuracy"))).not.toBe(other);
  await chart.locator("canvas").last().dblclick();
  await expect(page).not.toHaveURL(/xr=/);
});

test("zoomed far enough every point is there: the table behind the chart has each step", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?xr=12340..12350`);
  const chart = panel(page, "train/loss");
  await drawn(chart);
  await chart.getByRole("button", { name: "Show as table", exact: true }).click({ force: true });
  const table = page.getByRole("dialog").getByRole("table");
  await expect(table.getByRole("row")).toHaveCount(12);
  await expect(table.getByRole("row", { name: /12,345/ })).toContainText(String(SPIKE.value));
});

test("smoothing changes the lines and the address; zero is none", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?sm=none`);
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  const rough = await settled(chart);
  await page.getByRole("slider", { name: "Smoothing", exact: true }).fill("0.9");
  await expect(page).toHaveURL(/sm=twema:0\.9/);
  await expect.poll(() => fingerprint(chart)).not.toBe(rough);
  await page.getByRole("slider", { name: "Smoothing", exact: true }).fill("0");
  await expect(page).toHaveURL(/sm=none/);
  await expect.poll(() => fingerprint(chart)).toBe(rough);
});

test("the crosshair's tooltip stands with value and step, and c copies them", async ({ page, samples, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  const box = (await chart.locator("canvas").last().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.locator("[data-tip]")).toContainText("alpha");
  await expect(page.locator("[data-tip]")).toContainText(/step [\d,]+00/);
  await page.keyboard.press("c");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/alpha\t\d+\t[\d.]+\t[\d.]+/);
});

test("a point between two NaN is seen and the NaN are counted", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?t=*lonely`);
  const chart = panel(page, "val/lonely");
  await expect(chart.getByText("4 NaN or ∞")).toBeVisible();
  await expect.poll(() => colouredPixels(chart)).toBeGreaterThan(8);
});

test("a live point arrives, and does not change a zoomed axis", async ({ page }) => {
  const samples = new Samples(`e2e/live-${Date.now()}`);
  const file = new EventFile(samples.directory("live/run"));
  file.curve("loss", 50, (i) => 1 + i / 50);
  await samples.upload("live");
  await page.goto(await samples.path("live"));
  const chart = panel(page, "loss");
  await drawn(chart);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  const before = await settled(chart);
  file.write([{ tag: "loss", step: 60, wall: 1_763_975_000, value: 3 }]);
  await samples.upload("live");
  await expect(chart).toHaveAttribute("aria-label", /highest 3(\.0*)? at step 60/);
  await expect.poll(() => fingerprint(chart)).not.toBe(before);

  await drag(page, chart, 0.2, 0.5);
  await expect(page).toHaveURL(/xr=/);
  const zoomed = await settled(chart);
  const label = await chart.getAttribute("aria-label");
  file.write([{ tag: "loss", step: 500, wall: 1_763_975_500, value: 99 }]);
  await samples.upload("live");
  await expect(chart.getByText(/new steps/)).toBeVisible();
  expect(await chart.getAttribute("aria-label")).toBe(label);
  expect(await fingerprint(chart)).toBe(zoomed);
});

test("a page that is opened before the tags of a run that has just ended are listed finds them", async ({ page }) => {
  const samples = new Samples(`e2e/listed-later-${Date.now()}`);
  new EventFile(samples.directory("later/run")).curve("loss", 50, (i) => 1 + i / 50);
  await samples.upload("later");
  let listed = false;
  await page.route(/\/experiments\/[^/]+\/tags\b/, async (route) => {
    if (listed) return route.continue();
    return route.fulfill({ json: { items: [] } });
  });
  await page.goto(await samples.path("later"));
  await expect(page.getByText("Nothing is logged yet")).toBeVisible();
  listed = true;
  await drawn(panel(page, "loss"));
});

test("a run that begins while one looks appears in the list and in its chart", async ({ page }) => {
  const samples = new Samples(`e2e/begins-${Date.now()}`);
  new EventFile(samples.directory("begins/first")).curve("loss", 50, (i) => 1 + i / 50);
  await samples.upload("begins");
  await page.goto(await samples.path("begins"));
  const chart = panel(page, "loss");
  await drawn(chart);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  const alone = await settled(chart);
  const second = new EventFile(samples.directory("begins/second"));
  second.curve("loss", 50, (i) => 3 - i / 50);
  second.curve("new/tag", 50, (i) => i);
  await samples.upload("begins");
  await expect(page.getByRole("row", { name: /second/ })).toBeVisible();
  await expect.poll(() => fingerprint(chart)).not.toBe(alone);
  await expect(chart).toHaveAttribute("aria-label", /^loss: 2 runs/);
  await drawn(panel(page, "new/tag"));
});

test("the tooltip of groups names them by what they have in common", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?g=params.model.arch`);
  const chart = panel(page, "train/loss");
  await drawn(chart);
  const box = (await chart.locator("canvas").last().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.locator("[data-tip]")).toContainText(/large.*1 run(?! ±)/);
  await expect(page.locator("[data-tip]")).not.toContainText('["');
});
