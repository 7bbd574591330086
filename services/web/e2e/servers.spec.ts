// Tests that need what `./dev test` sets up beside the server: an empty one, and the sample of real event files.

import { EventFile } from "./event_files";
import { drawn, expect, panel, test } from "./fixtures";
import { experimentId, Samples } from "./samples";

test.describe("an empty server", () => {
  test.skip(process.env.STEPWELL_EMPTY_URL === undefined, "STEPWELL_EMPTY_URL names no empty server");
  test.use({ baseURL: process.env.STEPWELL_EMPTY_URL });

  test("shows the way to the first point, and the chart when it comes", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Log the first point", exact: true })).toBeVisible();
    const samples = new Samples("first");
    new EventFile(samples.directory("curves/run")).curve("train/loss", 100, (i) => 1 / (1 + i));
    await samples.upload("curves", process.env.STEPWELL_EMPTY_GRPC);
    await expect(page).toHaveURL(/\/w\/default\/e\//, { timeout: 20_000 });
    await drawn(panel(page, "train/loss"));
  });
});

test.describe("real event files", () => {
  test.skip(process.env.STEPWELL_SAMPLE === undefined, "STEPWELL_SAMPLE names no sample");

  test("are all drawn, and what is not a scalar has a panel too", async ({ page }) => {
    const id = await experimentId("torch-digits");
    const answer = await page.request.get(`/api/v1/experiments/${id}/tags?kind=scalar`);
    const missing = new Set(((await answer.json()).items as { tag: string }[]).map((item) => item.tag));
    expect(missing.size).toBeGreaterThan(0);
    await page.goto(`/w/default/e/${id}`);
    await drawn(page.locator("figure").first());
    // Only panels near the viewport exist: look at those that do, scroll on, until every tag was seen drawn.
    await page.locator("figure").first().hover();
    for (let screen = 0; screen < 20 && missing.size > 0; screen++) {
      const shown = page.locator("figure[data-panel]");
      const tags = await shown.evaluateAll((figures) =>
        figures.map((figure) => figure.getAttribute("data-panel") ?? ""),
      );
      for (const tag of tags.filter((tag) => missing.has(tag))) {
        const one = panel(page, tag);
        const box = await one.boundingBox();
        if (box === null || box.y < 0 || box.y + box.height > page.viewportSize()!.height) continue;
        await drawn(one);
        missing.delete(tag);
      }
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(100);
    }
    expect([...missing]).toEqual([]);
  });
});
