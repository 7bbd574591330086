// Panels of the workspace: filter with completion, sections, places, sizes, full screen, settings of one panel or section.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { EventFile } from "./event_files";
import { colouredPixels, drag, drawn, expect, fingerprint, panel, settled, test } from "./fixtures";

const query = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const order = (page: Page) =>
  page.locator("figure[data-panel]").evaluateAll((figures) => figures.map((f) => (f as HTMLElement).dataset.panel));
const byTitle = (page: Page, title: string) =>
  page.locator("figure").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
const more = (page: Page, tag: string) =>
  panel(page, tag).getByRole("button", { name: "More about this chart", exact: true });

async function dragOnto(page: Page, from: string, to: string, part: number): Promise<void> {
  const head = (await panel(page, from).getByRole("heading").boundingBox())!;
  const target = (await panel(page, to).boundingBox())!;
  await page.mouse.move(head.x + 8, head.y + 8);
  await page.mouse.down();
  await page.mouse.move(head.x + 30, head.y + 20, { steps: 3 });
  await page.mouse.move(target.x + target.width * part, target.y + target.height / 2, { steps: 5 });
  await page.mouse.up();
}

test("the tag filter completes sections and tags by keyboard", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await page.keyboard.press("t");
  const filter = page.getByRole("combobox", { name: /Filter tags/ });
  await expect(filter).toBeFocused();
  await filter.pressSequentially("va");
  await expect(page.getByRole("option", { name: /val\/\*/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(filter).toHaveValue("val/*");
  await expect(page).toHaveURL(/t=val\/\*/);
  await expect(panel(page, "train/loss")).toHaveCount(0);
  await filter.fill("/^train.*loss$/");
  await expect.poll(() => order(page)).toEqual(["train/loss"]);
  await filter.fill("/(/");
  await expect(filter).toHaveAttribute("aria-invalid", "true");
});

test("a panel that is dragged before another stands there, after a reload too; back undoes it", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/lonely"));
  expect(await order(page)).toEqual(["train/loss", "val/accuracy", "val/lonely"]);
  await dragOnto(page, "val/lonely", "val/accuracy", 0.1);
  await expect.poll(() => order(page)).toEqual(["train/loss", "val/lonely", "val/accuracy"]);
  expect(query(page)).toContain("ord=val/lonely:val/accuracy");
  await page.reload();
  await drawn(panel(page, "val/lonely"));
  expect(await order(page)).toEqual(["train/loss", "val/lonely", "val/accuracy"]);
  await page.goBack();
  await expect.poll(() => order(page)).toEqual(["train/loss", "val/accuracy", "val/lonely"]);
});

test("the menu moves, widens and hides a panel by keyboard", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/accuracy"));
  const width = async () => (await panel(page, "val/accuracy").boundingBox())!.width;
  const before = await width();
  await more(page, "val/accuracy").focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("dialog", { name: "More about this chart", exact: true });
  await menu.getByRole("button", { name: /^Later/ }).click();
  await expect.poll(() => order(page)).toEqual(["train/loss", "val/lonely", "val/accuracy"]);
  await more(page, "val/accuracy").click({ force: true });
  await menu.getByRole("button", { name: "2 columns", exact: true }).click();
  await expect.poll(width).toBeGreaterThan(before * 1.8);
  await menu.getByRole("spinbutton", { name: /Height/ }).fill("300");
  await expect.poll(async () => (await panel(page, "val/accuracy").boundingBox())!.height).toBe(300);
  expect(query(page)).toContain("p.val/accuracy=w:2;h:300");
  await menu.getByRole("button", { name: "Hide this panel", exact: true }).click();
  await expect(panel(page, "val/accuracy")).toHaveCount(0);
  await expect(page.getByText("1 panel hidden")).toBeVisible();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await drawn(panel(page, "val/accuracy"));
});

test("< and > move the panel that has the focus, and the focus goes with it, into another row too", async ({
  page,
  samples,
}) => {
  await page.goto(`${await samples.path("curves")}?lay=1x200`);
  await drawn(panel(page, "val/accuracy"));
  await expect.poll(() => order(page)).toEqual(["train/loss", "val/accuracy", "val/lonely"]);
  const pin = panel(page, "val/lonely").getByRole("button", { name: "Pin", exact: false });
  await page.keyboard.press("j"); // keys are meant, not a pointer: what has the focus shows it
  await pin.focus();
  await page.keyboard.press("<");
  await expect.poll(() => order(page)).toEqual(["train/loss", "val/lonely", "val/accuracy"]);
  expect(query(page)).toContain("ord=val/lonely:val/accuracy");
  await expect(pin).toBeFocused();
  await page.keyboard.press("<"); // it is the first of its section: nothing is before it
  await page.keyboard.press(">");
  await expect.poll(() => order(page)).toEqual(["train/loss", "val/accuracy", "val/lonely"]);
  await expect(pin).toBeFocused();
});

test("the menu overlays a panel on its neighbour by keyboard", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/lonely"));
  await more(page, "val/lonely").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Overlay on the panel beside it", exact: true }).press("Enter");
  await expect(page).toHaveURL(/add\.1=/);
  expect(query(page)).toContain("add.1=lines;y:val/accuracy,val/lonely");
  await expect(panel(page, "val/lonely")).toHaveCount(0);
  await drawn(
    page.locator("figure", { has: page.getByRole("heading", { name: "val/accuracy, val/lonely", exact: true }) }),
  );
});

test("a panel whose request fails keeps its picture, says of when it is, and mends itself", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "train/loss");
  await settled(chart);
  const before = await colouredPixels(chart);
  const problem = { type: "about:blank", title: "The store rests", status: 503 };
  await page.route("**/api/v1/series:query", (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await drag(page, chart, 0.3, 0.6);
  const words = chart.getByRole("status");
  await expect(words).toHaveText(/as of \d\d:\d\d.*The store rests/);
  expect(await colouredPixels(chart)).toBeGreaterThan(before / 4);
  await page.unroute("**/api/v1/series:query");
  await page.keyboard.press("0");
  await expect(words).toHaveCount(0);
  await drawn(chart);
});

test("the corner resizes a panel, and Escape leaves it as it was", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  await expect(chart.getByTitle("Drag to resize")).toBeAttached(); // acts come after the first picture
  const box = (await chart.boundingBox())!;
  const corner = { x: box.x + box.width - 4, y: box.y + box.height - 4 };
  const pull = async (end: () => Promise<void>) => {
    await page.mouse.move(corner.x, corner.y);
    await page.mouse.down();
    await page.mouse.move(corner.x + box.width, corner.y + 60, { steps: 6 });
    await expect.poll(async () => (await chart.boundingBox())!.width).toBeGreaterThan(box.width * 1.8);
    await end();
  };
  await pull(() => page.keyboard.press("Escape"));
  await expect.poll(async () => (await chart.boundingBox())!.width).toBe(box.width);
  await page.mouse.up();
  await pull(() => page.mouse.up());
  await expect(page).toHaveURL(/p\.val\/accuracy=w:2;h:\d+/);
});

test("f fills the page with the chart under the pointer, arrows go on, Escape leads back", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await panel(page, "train/loss").locator("canvas").last().hover();
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/full=train\/loss/);
  const full = page.getByRole("region", { name: /Full screen/ });
  await drawn(full.locator("figure"));
  expect((await full.locator("figure").boundingBox())!.width).toBeGreaterThan(1200);
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/full=val\/accuracy/);
  await page.reload();
  await drawn(full.locator("figure"));
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/full=/);
  await drawn(panel(page, "train/loss"));
});

test("settings go from view to section to panel; a dot shows what differs, and it is reset", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("curves"));
  const chart = panel(page, "val/accuracy");
  const linear = await settled(chart);
  await page.getByRole("button", { name: "Settings and place of the section val", exact: true }).click({ force: true });
  const section = page.getByRole("dialog", { name: /section val/ });
  await section
    .getByRole("group", { name: "Y scale", exact: true })
    .getByRole("button", { name: "Log", exact: true })
    .click();
  await expect(page).toHaveURL(/sec\.val=y:log/);
  await expect.poll(() => fingerprint(chart)).not.toBe(linear);
  await page.keyboard.press("Escape");
  await more(page, "val/accuracy").click({ force: true });
  const menu = page.getByRole("dialog", { name: "More about this chart", exact: true });
  const scale = menu.getByRole("group", { name: "Y scale", exact: true });
  await expect(scale.getByRole("button", { name: "Log", exact: true })).toHaveAttribute("aria-pressed", "true");
  await scale.getByRole("button", { name: "Lin", exact: true }).click();
  await expect(page).toHaveURL(/p\.val\/accuracy=y:lin/);
  await expect.poll(() => fingerprint(chart)).toBe(linear);
  await scale.getByRole("button", { name: "Reset y scale", exact: true }).click();
  await expect(page).not.toHaveURL(/p\.val/);
  await expect.poll(() => fingerprint(chart)).not.toBe(linear);
});

test("sections are put in order, closed all but one, and opened", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/accuracy"));
  await page.getByRole("button", { name: "Settings and place of the section val", exact: true }).click({ force: true });
  const menu = page.getByRole("dialog", { name: /section val/ });
  await menu.getByRole("button", { name: "Move the section up", exact: true }).click();
  await expect.poll(async () => (await order(page))[0]).toBe("val/accuracy");
  expect(query(page)).toContain("sec=+val");
  await menu.getByRole("button", { name: "Close the other sections", exact: true }).click();
  await expect(panel(page, "train/loss")).toHaveCount(0);
  await menu.getByRole("button", { name: "Open all sections", exact: true }).click();
  await drawn(panel(page, "train/loss"));
});

test("tags that no drawn run has are a line that names them", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/lonely"));
  await page.getByRole("button", { name: "Draw gamma", exact: true }).click();
  await expect(page.getByText("1 tag without data here")).toBeVisible();
  await expect(panel(page, "val/lonely")).toHaveCount(0);
  await page.getByText("1 tag without data here").click();
  await expect(page.getByText("val/lonely")).toBeVisible();
  await page.getByRole("button", { name: "Draw gamma", exact: true }).click();
  await drawn(panel(page, "val/lonely"));
});

test("columns and height of all panels are chosen", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "val/accuracy"));
  await page.getByRole("button", { name: "Layout", exact: true }).click();
  const menu = page.getByRole("dialog", { name: "Layout", exact: true });
  await menu.getByRole("button", { name: "1 column", exact: true }).click();
  await menu.getByRole("spinbutton").fill("320");
  await expect(page).toHaveURL(/lay=1x320/);
  await expect.poll(async () => (await panel(page, "val/accuracy").boundingBox())!.height).toBe(320);
  await expect.poll(async () => (await panel(page, "val/accuracy").boundingBox())!.width).toBeGreaterThan(800);
});

for (const { width, columns, beside } of [
  { width: 2560, columns: 5, beside: 620 },
  { width: 1440, columns: 3, beside: 478 },
  { width: 768, columns: 2, beside: 0 },
  { width: 400, columns: 1, beside: 0 },
]) {
  test(`at ${width} px charts stand in ${columns} columns, and nothing is wider than the page`, async ({
    page,
    samples,
  }) => {
    await page.setViewportSize({ width, height: 1000 });
    const added = [1, 2, 3, 4, 5].map((i) => `add.${i}=lines;title:Panel ${i};y:val/accuracy`);
    await page.goto(`${await samples.path("curves")}?${added.join("&")}`);
    const charts = page.getByRole("region", { name: "Charts", exact: true });
    await drawn(byTitle(page, "Panel 1"));
    const five = page.locator("figure", { has: page.getByRole("heading", { name: /^Panel \d$/ }) });
    await expect
      .poll(() => five.evaluateAll((all) => new Set(all.map((figure) => figure.getBoundingClientRect().left)).size))
      .toBe(columns);
    const box = (await charts.boundingBox())!;
    expect(Math.round(box.x)).toBe(beside);
    if (width === 768) expect(box.y).toBeGreaterThan(250); // the table is over the charts
    if (width === 2560) expect((await byTitle(page, "Panel 1").boundingBox())!.width).toBeGreaterThanOrEqual(340);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}

test("of thousands of tags only the panels near the window exist, wherever one scrolls to; sections are searched", async ({
  page,
  samples,
}) => {
  const tags = Array.from({ length: 10_000 }, (_, i) => `layer${Math.floor(i / 400)}/weight${i}`);
  const line = (tag: string, i: number) => [0, 1].map((step) => ({ tag, step, wall: i + step, value: step }));
  new EventFile(samples.directory("many/one")).write(tags.flatMap(line));
  await samples.upload("many");
  await page.goto(await samples.path("many"));
  const figures = page.locator("figure[data-panel]");
  await drawn(figures.first());
  const charts = page.getByRole("region", { name: "Charts", exact: true });
  for (const part of [0.25, 0.5, 1]) {
    const seen = await order(page);
    await charts.evaluate((el, p) => el.scrollTo(0, p * el.scrollHeight), part);
    await expect.poll(async () => (await order(page)).some((id) => seen.includes(id))).toBe(false);
    await expect
      .poll(() =>
        figures.evaluateAll((all) => all.some((figure) => figure.getBoundingClientRect().top < innerHeight - 200)),
      )
      .toBe(true);
    expect(await figures.count()).toBeLessThan(40);
  }
  await page.getByRole("combobox", { name: /Filter tags/ }).fill("/^layer(3|17)\\/weight(1200|6800)$/");
  await expect(charts.getByRole("heading", { level: 2 })).toHaveText([/layer3/, /layer17/]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`no accessibility violation in menus and full screen, ${colorScheme}`, async ({ page, samples }) => {
    const noViolations = async () => {
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    };
    test.setTimeout(180_000); // three screens are looked through whole
    await page.emulateMedia({ colorScheme });
    await page.goto(`${await samples.path("curves")}?p.train/loss=y:log`);
    await drawn(panel(page, "train/loss"));
    await more(page, "train/loss").click({ force: true });
    await expect(page.getByRole("dialog", { name: "More about this chart", exact: true })).toBeVisible();
    await noViolations();
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: /Filter tags/ }).focus();
    await expect(page.getByRole("listbox")).toBeVisible();
    await noViolations();
    await page.goto(`${await samples.path("curves")}?full=train/loss`);
    await drawn(page.locator("figure"));
    await noViolations();
  });
}
