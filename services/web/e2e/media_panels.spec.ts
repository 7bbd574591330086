// Panels of images, sound, film: what they show at the step of the view, and the rail that moves all of them.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { drawn, expect, panel, settled, test } from "./fixtures";

const SAMPLE = "@image:val/sample";
const TONE = "@audio:val/tone";

const query = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const rail = (of: Locator) => of.getByRole("slider", { name: "Step of all panels", exact: true });
/** Captions say which step an image is of. */
const captions = (page: Page) => panel(page, SAMPLE).getByText(/^disc at/);

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await drawn(panel(page, "val/acc"));
}

/** Until every picture that is in the page has been decoded. */
const pictured = (of: Locator) =>
  expect
    .poll(() =>
      of
        .locator("img")
        .evaluateAll((all) => all.length > 0 && all.every((el) => (el as HTMLImageElement).naturalWidth > 0)),
    )
    .toBe(true);

test.beforeEach(async ({ samples }) => samples.logMedia("media"));

test("every tag is a panel in logged order, and shows what each drawn run logged last", async ({ page, samples }) => {
  await open(page, await samples.path("media"));
  const shown = await page
    .locator("figure[data-panel]")
    .evaluateAll((figures) => figures.map((f) => (f as HTMLElement).dataset.panel));
  expect(shown.slice(0, 5)).toEqual(["val/acc", SAMPLE, "@text:val/note", TONE, "@video:val/film"]);
  const sample = panel(page, SAMPLE);
  await pictured(sample);
  await expect(sample.getByRole("button", { name: /, image \d/ })).toHaveCount(9);
  await expect(captions(page)).toHaveText(["disc at 21000", "disc at 14000", "disc at 7000"]);
  await expect(rail(sample)).toHaveAttribute("aria-valuetext", "latest · 21,000");
  await expect(panel(page, TONE).locator("audio")).toHaveCount(3);
  await expect(panel(page, TONE).getByText("a tone · 8,000 Hz · 0.50 s")).toHaveCount(2);
  await pictured(panel(page, "@video:val/film"));
  await page.getByText("1 tag without a panel here").click();
  await page.getByRole("link", { name: "custom_scalars__config__", exact: true }).click();
  await expect(page).toHaveURL(/\/r\/\w+\/data\?r\.tag=custom/);
  await expect(page.getByRole("heading", { name: "custom_scalars__config__", exact: true })).toBeVisible();
});

test("the rail moves all panels and the crosshair, and the link opens the same", async ({ page, samples }) => {
  await open(page, await samples.path("media"));
  await pictured(panel(page, SAMPLE));
  const before = await settled(panel(page, "val/acc"));
  await rail(panel(page, SAMPLE)).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/at=15000/);
  await expect(captions(page)).toHaveText(["disc at 15000", "disc at 14000", "disc at 7000"]);
  await expect(panel(page, SAMPLE).getByText("14,000 (−1,000)")).toBeVisible();
  await expect(panel(page, TONE).getByText("14,000 (−1,000)")).toBeVisible();
  expect(await settled(panel(page, "val/acc"))).toBe(before); // the crosshair lies on a canvas of its own
  await expect(panel(page, "val/acc").getByText("0.5143")).toBeVisible();
  await page.keyboard.press("Home");
  await expect(captions(page)).toHaveText(["disc at 0", "disc at 0", "disc at 0"]);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/at=18000/);
  await page.reload();
  await expect(captions(page)).toHaveText(["disc at 18000", "disc at 14000", "disc at 7000"]);
  await panel(page, TONE).getByRole("button", { name: "The latest of each run", exact: true }).click();
  await expect(captions(page)).toHaveText(["disc at 21000", "disc at 14000", "disc at 7000"]);
  await expect(page).not.toHaveURL(/at=/);
});

test("a drag on the rail goes to the nearest logged step, and playing goes on from there", async ({
  page,
  samples,
}) => {
  await open(page, await samples.path("media"));
  await pictured(panel(page, SAMPLE));
  const box = (await rail(panel(page, SAMPLE)).boundingBox())!;
  await page.mouse.move(box.x + box.width - 2, box.y + 6);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 6, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/at=6000/);
  await expect(captions(page).first()).toHaveText("disc at 6000");
  await panel(page, SAMPLE).getByRole("button", { name: "Play", exact: true }).click();
  await expect(captions(page).first()).not.toHaveText("disc at 6000");
  await panel(page, SAMPLE).getByRole("button", { name: "Pause", exact: true }).click();
});

test("on the axis of relative time a panel says how long it differs", async ({ page, samples }) => {
  await open(page, `${await samples.path("media")}?x=rel&at=-5`);
  await expect(captions(page)).toHaveText(["disc at 0", "disc at 0", "disc at 0"]);
  await expect(panel(page, SAMPLE).getByText("0 (+5.0 s)")).toHaveCount(3);
});

test("a panel of images is pinned, hidden, filtered and fills the page as any other, by keyboard", async ({
  page,
  samples,
}) => {
  await open(page, await samples.path("media"));
  await panel(page, SAMPLE).focus();
  await page.keyboard.press("p");
  await expect.poll(() => query(page)).toContain(`pin=${SAMPLE}`);
  await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText(/Pinned/);
  await expect(panel(page, SAMPLE).getByRole("slider")).toBeVisible();
  await panel(page, SAMPLE).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/at=21000/);
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/at=18000/);
  await page.keyboard.press("f");
  await expect.poll(() => query(page)).toContain(`full=${SAMPLE}`);
  await page.keyboard.press("f");
  await expect.poll(() => query(page)).not.toContain("full=");
  await page.getByRole("combobox", { name: /Filter tags/ }).fill("film");
  await expect(panel(page, TONE)).toHaveCount(0);
  await expect(panel(page, "@video:val/film")).toBeVisible();
  await page.goto(`${await samples.path("media")}?hide=${SAMPLE},${TONE}`);
  await expect(page.getByText("2 panels hidden")).toBeVisible();
  await expect(panel(page, SAMPLE)).toHaveCount(0);
});

test("a panel whose tag no drawn run has is folded", async ({ page, samples }) => {
  const alpha = (await samples.runPath("media", "alpha")).split("/").at(-1);
  await open(page, `${await samples.path("media")}?sel=all~-${alpha}`);
  await expect(page.getByText("1 tag without data here")).toBeVisible();
  await expect(panel(page, "@image:rare/only")).toHaveCount(0);
});

test("an image is shown large, with its layers, and compared with another one; the link opens the same", async ({
  page,
  samples,
}) => {
  await open(page, await samples.path("media"));
  const sample = panel(page, SAMPLE);
  await pictured(sample);
  await expect(sample.locator("svg rect")).toHaveCount(3);
  await expect(sample.locator("canvas[data-mask=truth]")).toHaveCount(3);
  await sample.getByRole("button", { name: "Boxes", exact: true }).click();
  await expect(sample.locator("svg rect")).toHaveCount(0);
  await sample.getByRole("button", { name: /^gamma, image 1/ }).click();
  await expect(sample.getByText("24 × 24 px")).toBeVisible();
  await expect(sample.getByRole("link", { name: "Original", exact: true })).toHaveAttribute(
    "href",
    /^\/api\/v1\/blobs\//,
  );
  await sample.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(sample.getByText("24 × 24 px")).toHaveCount(2);
  await sample.getByRole("button", { name: "Difference", exact: true }).click();
  await expect(sample.getByText(/^Largest difference 40 of 255/)).toBeVisible();
  await sample.getByRole("slider", { name: "Brightness", exact: true }).fill("150");
  await expect.poll(() => query(page)).toMatch(/p\.@image:val\/sample=as:diff;br:150;off:boxes;see:/);
  await page.reload();
  await expect(sample.getByText(/^Largest difference 40 of 255/)).toBeVisible();
  await expect(sample.locator("img").first()).toHaveCSS("filter", "brightness(1.5) contrast(1)");
  await sample.getByRole("button", { name: /^gamma, image 1/ }).click();
  await expect(sample.getByText("These are the same, pixel for pixel")).toBeVisible();
  await sample.getByRole("button", { name: "All images", exact: true }).click();
  await expect(sample.getByText("24 × 24 px")).toHaveCount(0);
});

test("only one sound plays", async ({ page, samples }) => {
  await open(page, await samples.path("media"));
  const sounds = panel(page, TONE).locator("audio");
  await expect(sounds).toHaveCount(3);
  const paused = await sounds.evaluateAll(async (all) => {
    const media = all as HTMLAudioElement[];
    for (const sound of media) {
      Object.assign(sound, { muted: true, loop: true });
      await sound.play();
    }
    return media.map((sound) => sound.paused);
  });
  expect(paused).toEqual([true, true, false]);
});

test("sounds have waveforms on one scale, and a click or a key goes to a place in one", async ({ page, samples }) => {
  await open(page, await samples.path("media"));
  const tone = panel(page, TONE);
  await tone.locator("audio").last().scrollIntoViewIfNeeded(); // what is not in view is not decoded
  const waves = tone.getByRole("slider", { name: /^Waveform of/ });
  await expect(waves).toHaveCount(3);
  // gamma's is half as long as the others.
  const widths = await waves.evaluateAll((all) => all.map((el) => el.getBoundingClientRect().width));
  expect(widths[0]).toBeCloseTo(widths[1] / 2, 0);
  expect(widths[1]).toBe(widths[2]);
  // A tone of 0.4 fills four tenths of the height.
  const filled = await waves
    .nth(1)
    .locator("canvas")
    .evaluate((el) => {
      const { width, height } = el as HTMLCanvasElement;
      const { data } = (el as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
      const rows = new Set<number>();
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) rows.add(Math.floor(i / 4 / width));
      return rows.size / height;
    });
  expect(filled).toBeGreaterThan(0.35);
  expect(filled).toBeLessThan(0.5);
  const sound = tone.locator("audio").nth(1);
  const at = () => sound.evaluate((el) => Math.round((el as HTMLAudioElement).currentTime * 100) / 100);
  await waves.nth(1).click(); // in its middle
  await expect.poll(at).toBeCloseTo(0.25, 1);
  await waves.nth(1).focus();
  await page.keyboard.press("Home");
  await expect.poll(at).toBe(0);
  await page.keyboard.press("PageUp");
  await expect.poll(at).toBe(0.05);
  await page.keyboard.press("Space");
  await expect(waves.nth(1)).toHaveAttribute("aria-valuetext", "0.50 s of 0.50 s");
  await expect.poll(() => sound.evaluate((el) => (el as HTMLAudioElement).ended)).toBe(true);
});

test("a sound whose file is long has a player and no waveform", async ({ page, samples }) => {
  await page.route("**/api/v1/values:query", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll(/("type":"audio\/wav","bytes":)\d+/g, "$1999999999");
    await route.fulfill({ response: answer, body });
  });
  await open(page, await samples.path("media"));
  await expect(panel(page, TONE).locator("audio")).toHaveCount(3);
  await expect(panel(page, TONE).getByRole("slider", { name: /^Waveform of/ })).toHaveCount(0);
  await page.unrouteAll({ behavior: "ignoreErrors" }); // a request that is under way when the page closes
});

test("a new step and a new tag show by themselves; a pinned step stays", async ({ page, samples }) => {
  const run = await samples.liveMedia("media-live");
  try {
    await expect.poll(() => samples.path("media-live").catch(() => null), { timeout: 20_000 }).not.toBeNull();
    await page.goto(await samples.path("media-live"));
    const sample = panel(page, "@image:sample");
    await pictured(sample);
    await expect(rail(sample)).toHaveAttribute("aria-valuetext", "latest · 0");
    run.log();
    await expect(rail(sample)).toHaveAttribute("aria-valuetext", "latest · 100");
    await pictured(panel(page, "@image:late"));
    await rail(sample).focus();
    await page.keyboard.press("Home");
    await expect(page).toHaveURL(/at=0/);
    run.log();
    await expect(rail(sample)).toHaveAttribute("aria-valuemax", "2");
    await expect(page).toHaveURL(/at=0/);
    await sample.getByRole("button", { name: "The latest of each run", exact: true }).click();
    await expect(rail(sample)).toHaveAttribute("aria-valuetext", "latest · 200");
  } finally {
    await run.end();
  }
});

test("an image whose bytes are gone says so in the server's words, and is tried again", async ({ page, samples }) => {
  const problem = { type: "about:blank", title: "Not Found", status: 404, detail: "the blob is gone" };
  await page.route("**/api/v1/blobs/**", (route) =>
    route.fulfill({ status: 404, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await page.goto(`${await samples.path("media")}?t=rare/*`);
  const rare = panel(page, "@image:rare/only");
  await expect(rare.getByRole("alert")).toContainText("the blob is gone");
  await page.unroute("**/api/v1/blobs/**");
  await rare.getByRole("alert").getByRole("button").click();
  await pictured(rare);
});

test("a request that fails leaves the pictures and says of when they are", async ({ page, samples }) => {
  await open(page, await samples.path("media"));
  const sample = panel(page, SAMPLE);
  await pictured(sample);
  const problem = { type: "about:blank", title: "Out of order", status: 400, detail: "" };
  await page.route("**/api/v1/values:query", (route) =>
    route.fulfill({ status: 400, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await rail(sample).focus();
  await page.keyboard.press("Home");
  await expect(sample.getByText(/^as of .*Out of order/)).toBeVisible();
  await expect(sample.getByRole("button", { name: /, image \d/ })).toHaveCount(9);
  await page.unroute("**/api/v1/values:query");
  await page.keyboard.press("ArrowRight");
  await expect(captions(page).first()).toHaveText(/disc at \d+/);
  await expect(sample.getByText(/^as of/)).toHaveCount(0);
});

test("what nobody hopes for is shown as what it is", async ({ page, samples }) => {
  await samples.logMedia("odd", "odd");
  await page.goto(await samples.path("odd"));
  await expect(page.getByText("<script>window.pwned=1</script>")).toBeVisible();
  const wide = panel(page, "@image:wide");
  await pictured(wide);
  const box = (await wide.locator("img").boundingBox())!;
  expect(box.width).toBeLessThan(400);
  expect(box.height).toBeGreaterThan(40);
  const many = panel(page, "@image:many");
  await expect(many.getByText("images 1 to 4 of 40")).toBeVisible();
  await many.getByRole("button", { name: "Images after these", exact: true }).click();
  await expect(many.getByText("images 5 to 8 of 40")).toBeVisible();
  await expect.poll(() => query(page)).toContain("p.@image:many=i:4");
  await expect(many.locator("figcaption")).toContainText("4,611,686,018,427,387,905");
});

for (const width of [1440, 400]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`no accessibility violation at ${width} px, ${colorScheme}, and nothing is wider than the page`, async ({
      page,
      samples,
    }) => {
      test.setTimeout(180_000); // two screens are looked through whole
      const noViolations = async () => {
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
          .analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      };
      await page.setViewportSize({ width, height: 1000 });
      await page.emulateMedia({ colorScheme });
      await open(page, `${await samples.path("media")}?at=15000`);
      await pictured(panel(page, SAMPLE));
      await noViolations();
      const [alpha, beta] = await Promise.all(
        ["alpha", "beta"].map(async (run) => (await samples.runPath("media", run)).split("/").at(-1)),
      );
      await page.goto(`${await samples.path("media")}?full=${SAMPLE}&p.${SAMPLE}=see:${alpha}.0,${beta}.0`);
      await pictured(panel(page, SAMPLE));
      await expect(panel(page, SAMPLE).getByText("24 × 24 px")).toHaveCount(2);
      await noViolations();
    });
  }
}
