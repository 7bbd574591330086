import { join } from "node:path";
import type { Page } from "@playwright/test";
import { EventFile } from "./event_files";
import { drawn, expect, fingerprint, panel, settled, test } from "./fixtures";
import type { Samples } from "./samples";

const POINTS = 20;
// More members than the selection has rows: what a chart draws of a group must not depend on how many rows are drawn.
const SIZES = { cnn: 9, mlp: 3, vit: 30 };
type Arch = keyof typeof SIZES;

const last = (k: number) => k * k + POINTS;
const mean = (size: number) => Array.from({ length: size }, (_, k) => last(k)).reduce((a, b) => a + b, 0) / size;

/** Runs whose label is their group, as the server has them before a page looks. */
async function makeGroups(samples: Samples, name: string, baseURL: string): Promise<string> {
  for (const [arch, size] of Object.entries(SIZES))
    for (let k = 0; k < size; k++)
      new EventFile(join(samples.directory(name), `${arch}-${k}`)).curve("loss", POINTS + 1, (i) => k * k + i);
  await samples.upload(name);
  const experiment = await samples.id(name);
  const edits = Object.keys(SIZES).map((arch) => ({
    runs: { experiment, filter: `name ~ "^${arch}-"` },
    set: { labels: { arch } },
  }));
  const answer = await fetch(`${baseURL}/api/v1/runs:edit`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ edits }),
  });
  expect(answer.ok).toBe(true);
  return samples.path(name);
}

const GROUPED = "g=labels.arch&sort=labels.arch&sm=none&cols=*m.loss.last";
const group = (page: Page, arch: Arch) => page.locator(`[data-group='["${arch}"]']`);
const tip = (page: Page, name: string) =>
  page.locator("[data-tip] > div").filter({ has: page.locator("bdi", { hasText: new RegExp(`^${name}$`) }) });

/** The tooltip at the last step. */
async function hoverEnd(page: Page, tag = "loss"): Promise<void> {
  const box = (await panel(page, tag).locator("canvas").last().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.move(box.x + box.width - 11, box.y + box.height / 2);
}

/** The last step, as the tooltip says it. */
async function stepAtEnd(page: Page, tag: string): Promise<number> {
  await hoverEnd(page, tag);
  const words = await page
    .locator("[data-tip]")
    .getByText(/^step [\d,]+$/)
    .textContent();
  return Number(words?.replace(/\D/g, ""));
}

/** Members and mean as a text says them. */
const numbers = (text: string) => [...text.replaceAll(",", "").matchAll(/[\d.]+/g)].map(Number);

async function expectAgreement(page: Page, arch: Arch): Promise<void> {
  await hoverEnd(page);
  await expect(page.locator("[data-tip]")).toContainText(`step ${POINTS}`);
  await expect(tip(page, arch)).toContainText(`${SIZES[arch]} runs`);
  const said = numbers((await tip(page, arch).locator("b").textContent()) ?? "");
  expect(said[0] / mean(SIZES[arch])).toBeCloseTo(1, 3);
  await expect(group(page, arch)).toContainText(String(SIZES[arch]));
  const row = numbers((await group(page, arch).locator('[role="gridcell"]').last().textContent()) ?? "");
  expect(row[0] / mean(SIZES[arch])).toBeCloseTo(1, 3);
}

test.describe("groups", () => {
  test.describe.configure({ mode: "serial" });
  let path = "";
  test.beforeAll(async ({ baseURL }) => {
    const { sharedSamples } = await import("./samples");
    path = await makeGroups(sharedSamples(), "groups", baseURL!);
  });

  test("a chart draws all members of the groups that it draws, as row, tooltip and table say", async ({ page }) => {
    await page.goto(`${path}?${GROUPED}&sel=top:2`);
    const chart = panel(page, "loss");
    await drawn(chart);
    await expect(chart).toHaveAttribute("aria-label", /^loss: 12 runs,/);
    await expect(page.locator('[data-group][data-drawn="true"]')).toHaveCount(2);
    await expectAgreement(page, "cnn");
    await page.goto(`${path}?${GROUPED}&sel=none~${encodeURIComponent('++"[\\"vit\\"]"')}`);
    await drawn(chart);
    await expectAgreement(page, "vit");
    await chart.hover();
    await chart.getByRole("button", { name: "Show as table", exact: true }).click({ force: true });
    const table = page.getByRole("region", { name: "Show as table", exact: true });
    await expect(table.getByRole("columnheader", { name: "vit · mean", exact: true })).toBeVisible();
    const cells = await table.getByRole("row").last().getByRole("cell").allInnerTexts();
    expect(Number(cells[1])).toBeCloseTo(mean(SIZES.vit), 6);
    expect(cells[3]).toBe(String(SIZES.vit));
  });

  test("a member that is hidden loses its line, and counts as before", async ({ page }) => {
    await page.goto(`${path}?${GROUPED}&sel=top:1&go=${encodeURIComponent('"[\\"cnn\\"]"')}`);
    const chart = panel(page, "loss");
    await drawn(chart);
    await expectAgreement(page, "cnn");
    await page.mouse.move(0, 0);
    const before = await settled(chart);
    await page.getByRole("button", { name: "Draw cnn-8", exact: true }).click();
    await expect(page).toHaveURL(/sel=top:1~-/);
    await page.mouse.move(0, 0);
    await expect(page.locator("[data-run][data-drawn='true']")).toHaveCount(8);
    expect(await settled(chart)).not.toBe(before);
    await expectAgreement(page, "cnn");
  });

  test("the keys of a row draw a group, or only it, and the link is short", async ({ page }) => {
    await page.goto(`${path}?${GROUPED}&sel=top:1`);
    await drawn(panel(page, "loss"));
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Space");
    await expect(page.locator('[data-group][data-drawn="true"]')).toHaveCount(2);
    await expect(page).toHaveURL(/sel=top:1~\+\+[^,&]*mlp[^,&]*&/);
    await page.keyboard.press("o");
    await expect(page).toHaveURL(/sel=none~\+\+[^,&]*mlp[^,&]*&/);
    await page.reload();
    await drawn(panel(page, "loss"));
    await expectAgreement(page, "mlp");
    await expect(group(page, "cnn")).toHaveAttribute("data-drawn", "false");
  });

  test("a link to runs draws their groups from all members, with the lines of those runs alone", async ({ page }) => {
    await page.goto(`${path}?${GROUPED}&sel=none&go=${encodeURIComponent('"[\\"vit\\"]"')}`);
    await page.getByRole("button", { name: "Draw vit-4", exact: true }).click();
    await drawn(panel(page, "loss"));
    await expect(page.locator("[data-run][data-drawn='true']")).toHaveCount(1);
    await expectAgreement(page, "vit");
  });
});

test("points that arrive move the mean and the band of their group, which stays one of all members", async ({
  page,
  samples,
}) => {
  const stop = await samples.live("live groups", "low", "high");
  try {
    await expect.poll(() => samples.path("live groups").catch(() => null), { timeout: 20_000 }).not.toBeNull();
    await page.goto(`${await samples.path("live groups")}?g=params.max_steps&gb=minmax&sm=none`);
    const chart = panel(page, "train/loss");
    await drawn(chart);
    await expect(chart).toHaveAttribute("aria-label", /^train\/loss: 2 runs,/);
    const first = await stepAtEnd(page, "train/loss");
    await expect.poll(() => stepAtEnd(page, "train/loss"), { timeout: 20_000 }).toBeGreaterThan(first + 10);
    await expect(tip(page, "100000")).toContainText("2 runs");
    await page.mouse.move(0, 0);
    const before = await fingerprint(chart);
    await expect.poll(() => fingerprint(chart)).not.toBe(before);
    await chart.hover();
    await chart.getByRole("button", { name: "Show as table", exact: true }).click({ force: true });
    const table = page.getByRole("region", { name: "Show as table", exact: true });
    await expect(table.getByRole("columnheader", { name: /mean$/ })).toBeVisible();
    // Of the newest step only one member's point may be here; and rows change while one reads.
    const told = async () => {
      const [step, , mean, , count] = await table
        .getByRole("row")
        .evaluateAll((rows) => [...rows[rows.length - 5].children].map((cell) => cell.textContent ?? ""));
      const at = Number(step.replaceAll(",", ""));
      return { newer: at > first, mean: (Number(mean) * (1 + at)).toFixed(6), count };
    };
    await expect.poll(told).toEqual({ newer: true, mean: "1.500000", count: "2" });
  } finally {
    await stop();
  }
});
