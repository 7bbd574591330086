import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { drawn, expect, panel, test } from "./fixtures";

const PARAMS = "cols=m.train/loss.last,params.optim.lr,params.model.arch";

const filter = (page: Page) => page.getByRole("combobox", { name: "Filter runs", exact: true });
const row = (page: Page, name: string | RegExp) =>
  page.getByRole("grid", { name: "Runs", exact: true }).getByRole("row", { name });
const names = (page: Page) => page.locator('[data-run] [role="gridcell"]:nth-child(3) bdi').allInnerTexts();

const head = (page: Page, name: string) =>
  page.getByRole("columnheader").getByRole("button", { name: new RegExp(`^${name}( \\d)?$`) });

async function noViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

test("a filter is typed, lists and draws what matches, and is in the address", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await expect(row(page, /better/)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("params.optim.lr > 0.005");
  await expect(row(page, /base/)).toHaveCount(0);
  await expect(row(page, /better/)).toHaveAttribute("data-drawn", "true");
  await expect(page).toHaveURL(/q=params\.optim\.lr%20%3E%200\.005/);
  await expect(page.getByText("1 of 3 runs")).toBeVisible();
  await expect(panel(page, "train/loss")).toHaveAttribute("aria-label", /^train\/loss: 1 run,/);
});

test("a mistake in the filter is underlined where it is, with the way out, and the list stays", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.path("runs"));
  await expect(row(page, /better/)).toBeVisible();
  await filter(page).fill('params.optim.lr > "a" and nosuch = 3');
  await filter(page).press("Enter");
  await expect(filter(page)).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/there is no key "nosuch"|perhaps params\.nosuch/)).toBeVisible();
  await expect(row(page, /base/)).toBeVisible();
});

test("words, an expression and a glob search the names", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?q=BASE`);
  await expect(row(page, /base/)).toBeVisible();
  await expect(row(page, /better/)).toHaveCount(0);
  for (const [typed, count] of [
    ["/^b.*e/", 2],
    ["*nks", 1],
    ["b e", 2],
  ] as const) {
    await filter(page).fill(typed);
    await filter(page).press("Enter");
    await expect(page.locator("[data-run]")).toHaveCount(count);
  }
});

test("Alt and a click on a cell filters by its value", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?${PARAMS}`);
  await row(page, /better/)
    .getByText("large")
    .click({ modifiers: ["Alt"] });
  await expect(filter(page)).toHaveValue('params.model.arch = "large"');
  await expect(page.locator("[data-run]")).toHaveCount(1);
});

test("the server sorts, by one key and with Shift by several", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?${PARAMS}`);
  await head(page, "Run").click();
  await expect.poll(() => names(page)).toEqual(["base", "better", "ranks"]);
  await head(page, "Run").click();
  await expect.poll(() => names(page)).toEqual(["ranks", "better", "base"]);
  await head(page, "optim.lr").click();
  await head(page, "Run").click({ modifiers: ["Shift"] });
  await expect(page).toHaveURL(/sort=params\.optim\.lr,name/);
  await expect.poll(async () => (await names(page)).slice(0, 2)).toEqual(["base", "better"]);
});

test("what was chosen by hand stays drawn outside of the filter, which says so", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await page.getByRole("button", { name: "Draw base", exact: true }).click();
  await page.getByRole("button", { name: "Draw base", exact: true }).click();
  const [, better] = [
    await row(page, /base/).getAttribute("data-run"),
    await row(page, /better/).getAttribute("data-run"),
  ];
  await page.goto(`${await samples.path("runs")}?q=ranks&sel=top:40~+${better}`);
  await expect(page.getByText("1 chosen run is outside the filter")).toBeVisible();
  await expect(panel(page, "train/loss")).toHaveAttribute("aria-label", /^train\/loss: 2 runs,/);
});

test("rows are chosen by keys apart from being drawn, and copied", async ({ page, samples, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${await samples.path("runs")}?${PARAMS}&sort=name`);
  await expect(row(page, /base/)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+ArrowDown");
  const bar = page.getByRole("toolbar", { name: "Chosen runs", exact: true });
  await expect(bar.getByText("2 chosen")).toBeVisible();
  await expect(page.locator('[data-drawn="true"]')).toHaveCount(3);
  await noViolations(page);
  await bar.getByRole("button", { name: "Copy as CSV", exact: true }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(
      /^name,metrics\.train\/loss\.last,params\.optim\.lr,params\.model\.arch\r\nbase,[\d.]+,0\.001,small\r\nbetter,/,
    );
  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
});

test("columns are resized by their menu, moved and hidden, and the address has it", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?${PARAMS}`);
  const lr = head(page, "optim.lr");
  await lr.focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menuitem", { name: /^Move right/ }).click();
  await expect(page).toHaveURL(/cols=m\.train\/loss\.last,params\.model\.arch,params\.optim\.lr/);
  await lr.focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menuitem", { name: /^Wider/ }).click();
  await expect(page).toHaveURL(/params\.optim\.lr:108/);
  await page.keyboard.press("Escape");
  await lr.focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("menuitem", { name: "Hide", exact: true }).click();
  await expect(lr).toHaveCount(0);
});

test("b puts the table below, and the link shows it there", async ({ page, samples }) => {
  await page.goto(await samples.path("curves"));
  await drawn(panel(page, "train/loss"));
  await page.keyboard.press("b");
  await expect(page).toHaveURL(/tb=below/);
  await page.reload();
  const table = (await page.getByRole("grid", { name: "Runs", exact: true }).boundingBox())!;
  const chart = (await panel(page, "train/loss").boundingBox())!;
  expect(table.y).toBeGreaterThan(chart.y);
});

test("a run has a colour of one's own, and all have those of a key", async ({ page, samples }) => {
  const base = await samples.path("runs");
  await page.goto(base);
  const swatch = (name: string) =>
    page
      .getByRole("button", { name: `Draw ${name}` })
      .locator("i")
      .evaluate((el) => getComputedStyle(el).backgroundColor);
  await row(page, /better/).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Colour…", exact: true }).click();
  await page.getByRole("button", { name: "Colour 6", exact: true }).click();
  await expect(page).toHaveURL(/c=\w+%3D5/);
  const own = await swatch("better");
  await page.goto(`${base}?c=by:params.epochs`);
  await expect(row(page, /better/)).toBeVisible();
  await expect.poll(() => swatch("better")).not.toBe(own);
  expect(await swatch("better")).toBe(await swatch("base"));
});

test("keys and values are completed, with how many runs have them", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await expect(row(page, /better/)).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("params.model");
  await expect(page.getByRole("option", { name: /params\.model\.arch/ })).toBeVisible();
  await noViolations(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("option", { name: /^= / })).toBeVisible();
  await page.keyboard.type("= ");
  await expect(page.getByRole("option", { name: /"large"/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(filter(page)).toHaveValue(/^params\.model\.arch = "(large|small)" $/);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-run]")).toHaveCount(1);
});

test("runs are grouped, and a group opens to its members", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?${PARAMS}`);
  await expect(row(page, /better/)).toBeVisible();
  await page.keyboard.press("g");
  const dialog = page.getByRole("dialog", { name: "Group by", exact: true });
  await dialog.getByRole("searchbox", { name: "Add a key to group by", exact: true }).fill("epochs");
  await dialog
    .getByRole("button", { name: /epochs/ })
    .first()
    .click();
  await expect(page).toHaveURL(/g=params\.epochs/);
  await page.keyboard.press("Escape");
  const group = page.locator("[data-group]", { hasText: "3" }).first();
  await expect(group).toHaveAttribute("data-open", "false");
  await group.click();
  await expect(row(page, /better/)).toBeVisible();
  await expect(page).toHaveURL(/go=/);
  await page.reload();
  await expect(row(page, /better/)).toBeVisible();
  await noViolations(page);
});

test("columns are chosen from what runs have", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await expect(row(page, /better/)).toBeVisible();
  await page.getByRole("button", { name: "Columns", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Columns", exact: true });
  await dialog.getByRole("searchbox", { name: "Add a column", exact: true }).fill("arch");
  await dialog.getByRole("button", { name: /model\.arch parameter/ }).click();
  await expect(row(page, /better/)).toContainText("large");
  await expect(page).toHaveURL(/cols=.*params\.model\.arch/);
  await noViolations(page);
});

test("chosen runs are labelled and deleted together, and each is taken back", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?cols=labels.team&sort=name`);
  await expect(row(page, /base/)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+ArrowDown");
  const bar = page.getByRole("toolbar", { name: "Chosen runs", exact: true });
  await bar.getByRole("button", { name: "Label", exact: true }).click();
  await page.getByRole("combobox", { name: "Label", exact: true }).fill("team");
  await page.getByRole("combobox", { name: /^Value/ }).fill("vision");
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 runs labelled")).toBeVisible();
  await expect(row(page, /better/)).toContainText("vision");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(row(page, /better/)).not.toContainText("vision");
  await bar.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(row(page, /better/)).toHaveCount(0);
  await page.keyboard.press("u");
  await expect(row(page, /better/)).toBeVisible();
});

for (const [colorScheme, width] of [
  ["light", 1440],
  ["dark", 400],
] as const) {
  test(`what opens beside the table is accessible, ${colorScheme}, at ${width} px`, async ({ page, samples }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 860 });
    await page.goto(`${await samples.path("runs")}?${PARAMS}`);
    await expect(page.getByRole("button", { name: "Columns", exact: true })).toBeVisible();
    for (const name of [/^Group/, /^Sort/, "Colours", "Columns", "Filter by conditions"]) {
      await page.getByRole("button", { name, exact: true }).first().click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await noViolations(page);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    if (width < 768) await page.getByRole("button", { name: /runs drawn/ }).click();
    await row(page, /better/).click({ button: "right" });
    await expect(page.getByRole("menu")).toBeVisible();
    await noViolations(page);
  });
}

test("assistive technology meets a grid with names, counts and places", async ({ page, samples }) => {
  await page.goto(`${await samples.path("runs")}?${PARAMS}`);
  await expect(row(page, /better/)).toBeVisible();
  await drawn(panel(page, "train/loss"));
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = (await cdp.send("Accessibility.getFullAXTree")) as {
    nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
  };
  const of = (role: string) => nodes.filter((node) => !node.ignored && node.role?.value === role);
  expect(of("grid").map((node) => node.name?.value)).toEqual(["Runs"]);
  await expect(page.getByRole("grid", { name: "Runs", exact: true })).toHaveAttribute("aria-rowcount", "4");
  await expect(page.getByRole("grid", { name: "Runs", exact: true })).toHaveAttribute("aria-colcount", "6");
  expect(of("row")).toHaveLength(4);
  expect(of("columnheader")).toHaveLength(6);
  expect(of("gridcell")).toHaveLength(18);
  // What can be acted on has a name.
  const nameless = ["button", "checkbox", "combobox", "searchbox", "textbox", "link", "slider", "figure"].flatMap(
    (role) => of(role).filter((node) => (node.name?.value ?? "") === ""),
  );
  expect(nameless).toEqual([]);
  expect(of("figure").map((node) => node.name?.value)).toContainEqual(expect.stringMatching(/^train\/loss: 3 runs,/));
});

test("the whole table is copied, also what is not loaded, and so are groups", async ({ page, samples, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  for (const [group, said, text] of [
    ["", "3 runs copied", /^name,.*params\.model\.arch\r\n(?:.*\r\n){3}$/],
    ["&g=params.model.arch", "3 groups copied", /^params\.model\.arch,runs,.*mean,.*std.*\r\n(?:.*\r\n){3}$/],
  ] as const) {
    await page.goto(`${await samples.path("runs")}?${PARAMS}${group}`);
    await page.getByRole("button", { name: "Columns", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Copy as CSV", exact: true }).click();
    await expect(page.getByText(said)).toBeVisible();
    await expect.poll(copied).toMatch(text);
  }
});
