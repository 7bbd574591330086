// What is done to many runs at once, and taken back.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { EventFile } from "./event_files";
import { expect, test } from "./fixtures";
import { sharedSamples } from "./samples";

// More than the first page of the list.
const RUNS = 230;
const PLENTY = 60_000; // ms

let path = "";
let experiment = "";

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  const samples = sharedSamples();
  for (let k = 0; k < RUNS; k++)
    new EventFile(join(samples.directory("bulk"), `run-${String(k).padStart(3, "0")}`)).curve("loss", 3, (i) => k + i);
  await samples.upload("bulk");
  path = await samples.path("bulk");
  experiment = await samples.id("bulk");
});

const bar = (page: Page) => page.getByRole("toolbar", { name: "Chosen runs", exact: true });
const row = (page: Page, name: string) =>
  page.getByRole("grid", { name: "Runs", exact: true }).getByRole("row", { name });
const undo = (page: Page) => page.getByRole("button", { name: /^Undo/ }).click();

/** How many runs of the experiment the server finds. */
async function count(page: Page, filter: string): Promise<number> {
  const query = new URLSearchParams({ experiment, filter, total: "true", limit: "1" });
  const answer = await page.request.get(`/api/v1/runs?${query}`);
  return ((await answer.json()) as { total: number }).total;
}

async function chooseTwo(page: Page): Promise<void> {
  await page.goto(`${path}?sort=name`);
  await expect(row(page, "run-000")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(bar(page).getByText("2 chosen")).toBeVisible();
}

test("all that match are offered after all that are loaded, and labelled by their filter", async ({ page }) => {
  await page.goto(`${path}?sort=name&q=${encodeURIComponent('name != "run-007"')}`);
  await expect(row(page, "run-000")).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose all loaded runs, or none", exact: true }).click();
  await bar(page)
    .getByRole("button", { name: `All ${RUNS - 1} that match` })
    .click();
  await expect(bar(page).getByText(`All ${RUNS - 1} chosen`)).toBeVisible();
  await bar(page).getByRole("button", { name: "Label", exact: true }).click();
  await page.getByRole("combobox", { name: "Label", exact: true }).fill("team");
  await page.getByRole("combobox", { name: /^Value/ }).fill("vision");
  await page.keyboard.press("Enter");
  await expect(page.getByText(`${RUNS - 1} runs labelled`)).toBeVisible({ timeout: PLENTY });
  expect(await count(page, 'labels.team = "vision"')).toBe(RUNS - 1);
  await undo(page);
  await expect.poll(() => count(page, 'labels.team = "vision"')).toBe(0);
});

test("chosen runs are renamed by an expression, and have their names back", async ({ page }) => {
  await chooseTwo(page);
  await bar(page).getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("textbox", { name: /^Replace/ }).fill("^run-(.*)$");
  await page.getByRole("textbox", { name: /^by/ }).fill("again \\1");
  await expect(page.getByText("run-000 → again 000")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(row(page, "again 001")).toBeVisible();
  await undo(page);
  await expect(row(page, "run-001")).toBeVisible();
  await expect(row(page, "again 001")).toHaveCount(0);
});

test("chosen runs are moved to a new experiment, and back", async ({ page }) => {
  await chooseTwo(page);
  await bar(page).getByRole("button", { name: "Move", exact: true }).click();
  await page.getByRole("combobox", { name: "Experiment", exact: true }).fill(`${sharedSamples().prefix}/moved`);
  await page.getByRole("button", { name: "Move to a new experiment", exact: true }).click();
  await expect(row(page, "run-000")).toHaveCount(0);
  await expect(page.getByText("2 runs moved")).toBeVisible();
  expect(await count(page, "")).toBe(RUNS - 2);
  await undo(page);
  await expect(row(page, "run-000")).toBeVisible();
  expect(await count(page, "")).toBe(RUNS);
});

test("chosen runs are archived, and deleted, and each is taken back", async ({ page }) => {
  await chooseTwo(page);
  await bar(page).getByRole("button", { name: "Archive", exact: true }).click();
  await expect(row(page, "run-000")).toHaveCount(0);
  expect(await count(page, "archived = true")).toBe(2);
  await undo(page);
  await expect(row(page, "run-000")).toBeVisible();
  await chooseTwo(page);
  await bar(page).getByRole("button", { name: "Delete", exact: true }).click();
  await expect(row(page, "run-001")).toHaveCount(0);
  await page.keyboard.press("u");
  await expect(row(page, "run-001")).toBeVisible();
  expect(await count(page, "")).toBe(RUNS);
});

test("a group's menu acts on all of its members", async ({ page }) => {
  await page.goto(`${path}?g=status`);
  const group = page.locator("[data-group]").first();
  await expect(group).toContainText(String(RUNS));
  await group.click({ button: "right" });
  await expect(page.getByText(`Of all ${RUNS} members`)).toBeVisible();
  await page.getByRole("menuitem", { name: "Archive", exact: true }).click();
  await expect(page.getByText(`${RUNS} runs archived`)).toBeVisible({ timeout: PLENTY });
  await expect(page.locator("[data-group]")).toHaveCount(0);
  await undo(page);
  await expect(group).toContainText(String(RUNS));
});
