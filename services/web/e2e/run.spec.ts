import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { drawn, expect, panel, test } from "./fixtures";

const KINDS = "runs of all kinds";
const SCREENS = ["", "charts", "logs", "system", "files", "code", "data"];

test("the overview says what a run was made from and how it went", async ({ page, samples }) => {
  await page.goto(await samples.runPath("runs", "better"));
  await expect(page.getByRole("heading", { name: "better", exact: true, level: 1 })).toBeVisible();
  await expect(page.getByText("Finished · step 399")).toBeVisible();
  await drawn(panel(page, "val/acc"));
  const metrics = page.getByRole("region", { name: "Metrics", exact: true });
  await expect(metrics.getByRole("row", { name: /val\/acc/ })).toContainText("380");
  await expect(
    page.getByRole("region", { name: "Parameters", exact: true }).getByRole("row", { name: /model\.arch/ }),
  ).toContainText("large");
  await expect(page.getByRole("link", { name: "1 file changed", exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Console", exact: true })).toContainText("the loader is empty");
});

test("a baseline is chosen once and holds for parameters, charts and code, and is in the link", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.runPath("runs", "better"));
  await page.getByRole("button", { name: "Compare with…", exact: true }).click();
  await page.getByRole("searchbox", { name: "Find a run", exact: true }).fill("base");
  await page.getByRole("dialog").getByRole("button", { name: "base", exact: true }).click();
  await expect(page).toHaveURL(/[?&]base=/);
  const params = page.getByRole("region", { name: "Parameters", exact: true });
  await expect(params.getByRole("row", { name: /model\.arch/ })).toContainText("largesmall");
  await expect(params.getByRole("row", { name: /epochs/ })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("button", { name: /Against.*base/ })).toBeVisible();
  await page.getByRole("link", { name: "Code", exact: true }).click();
  await page.getByRole("button", { name: "base", exact: true }).click();
  await expect(page.getByText("+    warmup = cfg.warmup")).toBeVisible();
});

test("a note is Markdown that never runs, and saving it can be taken back", async ({ page, samples }) => {
  await page.goto(await samples.runPath("runs", "base"));
  await page.getByRole("button", { name: "Write", exact: true }).click();
  await page
    .getByRole("textbox", { name: "Note", exact: true })
    .fill("**bold** [bad](javascript:window.pwned=1) <img src=x onerror=window.pwned=1>");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("strong", { hasText: "bold" })).toBeVisible();
  await expect(page.getByText("<img src=x onerror=window.pwned=1>")).toBeVisible();
  await expect(page.locator("a", { hasText: "bad" })).toHaveCount(0);
  expect(await page.locator("main img").count()).toBe(0);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByText("Nothing noted yet.")).toBeVisible();
});

test("a run is renamed, labelled and deleted, and each is taken back", async ({ page, samples }) => {
  await page.goto(await samples.runPath("runs", "base"));
  await page.getByRole("button", { name: "More about this run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Rename", exact: true }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("renamed");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "renamed", exact: true, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByRole("heading", { name: "base", exact: true, level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Add a label", exact: true }).click();
  await page.getByRole("textbox", { name: "Label", exact: true }).fill("stage");
  await page.getByRole("textbox", { name: "Value", exact: true }).fill("final");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove label stage", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Remove label stage", exact: true }).click();
  await expect(page.getByRole("button", { name: "Remove label stage", exact: true })).toHaveCount(0);

  const address = page.url();
  await page.getByRole("button", { name: "More about this run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/\/e\//);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByText("Taken back")).toBeVisible();
  await page.goto(address);
  await expect(page.getByRole("heading", { name: "base", exact: true, level: 1 })).toBeVisible();
});

test("a run is renamed, archived, moved and labelled by keys alone, and each is taken back", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.runPath("runs", "base"));
  const heading = page.getByRole("heading", { level: 1 });
  const more = page.getByRole("button", { name: "More about this run", exact: true });
  const choose = async (name: string) => {
    await more.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menu")).toBeVisible();
    await page.keyboard.type(name);
    await expect(page.getByRole("menuitem", { name })).toBeFocused();
    await page.keyboard.press("Enter");
  };
  const undo = async () => {
    await page.getByRole("button", { name: /^Undo/ }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("Taken back")).toBeVisible();
  };
  await choose("Rename");
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await expect(heading).toHaveText("by keys");
  await expect(more).toBeFocused();
  await undo();
  await expect(heading).toHaveText("base");

  await choose("Archive");
  await expect(page.getByRole("main").getByText("Archived", { exact: true })).toBeVisible();
  await expect(more).toBeFocused();
  await undo();
  await expect(page.getByRole("main").getByText("Archived", { exact: true })).toHaveCount(0);

  const place = page.getByRole("navigation", { name: "Where you are", exact: true });
  await choose("Move");
  await expect(page.getByRole("searchbox", { name: "Find an experiment", exact: true })).toBeFocused();
  await page.keyboard.type("curves");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(place).toContainText("curves");
  await expect(more).toBeFocused();
  await undo();
  await expect(place).toContainText("/runs");

  await page.getByRole("button", { name: "Add a label", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Label", exact: true })).toBeFocused();
  await page.keyboard.type("stage");
  await page.keyboard.press("Tab");
  await page.keyboard.type("final");
  await page.keyboard.press("Enter");
  const remove = page.getByRole("button", { name: "Remove label stage", exact: true });
  await remove.focus();
  await page.keyboard.press("Enter");
  await expect(remove).toHaveCount(0);
  await undo();
  await expect(remove).toBeVisible();
  await remove.click();
  await expect(remove).toHaveCount(0);
});

test("how to fork the run, or to rewind it, stands in lines that are copied, from the pinned step or after the last", async ({
  page,
  context,
  samples,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const path = await samples.runPath("runs", "better");
  const id = path.split("/").at(-1);
  await page.goto(`${path}?at=120`);
  const open = async (act: string) => {
    await page.getByRole("button", { name: "More about this run", exact: true }).click();
    await page.getByRole("menuitem", { name: act }).click();
    return page.getByRole("dialog");
  };
  const fork = await open("Fork from here…");
  await expect(fork).toContainText(`fork_from=("${id}", 120)`);
  await fork.getByRole("textbox", { name: "From step", exact: true }).fill("1,50x");
  await expect(fork).toContainText("A step is a whole number.");
  await fork.getByRole("textbox", { name: "From step", exact: true }).fill("150");
  await fork.getByRole("button", { name: "Copy (C++)", exact: true }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain(`.fork_from = stepwell::ForkPoint{"${id}", 150}`);
  await page.keyboard.press("Escape");
  await page.goto(path);
  const rewind = await open("Rewind to here…");
  await expect(rewind).toContainText(`id="${id}", rewind_to=400`); // its last step is 399
  await rewind.getByRole("button", { name: "Copy (Python)", exact: true }).click();
  await expect.poll(copied).toContain("stepwell.init(");
});

test("logs are merged by time or split by writer, searched, and a line leads to its time in the charts", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.runPath("runs", "ranks", "logs"));
  await expect(page.getByText("990 lines")).toBeVisible();
  await expect(page.getByText("rank 2 line 359")).toBeVisible();
  await page.getByRole("searchbox", { name: /Search lines/ }).fill("line 3[0-9]$");
  await expect(page.getByText("30 of 990 lines")).toBeVisible();
  await expect(page).toHaveURL(/r\.match=/);
  await page.getByRole("searchbox", { name: /Search lines/ }).fill("");
  await expect(page.getByText("rank 2 line 359")).toBeVisible();
  await page.getByRole("button", { name: "Split", exact: true }).click();
  await expect(page.getByRole("region", { name: "rank 1", exact: true })).toContainText("rank 1 line 359");
  await page.getByRole("button", { name: "Merged", exact: true }).click();
  await page.getByRole("button", { name: "990", exact: true }).click();
  await page.getByRole("button", { name: "Show this time in the charts", exact: true }).click();
  await expect(page).toHaveURL(/\/charts\?.*x=wall.*at=\d/);
  await drawn(panel(page, "train/loss"));
});

test("a log is followed at its end, and says how many lines are new where it was scrolled up", async ({
  page,
  samples,
}) => {
  const stop = await samples.live("live", "follow");
  try {
    const address = () => samples.runPath("live", "follow", "logs").catch(() => null);
    await expect.poll(address, { timeout: 20_000 }).not.toBeNull();
    await page.goto((await address())!);
    const log = page.getByRole("log");
    const fromEnd = () => log.evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight);
    await expect(log).toContainText(/line 2\d\d/);
    await expect.poll(fromEnd).toBeLessThan(18);
    await log.hover();
    await page.mouse.wheel(0, -2000);
    const news = page.getByRole("button", { name: /^\d+ new lines?$/ });
    await expect(news).toBeVisible();
    await news.click();
    await expect(news).toHaveCount(0);
    await expect.poll(fromEnd).toBeLessThan(18);
  } finally {
    await stop();
  }
});

test("the strips show who was slow and when all were silent", async ({ page, samples }) => {
  await page.goto(await samples.runPath("runs", "ranks"));
  const row = page.getByRole("row", { name: /rank 2/ });
  await expect(row.getByRole("img")).toHaveAttribute("aria-label", /below its peers [1-9]\d % of the time/);
  await expect(page.getByRole("row", { name: /rank 1/ }).getByRole("img")).toHaveAttribute(
    "aria-label",
    /below its peers 0 % of the time/,
  );
  await expect(page.getByRole("list", { name: "What happened", exact: true })).toContainText(/silent [45] m/);
});

test("each GPU of a run of many ranks is one strip and one line, and the slow one stands out", async ({
  page,
  samples,
}) => {
  await page.goto(await samples.runPath(KINDS, "cluster"));
  const strips = page.getByRole("table").filter({ hasText: "node-0" });
  await expect(strips.getByRole("row", { name: /^gpu \d · rank \d · node-\d / })).toHaveCount(8);
  const words = (gpu: string) => strips.getByRole("row", { name: gpu }).getByRole("img");
  await expect(words("gpu 3 · rank 7 · node-1")).toHaveAttribute("aria-label", /below its peers [45]\d % of the time/);
  await expect(words("gpu 3 · rank 3 · node-0")).toHaveAttribute("aria-label", /below its peers 0 % of the time/);
  await page.goto(await samples.runPath(KINDS, "cluster", "system"));
  const panels = page.getByRole("figure", { name: /^gpu use/ });
  await expect(panels).toHaveCount(2);
  await expect(panels.last().getByRole("listitem")).toHaveText([
    /^gpu 0 · rank 4/,
    /^gpu 1/,
    /^gpu 2/,
    /^gpu 3.*60 %$/,
  ]);
});

test("what happened has the first NaN, the rewind and the fork, with step and time", async ({ page, samples }) => {
  await page.goto(await samples.runPath(KINDS, "story"));
  const line = page.getByRole("list", { name: "What happened", exact: true });
  await expect(line).toContainText("rewound to step 120");
  await expect(line).toContainText("first NaN of train/loss at step 250, 50 in all");
  await expect(line).toContainText("Failed");
  await expect(page.getByText("forked into fork at step 50")).toBeVisible();
  await page.getByRole("link", { name: "fork", exact: true }).click();
  await expect(page.getByRole("heading", { name: "fork", exact: true, level: 1 })).toBeVisible();
  await page.goto(await samples.runPath(KINDS, "fork"));
  await expect(line).toContainText("forked from story at step 50");
});

test("files are a tree by tag, and each is seen as what it is", async ({ page, samples }) => {
  await page.goto(await samples.runPath(KINDS, "files", "files"));
  const tree = page.getByRole("complementary", { name: "Files", exact: true });
  const chosen = page.getByRole("region", { name: "The chosen file", exact: true });
  await tree.getByRole("button", { name: /^step 100, 2 of 2/ }).click();
  await expect(chosen.getByRole("heading", { name: "val-100-2.png", exact: true })).toBeVisible();
  await expect(chosen).toContainText(/SHA-256[0-9a-f]{64}/);
  const picture = chosen.getByRole("img", { name: "val-100-2.png", exact: true });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(8);
  await chosen.getByRole("button", { name: "The file of the step before", exact: true }).click();
  await expect(chosen.getByRole("heading", { name: "val-0-2.png", exact: true })).toBeVisible();
  await expect(page).toHaveURL(/r\.file=/);

  const open = async (tag: string) => {
    await page.getByRole("searchbox", { name: "Find a file", exact: true }).fill(tag);
    await tree.getByRole("button", { name: /^step 100/ }).click();
  };
  await open("tone");
  await expect
    .poll(() => chosen.locator("audio").evaluate((audio: HTMLAudioElement) => Math.round(audio.duration)))
    .toBe(1);
  await open("text");
  await expect(chosen.getByText("line 3999 of the text")).toBeVisible();
  const download = page.waitForEvent("download");
  await chosen.getByRole("button", { name: "Download", exact: true }).click();
  expect((await download).suggestedFilename()).toBe("text-100.txt");
  await open("words");
  const table = chosen.getByRole("region", { name: "2 rows, 3 columns", exact: true });
  await expect(table.getByRole("row", { name: "<b>dog</b> 7 0.5" })).toBeVisible();
  await open("weights");
  await expect(chosen).toContainText("float64 [20000, 2]");
  await expect(chosen).toContainText("19999");
  await open("onerror");
  await expect(
    chosen.getByRole("heading", { name: "<img src=x onerror=window.pwned=1>-100.png", exact: true }),
  ).toBeVisible();
});

test("a file whose bytes are gone says so in the server's words", async ({ page, samples }) => {
  const files = await samples.runPath(KINDS, "files", "files");
  const problem = { type: "about:blank", title: "Internal Server Error", status: 500, detail: "the blob is damaged" };
  await page.route("**/api/v1/blobs/**", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await page.goto(files);
  await page.getByRole("button", { name: /^step 100, 2 of 2/ }).click();
  await expect(page.getByRole("alert")).toContainText("the blob is damaged");
  await page.unroute("**/api/v1/blobs/**");
  await page.getByRole("alert").getByRole("button").click();
  await expect(page.getByRole("img", { name: "val-100-2.png", exact: true })).toBeVisible();
});

test("of thousands of files only those in view are in the page, and any is found", async ({ page, samples }) => {
  await page.goto(await samples.runPath(KINDS, "many files", "files"));
  await expect(page.getByText(/^2,000 files/)).toBeVisible();
  const tree = page.getByRole("complementary", { name: "Files", exact: true });
  await tree.getByRole("button", { name: /^folder 3/ }).click();
  await tree.getByRole("button", { name: /^image/ }).click();
  await expect(tree.getByRole("button", { name: /^step 0/ })).toBeVisible();
  expect(await tree.getByRole("button").count()).toBeLessThan(120);
  await page.getByRole("searchbox", { name: "Find a file", exact: true }).fill("image-77");
  await expect(tree.getByRole("button", { name: /^step 77/ }).first()).toBeVisible();
});

test("every point of a tag is a row at full precision, from any step on", async ({ page, samples }) => {
  await page.goto(await samples.runPath("runs", "better", "data"));
  await page.getByRole("button", { name: /^train\/loss/ }).click();
  await page.getByRole("textbox", { name: "From step", exact: true }).fill("399");
  const rows = page.getByRole("region", { name: "Show as table", exact: true }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText(/0\.70064750059659\d/);
});

test("the command box finds runs and tags and goes there by keys alone", async ({ page, samples }) => {
  await page.goto(await samples.path("runs"));
  await expect(page.getByRole("button", { name: "Search or command", exact: true })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or command", exact: true }).fill("bett");
  await expect(page.getByRole("option", { name: /^better/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "better", exact: true, level: 1 })).toBeVisible();
  await page.keyboard.press("3");
  await expect(page).toHaveURL(/\/logs/);
  await page.getByRole("button", { name: "Other runs of this experiment", exact: true }).click();
  await page.getByRole("searchbox", { name: "Find a run", exact: true }).fill("rank");
  await page.getByRole("dialog").getByRole("link", { name: "ranks", exact: true }).click();
  await expect(page.getByRole("heading", { name: "ranks", exact: true, level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/logs/);
});

test("at 400 px every tab of a run fits", async ({ page, samples }) => {
  await page.setViewportSize({ width: 400, height: 860 });
  for (const tab of SCREENS) {
    await page.goto(await samples.runPath("runs", "better", tab));
    await expect(page.getByRole("heading", { name: "better", exact: true, level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  }
});

async function noViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const tab of SCREENS) {
    test(`no accessibility violation on a run's ${tab || "overview"}, ${colorScheme}`, async ({ page, samples }) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(await samples.runPath("runs", tab === "code" ? "better" : "ranks", tab));
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await noViolations(page);
    });
  }
}
