// Tests that need what `./dev test` sets up beside the server: an empty one, and the sample of real event files.

import { EventFile } from "./event_files";
import { drawn, expect, panel, test } from "./fixtures";
import { experimentId, Samples } from "./samples";

test.describe("an empty server", () => {
  test.skip(process.env.STEPWELL_EMPTY_URL === undefined, "STEPWELL_EMPTY_URL names no empty server");
  test.use({ baseURL: process.env.STEPWELL_EMPTY_URL });

  test("shows the way to the first point, and the chart when it comes", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Log the first point" })).toBeVisible();
    const samples = new Samples("first");
    new EventFile(samples.directory("curves/run")).curve("train/loss", 100, (i) => 1 / (1 + i));
    await samples.upload("curves", process.env.STEPWELL_EMPTY_GRPC);
    await expect(page).toHaveURL(/\/w\/default\/e\//, { timeout: 20_000 });
    await drawn(panel(page, "train/loss"));
  });
});

test.describe("real event files", () => {
  test.skip(process.env.STEPWELL_SAMPLE === undefined, "STEPWELL_SAMPLE names no sample");

  test("are all drawn, and what is not a scalar is named", async ({ page }) => {
    await page.goto(`/w/default/e/${await experimentId("torch-digits")}`);
    await drawn(page.locator("figure").first());
    await expect(page.getByText(/stored; their pages are not built yet/)).toBeVisible();
    const count = await page.locator("figure").count();
    for (let i = 0; i < count; i++) {
      await page.locator("figure").nth(i).scrollIntoViewIfNeeded();
      await drawn(page.locator("figure").nth(i));
    }
  });
});
