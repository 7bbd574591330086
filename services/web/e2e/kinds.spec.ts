// Panels of histograms, texts and PR curves, of what the Python client, PyTorch and old event files log.

import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { EventFile } from "./event_files";
import { drawn, expect, panel, settled, tabTo, test } from "./fixtures";
import { experimentId, sharedSamples } from "./samples";

let path = "";
let old = "";

test.beforeAll(async () => {
  const samples = sharedSamples();
  await samples.logKinds("kinds");
  path = await samples.path("kinds");
  const file = new EventFile(join(samples.directory("old-histograms"), "old"));
  file.histogram("unsorted", 1, [3, 1, 2, 2], [4, 5, 6, 7]);
  file.histogram("wrong", 1, [0, 1, 2, 3], [5, -1, Number.NaN, 10]);
  await samples.upload("old-histograms");
  old = await samples.path("old-histograms");
});

const CONV = "@histogram:weights/conv";
const histogram = (page: Page) => panel(page, CONV);
const own = (set: string) => `p.${encodeURIComponent(CONV)}=${set}`;
const form = (figure: Locator) => figure.getByRole("combobox", { name: "How histograms are shown", exact: true });
const tip = (page: Page) => page.locator("[data-tip]");

/** Hovers over a part of the width and the height of a panel's picture. */
async function point(figure: Locator, x: number, y: number): Promise<void> {
  const canvas = figure.getByRole("img").first();
  const box = (await canvas.boundingBox())!;
  await canvas.hover({ position: { x: x * box.width, y: y * box.height } });
}

test("histograms of the drawn runs lie over each other, and the pointer says each bucket as it was logged", async ({
  page,
}) => {
  await page.goto(`${path}?t=weights/*&lay=2x420`);
  const figure = histogram(page);
  await drawn(figure);
  await expect(form(figure)).toHaveValue("overlay");
  await expect(figure.getByText("density")).toBeVisible();
  await expect(figure.getByRole("img", { name: "Overlay of 3 runs: weights/conv", exact: true })).toBeVisible();
  await point(figure, 0.62, 0.5);
  // Coarse bins are half as wide as 1, and the counts are of 10,000 values.
  await expect(tip(page)).toContainText(/coarse · 1,190\d+0\.5 … 1/);
});

test("pages of HTML and tables of the drawn runs follow the step, and no script runs by itself", async ({ page }) => {
  await page.goto(`${path}?t=sample/*&lay=2x420&at=400`);
  const report = panel(page, "@other:sample/page");
  const frame = report.locator("article").filter({ hasText: "wide" }).frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Step 400", exact: true })).toBeVisible();
  await expect(frame.getByText("ran")).toHaveCount(0);
  const rows = panel(page, "@other:sample/rows");
  await expect(rows.getByRole("row", { name: "coarse 400" })).toBeVisible();
  await rows.getByRole("slider").press("End");
  await expect(rows.getByRole("row", { name: "coarse 1000" })).toBeVisible();
  await expect(frame.getByRole("heading", { name: "Step 1000", exact: true })).toBeVisible();
});

test("panels that come into view together ask together, and what fails of one leaves the others", async ({ page }) => {
  const asked: { tag: string; kind: string }[][] = [];
  await page.route("**/api/v1/values:query", async (route) => {
    asked.push((route.request().postDataJSON() as { series: { tag: string; kind: string }[] }).series);
    const response = await route.fetch();
    const body = (await response.json()) as { items: { tag: string; point?: unknown; error?: unknown }[] };
    for (const item of body.items)
      if (item.tag === "sample/words") item.error = { title: "Lost", detail: "These words are lost.", status: 500 };
    await route.fulfill({ response, json: body });
  });
  await page.goto(`${path}?t=/^sample.(caption|words)$/&at=600`);
  await expect(panel(page, "@text:sample/caption").getByRole("heading", { name: "Step 600", exact: true })).toHaveCount(
    3,
  );
  await expect(panel(page, "@text:sample/words").getByText("These words are lost.").first()).toBeVisible();
  expect(asked[0].map(({ tag }) => tag).sort()).toEqual([
    ...Array(3).fill("sample/caption"),
    ...Array(3).fill("sample/words"),
  ]);
  // Requests may still be on their way.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("while runs are grouped panels show the groups that are drawn, in their order, names and colours", async ({
  page,
}) => {
  const grouped = `${path}?t=/^(sample.caption|val.pr|weights.*)$/&g=params.bins&lay=2x420`;
  const rowColor = (key: string) =>
    page
      .locator(`[data-group='["${key}"]'] [aria-pressed] i`)
      .evaluate((swatch) => getComputedStyle(swatch).backgroundColor);
  const names = panel(page, "@text:sample/caption").locator("header button");
  await page.goto(`${grouped}&sort=params.bins`);
  await expect(names).toHaveText(["fewcoarse", /^many(narrow|wide)$/, /^many(narrow|wide)$/]);
  const colors = await names
    .locator("[data-of-group] i")
    .evaluateAll((swatches) => swatches.map((swatch) => getComputedStyle(swatch).backgroundColor));
  const [few, many] = [await rowColor("few"), await rowColor("many")];
  expect(colors).toEqual([few, many, many]);
  expect(few).not.toBe(many);
  await drawn(histogram(page));
  await point(histogram(page), 0.62, 0.5);
  await expect(tip(page)).toContainText("few · coarse · 1,190");
  const tipColor = (name: string) =>
    tip(page)
      .locator("div", { hasText: name })
      .locator("i")
      .evaluate((swatch) => getComputedStyle(swatch).backgroundColor);
  expect([await tipColor("few · coarse"), await tipColor("many · wide")]).toEqual([few, many]);
  const averages = panel(page, "@pr_curve:val/pr").getByTitle("Average precision of each run").locator("span");
  await expect(averages).toHaveCount(3);
  await expect(averages.first()).toHaveAttribute("title", "few · coarse · 1,000");
  await page.goto(`${grouped}&sort=-params.bins&sel=${encodeURIComponent('all~--"[\\"few\\"]"')}`);
  await expect(names).toHaveText([/^many(narrow|wide)$/, /^many(narrow|wide)$/]);
});

test("the form, the bins and the scale of a histogram are in the address", async ({ page }) => {
  await page.goto(`${path}?t=weights/*`);
  const figure = histogram(page);
  await drawn(figure);
  const seen = new Set([await settled(figure)]);
  for (const [name, as] of [
    ["Ridge", "ridge"],
    ["Heat map", "heat"],
    ["Percentiles", "bands"],
  ]) {
    await form(figure).selectOption(name);
    await expect(page).toHaveURL(new RegExp(`as:${as}`));
    await expect(figure.getByText("50 of 120 steps")).toBeVisible();
    seen.add(await settled(figure));
  }
  expect(seen.size).toBe(4);
  await form(figure).selectOption("Overlay");
  await figure.getByRole("button", { name: "Density in decades", exact: true }).click();
  await figure.getByRole("button", { name: /^Bins of equal width/ }).click();
  await expect(figure.getByText("re-binned: 30 bins")).toBeVisible();
  await expect(page).toHaveURL(/y:log;.*bins:equal/);
  const picture = await settled(figure);
  await page.mouse.move(0, 0);
  await page.reload();
  await drawn(figure);
  await expect.poll(() => settled(figure)).toBe(picture);
});

test("the step of the view moves the histograms, and a click on a step is the step of the view", async ({ page }) => {
  await page.goto(`${path}?t=weights/*&at=400`);
  const figure = histogram(page);
  await drawn(figure);
  const before = await settled(figure);
  await point(figure, 0.45, 0.5);
  await expect(tip(page)).toContainText("coarse · 400");
  await figure.getByRole("slider").focus();
  await page.keyboard.press("End");
  await expect(page).toHaveURL(/at=1190/);
  await page.mouse.move(0, 0);
  await expect.poll(() => settled(figure)).not.toBe(before);
  await form(figure).selectOption("Heat map");
  await expect(figure.getByRole("img", { name: /^Heat map/ })).toBeVisible();
  await settled(figure);
  const canvas = figure.getByRole("img").first();
  const box = (await canvas.boundingBox())!;
  await canvas.click({ position: { x: 46 + (box.width - 56) / 2, y: box.height / 2 } });
  await expect(page).toHaveURL(/at=[56]\d0\b/);
});

test("axes that are fixed stay where they are while the step moves", async ({ page }) => {
  // The widest histogram is that of the first step.
  const reads = async (set: string, at: number) => {
    await page.goto(`${path}?t=weights/*&at=${at}&${own(set)}`);
    const figure = histogram(page);
    await drawn(figure);
    await settled(figure);
    await point(figure, 0.5, 0.5);
    return tip(page).locator("div", { hasText: "coarse" }).locator("small").textContent();
  };
  // The axes stand when the steps that they have room for have come.
  await expect(async () => {
    const [first, last] = [await reads("fix:on", 0), await reads("fix:on", 1190)];
    expect(first).toBe(last);
    expect(await reads("as:overlay", 1190)).not.toBe(first);
  }).toPass();
});

test("one run of several is chosen for its steps, in the address too", async ({ page }) => {
  await page.goto(`${path}?t=weights/*&${own("as:ridge")}`);
  const figure = histogram(page);
  await drawn(figure);
  const runs = figure.getByRole("combobox", { name: "Run whose steps are shown", exact: true });
  const first = await runs.inputValue();
  const other = first.endsWith("1") ? "narrow" : "wide";
  const before = await settled(figure);
  await runs.selectOption(other);
  await expect(page).toHaveURL(/run:KINDS/);
  await expect.poll(() => settled(figure)).not.toBe(before);
  await page.reload();
  await drawn(figure);
  await expect(runs.locator("option:checked")).toHaveText(other);
});

test("ridges stand evenly or as far apart as their steps or times, as the address says", async ({ page }) => {
  const late = `p.${encodeURIComponent("@histogram:odd/late")}`;
  await page.goto(`${path}?t=odd/late&lay=2x420&${late}=as:ridge`);
  const figure = panel(page, "@histogram:odd/late");
  await drawn(figure);
  const apart = figure.getByRole("combobox", { name: "How far ridges are apart", exact: true });
  await expect(apart).toHaveValue("even");
  const even = await settled(figure);
  await apart.selectOption("Step");
  await expect(page).toHaveURL(/by:step/);
  await expect.poll(() => settled(figure)).not.toBe(even);
  const bySteps = await settled(figure);
  // Evenly the ridge before the last one would cover this place.
  await point(figure, 0.3, 0.7);
  await expect(tip(page)).toContainText("step 400");
  await page.mouse.move(0, 0);
  await page.reload();
  await drawn(figure);
  await expect.poll(() => settled(figure)).toBe(bySteps);
  await apart.focus();
  await page.keyboard.press("End");
  await expect(page).toHaveURL(/by:wall/);
  await expect(figure.getByText("evenly: their times tell no distances")).toBeVisible();
  await apart.selectOption("Evenly");
  await expect(page).not.toHaveURL(/by:/);
  await expect.poll(() => settled(figure)).toBe(even);
});

test("odd histograms are drawn as far as they have a place, and say what has none", async ({ page }) => {
  await page.goto(`${path}?t=odd/*`);
  const odd = (name: string) => panel(page, `@histogram:odd/${name}`);
  for (const name of ["one", "no_width", "endless", "huge", "many"]) await drawn(odd(name));
  await expect(odd("endless").getByText("2 buckets without an end")).toBeVisible();
  await expect(odd("empty").getByText("Nothing was counted.")).toBeVisible();
  await expect(odd("infinite").getByText(/^No bucket has a place/)).toBeVisible();
  await odd("infinite").getByRole("button", { name: "Show as table", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Values of odd/infinite", exact: true });
  await expect(dialog.getByRole("row").nth(1)).toHaveText("1-InfinityInfinity5");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.goto(old);
  await drawn(panel(page, "@histogram:unsorted"));
  await drawn(panel(page, "@histogram:wrong"));
  await expect(panel(page, "@histogram:wrong").getByText("2 buckets without a place")).toBeVisible();
});

test("histograms that PyTorch wrote are drawn", async ({ page }) => {
  await page.goto(`/w/default/e/${await experimentId("torch-digits")}?t=weights/head*`);
  await drawn(panel(page, "@histogram:weights/head.weight"));
  await drawn(panel(page, "@histogram:weights/head.bias"));
});

test("texts are Markdown, raw, or what changed, and lists are tables", async ({ page }) => {
  await page.goto(`${path}?t=sample/*&at=600`);
  const caption = panel(page, "@text:sample/caption");
  await expect(caption.getByRole("heading", { name: "Step 600", exact: true })).toHaveCount(3);
  await expect(caption.getByRole("link", { name: "home", exact: true }).first()).toHaveAttribute("rel", /nofollow/);
  const shown = caption.getByRole("combobox", { name: "How texts are shown", exact: true });
  await shown.selectOption("Raw");
  await expect(caption.getByText("# Step 600").first()).toBeVisible();
  await shown.selectOption("Changes");
  await expect(caption.locator("article").first().locator("del")).toHaveText(["400", "200"]);
  await expect(caption.locator("article").first().locator("ins")).toHaveText(["600", "300"]);
  await expect(page).toHaveURL(/as:diff/);
  await caption.getByRole("slider").focus();
  await page.keyboard.press("Home");
  await expect(caption.getByText("The first that was logged:")).toHaveCount(3);
  const words = panel(page, "@text:sample/words");
  await expect(words.getByRole("row").nth(1)).toHaveText("step0");
});

test("a long and hostile text scrolls in its panel and never runs", async ({ page }) => {
  await page.goto(`${path}?t=odd/text`);
  const region = panel(page, "@text:odd/text").getByRole("region", { name: "Texts of the drawn runs", exact: true });
  await expect(region).toContainText("‹202E›right to left‹202C› <img src=x onerror=window.pwned=1>");
  expect(await region.evaluate((el) => el.scrollHeight > el.clientHeight)).toBe(true);
});

test("a PR curve says threshold and counts under the pointer, and has a table", async ({ page }) => {
  await page.goto(`${path}?full=@pr_curve:val/pr`);
  const figure = panel(page, "@pr_curve:val/pr");
  await drawn(figure);
  await expect(figure.getByRole("img", { name: "Precision over recall of 3 runs: val/pr", exact: true })).toBeVisible();
  // At a recall of 1 all curves come down, along the right edge.
  const box = (await figure.getByRole("img").first().boundingBox())!;
  await point(figure, (box.width - 18) / box.width, 0.62);
  await expect(tip(page)).toContainText(/^threshold 0\..*average precision.*true positives134/);
  await figure.getByRole("button", { name: "Show as table", exact: true }).click();
  const table = page.getByRole("dialog", { name: "Values of val/pr", exact: true }).getByRole("table");
  await expect(table.getByRole("columnheader").first()).toHaveText("Run");
  await expect(table.getByRole("row").nth(1)).toContainText("0.335");
});

test("a click on a PR curve focuses its run, as in the run table", async ({ page }) => {
  await page.goto(`${path}?t=val/*`);
  const figure = panel(page, "@pr_curve:val/pr");
  await drawn(figure);
  await expect(figure.getByTitle("Average precision of each run").locator("i")).toHaveCount(3);
  const before = await settled(figure);
  const box = (await figure.getByRole("img").first().boundingBox())!;
  await point(figure, (box.width - 18) / box.width, 0.6);
  await expect(tip(page)).toContainText("threshold");
  await page.mouse.down();
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await expect(tip(page)).toHaveCount(0);
  // Its line is thicker, and stays so.
  await expect.poll(() => settled(figure)).not.toBe(before);
});

test("values that are not what their kind promises are a sentence", async ({ page }) => {
  const wrong = { histogram: { buckets: [[1, 2]] }, text: { words: 3 }, pr_curve: { thresholds: 1, rows: [[1]] } };
  await page.route("**/api/v1/values:query", async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { items: { kind: keyof typeof wrong; point: { value: unknown } | null }[] };
    for (const { kind, point } of body.items) if (point) point.value = wrong[kind];
    await route.fulfill({ response, json: body });
  });
  await page.goto(path);
  for (const id of [CONV, "@text:sample/caption", "@pr_curve:val/pr"]) {
    await panel(page, id).scrollIntoViewIfNeeded();
    await expect(panel(page, id).getByText("What is logged here is not what its kind promises").first()).toBeVisible();
  }
  // Requests may still be on their way.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("by keys alone a histogram's form is chosen and its table read", async ({ page }) => {
  await page.goto(`${path}?t=weights/*`);
  const figure = histogram(page);
  await drawn(figure);
  await figure.focus();
  await tabTo(page, form(figure));
  await page.keyboard.press("r");
  await expect(page).toHaveURL(/as:ridge/);
  await tabTo(page, figure.getByRole("combobox", { name: "How far ridges are apart", exact: true }));
  await page.keyboard.press("w");
  await expect(page).toHaveURL(/by:wall/);
  await tabTo(page, figure.getByRole("button", { name: "Show as table", exact: true }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Values of weights/conv", exact: true });
  await expect(dialog.getByRole("columnheader")).toHaveText(["Step", "from", "to", "count"]);
  await page.keyboard.press("Escape");
  await expect(figure.getByRole("button", { name: "Show as table", exact: true })).toBeFocused();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no accessibility violation in panels of kinds and their table, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(180_000); // three screens are looked through whole
    const noViolations = async () => {
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .exclude("iframe") // what was logged, of no origin: nobody can look into it
        .analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    };
    await page.emulateMedia({ colorScheme });
    await page.goto(
      `${path}?t=/^(weights|sample|val)/&g=params.bins&p.@text:sample/caption=as:diff&${own("as:ridge")}`,
    );
    await drawn(histogram(page));
    await expect(panel(page, "@text:sample/caption").locator("ins").first()).toBeVisible();
    await noViolations();
    await histogram(page).getByRole("button", { name: "Show as table", exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await noViolations();
    await page.setViewportSize({ width: 400, height: 900 });
    await page.goto(`${path}?t=weights/*`);
    await drawn(histogram(page));
    await point(histogram(page), 0.5, 0.5);
    await noViolations();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
  });
}
