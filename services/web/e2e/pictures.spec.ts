// The main screens as pictures, compared with those in e2e/pictures. Values, steps and times of what is shown are
// fixed (log_pictures.py), the page's clock stands still before all of them, and fonts are the page's own. What a server makes
// anew each time is covered. After a change that is meant:
//
//   ./dev test --only browser pictures --update-snapshots

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { test as base, expect } from "./fixtures";
import { OwnServer } from "./own_server";

const EXPERIMENT = "imagenet/ablation";
const here = (path: string) => new URL(path, import.meta.url).pathname;

const test = base.extend<object, { server: OwnServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
    async ({}, use) => {
      const server = await OwnServer.start(process.env.STEPWELL_BIN ?? here("../../../build/bin/stepwell"));
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 300_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
});

/** What a server says of times is after this one: "just now", on whatever day the test is run. */
const BEFORE_ALL = new Date("2026-01-01T12:00:00Z");

/** Widths in CSS pixels with their heights. */
const SIZES = { 400: 800, 1440: 900, 2560: 1300 };
const BOTH: (keyof typeof SIZES)[] = [1440, 400];

test.use({ timezoneId: "UTC", locale: "en-GB", deviceScaleFactor: 1, reducedMotion: "reduce" });

/** The version of the Chromium that made the pictures. */
const MADE_BY = here("pictures/chromium.txt");

/** A label is more than what may differ; of another Chromium, which may set every glyph a little differently, a panel is. */
function tolerance(page: Page) {
  const version = page.context().browser()?.version() ?? "";
  if (["all", "changed"].includes(test.info().config.updateSnapshots)) {
    mkdirSync(here("pictures"), { recursive: true });
    writeFileSync(MADE_BY, `${version}\n`);
  }
  const same = existsSync(MADE_BY) && readFileSync(MADE_BY, "utf8").trim() === version;
  return { threshold: 0.12, timeout: 30_000, ...(same ? { maxDiffPixels: 40 } : { maxDiffPixelRatio: 0.01 }) };
}

/** Addresses with their ports and what took how long differ from server to server. */
const unfixed = (page: Page) => [page.getByText(/127\.0\.0\.1:\d+/), page.getByText(/\d ms$/)];

/** How long the list took is said only when the page asked for it itself, and takes room. */
const withoutTimes = (page: Page) =>
  page.evaluate(() => {
    const strip = () => {
      for (const { firstChild: words } of document.querySelectorAll('[role="status"]'))
        if (words instanceof Text && / · \d+ ms$/.test(words.data)) words.data = words.data.replace(/ · \d+ ms$/, "");
    };
    new MutationObserver(strip).observe(document.body, { subtree: true, childList: true, characterData: true });
    strip();
  });

function log(server: OwnServer): void {
  const spool = mkdtempSync(join(tmpdir(), "stepwell-e2e-pictures-"));
  const env = {
    ...process.env,
    PYTHONPATH: here("../../../libs/python/src"),
    STEPWELL_SERVER: server.grpc,
    STEPWELL_DIR: spool,
  };
  execFileSync(process.env.STEPWELL_PYTHON ?? "python3", [here("log_pictures.py"), EXPERIMENT], { stdio: "pipe", env });
  rmSync(spool, { recursive: true, force: true });
}

interface Items<T> {
  items: T[];
}

async function experimentPath(server: OwnServer): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/experiments?workspace=default&limit=10`);
  const { items } = (await answer.json()) as Items<{ id: string; name: string }>;
  return `/w/default/e/${items.find(({ name }) => name === EXPERIMENT)?.id}`;
}

async function runPath(server: OwnServer, name: string): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/runs?limit=10`);
  const { items } = (await answer.json()) as Items<{ id: string; name: string }>;
  return `/w/default/r/${items.find((run) => run.name === name)?.id}`;
}

/** All figures that are in view have their picture, and nothing is asked for any more. */
async function still(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await expect(page.locator('[class*="skeleton"]')).toHaveCount(0);
  await expect
    .poll(() =>
      page.locator("figure:has(canvas)").evaluateAll((figures) =>
        figures
          .filter((figure) => figure.getBoundingClientRect().top < innerHeight)
          .every((figure) => {
            const canvas = figure.querySelector("canvas")!;
            if (canvas.width === 0 || canvas.height === 0) return false;
            const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
            return data.some((byte) => byte > 0);
          }),
      ),
    )
    .toBe(true);
}

async function compare(page: Page, name: string, path: string, ready: (page: Page) => Locator, widths = BOTH) {
  await page.clock.setFixedTime(BEFORE_ALL);
  for (const width of widths) {
    await page.setViewportSize({ width, height: SIZES[width] });
    if (width === widths[0]) await page.goto(path);
    await expect(ready(page)).toBeVisible();
    if (width === widths[0]) await withoutTimes(page);
    for (const colorScheme of width === 2560 ? (["light"] as const) : (["light", "dark"] as const)) {
      await page.emulateMedia({ colorScheme });
      await still(page);
      const picture = `${name}-${width}-${colorScheme}.png`;
      await expect.soft(page, picture).toHaveScreenshot(picture, { mask: unfixed(page), ...tolerance(page) });
    }
  }
}

const region = (name: string | RegExp) => (page: Page) => page.getByRole("region", { name });

test.describe("pictures", () => {
  test.describe.configure({ timeout: 240_000 });

  test("first run", async ({ page }) => {
    await compare(page, "first-run", "/", (p) => p.getByRole("heading", { name: "Log the first point", exact: true }));
  });

  test.describe("of runs", () => {
    let experiment = "";
    let run = "";
    test.beforeAll(async ({ server }) => {
      log(server);
      experiment = await experimentPath(server);
      run = await runPath(server, "vit-b16_lr0.001_s0");
    });

    test("experiments", async ({ page }) => {
      await compare(page, "experiments", "/w/default", (p) => p.getByRole("link", { name: "ablation", exact: true }));
    });

    test("workspace", async ({ page }) => {
      await compare(page, "charts", experiment, region("Charts"), [1440, 400, 2560]);
    });

    test("workspace, grouped", async ({ page }) => {
      await compare(page, "grouped", `${experiment}?g=params.arch,params.lr`, region("Charts"));
    });

    test("workspace, full screen", async ({ page }) => {
      await compare(page, "full", `${experiment}?full=train/loss`, region(/Full screen/));
    });

    test("run", async ({ page }) => {
      await compare(page, "run", run, (p) => p.getByRole("heading", { name: "vit-b16_lr0.001_s0", exact: true }));
    });

    test("run, logs", async ({ page }) => {
      await compare(page, "logs", `${run}/logs`, (p) => p.getByText("step 11950 loss"));
    });

    test("run, system", async ({ page }) => {
      await compare(page, "system", `${run}/system`, (p) => p.locator("figure").first());
    });

    test("compare", async ({ page }) => {
      await compare(page, "compare", `${experiment}/compare`, region("The compared runs"));
    });
  });
});
