// Images that are enlarged: zoom and pan, the same for all that are shown together, the values of their pixels, and the wipe.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, panel, test } from "./fixtures";
import type { Samples } from "./samples";

const SAMPLE = "@image:val/sample";

const query = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const frames = (of: Locator) => of.getByRole("region", { name: /^Enlarged/ });
const divider = (of: Locator) => of.getByRole("slider", { name: "Divider between the two images", exact: true });

/** The first images of alpha and beta, large. */
async function open(page: Page, samples: Samples, set = ""): Promise<Locator> {
  await samples.logMedia("media");
  const [alpha, beta] = await Promise.all(
    ["alpha", "beta"].map(async (run) => (await samples.runPath("media", run)).split("/").at(-1)),
  );
  const own = encodeURIComponent(`${set}see:${alpha}.0,${beta}.0`);
  await page.goto(`${await samples.path("media")}?full=${SAMPLE}&p.${SAMPLE}=${own}`);
  const sample = panel(page, SAMPLE);
  await expect(sample.getByText("24 × 24 px")).toHaveCount(set.includes("flicker") ? 1 : 2);
  await expect
    .poll(() =>
      frames(sample)
        .locator("img")
        .evaluateAll((all) => all.every((el) => (el as HTMLImageElement).naturalWidth > 0)),
    )
    .toBe(true);
  return sample;
}

/** How large each picture is on the page, and where it stands in its frame. */
const laid = (of: Locator) =>
  frames(of)
    .locator("img")
    .evaluateAll((all) =>
      all.map((el) => {
        const [box, frame] = [el.getBoundingClientRect(), el.closest("section")!.getBoundingClientRect()];
        return [box.width, box.left - frame.left, box.top - frame.top].map(Math.round).join(" ");
      }),
    );

async function middle(of: Locator): Promise<{ x: number; y: number }> {
  const box = (await of.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test("a wheel zooms both images about the pointer, a drag moves both, and the link opens the same", async ({
  page,
  samples,
}) => {
  const sample = await open(page, samples);
  const whole = await laid(sample);
  expect(whole[0]).toBe(whole[1]);
  const { x, y } = await middle(frames(sample).first());
  await page.mouse.move(x, y);
  // The picture's 24 × 24 pixels, halves of a disc's: the one at the middle.
  await expect(sample.getByText("x 12, y 12 · R 240 G 200 B 60")).toBeVisible();
  await expect(sample.getByText("x 12, y 12 · R 240 G 160 B 60")).toBeVisible();
  await page.mouse.wheel(0, -400);
  await expect.poll(() => laid(sample)).not.toEqual(whole);
  await expect(sample.getByText(/^x 12, y 12/)).toHaveCount(2);
  const zoomed = await laid(sample);
  expect(zoomed[0]).toBe(zoomed[1]);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 40, { steps: 3 });
  await page.mouse.up();
  const moved = await laid(sample);
  expect(moved[0]).toBe(moved[1]);
  expect(moved).not.toEqual(zoomed);
  await expect.poll(() => query(page)).toMatch(/zoom:"?2\.\d+,0\.\d+,0\.\d+/);
  await page.reload();
  await expect.poll(() => laid(sample)).toEqual(moved);
  await sample.getByRole("button", { name: "Fit (0)", exact: true }).click();
  await expect.poll(() => laid(sample)).toEqual(whole);
  await expect.poll(() => query(page)).not.toContain("zoom");
});

test("keys zoom, move and fit; an arrow that moves nothing goes on to the next panel", async ({ page, samples }) => {
  const sample = await open(page, samples);
  const whole = await laid(sample);
  await frames(sample).first().focus();
  await page.keyboard.press("+");
  await expect(page.locator("[data-announcer]")).toHaveText(/^\d+ %$/);
  await expect(sample.getByText(/^x 12, y 12/)).toHaveCount(2);
  const zoomed = await laid(sample);
  expect(zoomed).not.toEqual(whole);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => laid(sample)).not.toEqual(zoomed);
  await expect(sample.getByText(/^x 12, y 1[34]/)).toHaveCount(2);
  await page.keyboard.press("0");
  await expect.poll(() => laid(sample)).toEqual(whole);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => query(page)).not.toContain(`full=${SAMPLE}`);
});

test("two fingers zoom", async ({ page, samples }) => {
  const sample = await open(page, samples);
  const whole = await laid(sample);
  const { x, y } = await middle(frames(sample).first());
  const cdp = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
    cdp.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [-apart, apart].map((by, id) => ({ x: x + by, y, id })),
    });
  await touch("touchStart", 40);
  await touch("touchMove", 60);
  await touch("touchMove", 80);
  await touch("touchEnd", 0);
  await expect.poll(() => query(page)).toMatch(/zoom:"?(1\.9|2)/);
  expect(await laid(sample)).not.toEqual(whole);
});

test("pixels are squares above twice their size, and smooth below", async ({ page, samples }) => {
  const sample = await open(page, samples, "size:actual;");
  const image = frames(sample).locator("img").first();
  await expect(image).toHaveCSS("width", "24px");
  await expect(image).toHaveCSS("image-rendering", "auto");
  await frames(sample).first().focus();
  await page.keyboard.press("+");
  await expect(image).toHaveCSS("image-rendering", "auto");
  await page.keyboard.press("+");
  await expect(image).toHaveCSS("image-rendering", "pixelated");
});

test("the divider of a wipe is dragged, and moved by keys; the link opens the same", async ({ page, samples }) => {
  const sample = await open(page, samples);
  await sample.getByRole("button", { name: "Wipe", exact: true }).click();
  await expect(frames(sample)).toHaveCount(1);
  await expect(divider(sample)).toHaveAttribute("aria-valuenow", "50");
  const frame = (await frames(sample).boundingBox())!;
  const colourAt = async (part: number) => {
    const { x, y } = await middle(frames(sample));
    const shot = await page.screenshot({ clip: { x: x + part * 30, y, width: 1, height: 1 } });
    return shot.toString("base64");
  };
  const [left, right] = [await colourAt(-1), await colourAt(1)];
  expect(left).not.toBe(right);
  const from = await middle(divider(sample));
  await page.mouse.move(from.x, from.y + 60);
  await page.mouse.down();
  await page.mouse.move(frame.x + frame.width * 0.8, from.y + 60, { steps: 3 });
  await page.mouse.up();
  await expect(divider(sample)).toHaveAttribute("aria-valuenow", "80");
  expect([await colourAt(-1), await colourAt(1)]).toEqual([left, left]);
  await divider(sample).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(divider(sample)).toHaveAttribute("aria-valuenow", "78");
  await page.keyboard.press("Home");
  await expect(divider(sample)).toHaveAttribute("aria-valuenow", "0");
  expect([await colourAt(-1), await colourAt(1)]).toEqual([right, right]);
  await expect.poll(() => query(page)).toMatch(/as:wipe.*wipe:0/);
  await page.reload();
  await expect(divider(sample)).toHaveAttribute("aria-valuenow", "0");
});

test("of images that flicker both pixels are told", async ({ page, samples }) => {
  const sample = await open(page, samples, "as:flicker;");
  const { x, y } = await middle(frames(sample));
  await page.mouse.move(x, y);
  await expect(sample.getByText(/^x 12, y 12/)).toHaveCount(2);
  await expect(frames(sample)).toHaveCount(1);
});

test("classes of masks have a legend, are hidden by keyboard, and are told under the pointer", async ({
  page,
  samples,
}) => {
  const sample = await open(page, samples);
  const legend = sample.getByRole("group", { name: "Classes of the masks", exact: true });
  await expect(legend.getByRole("button")).toHaveText(["upper", "lower"]);
  const mask = frames(sample).first().locator("canvas[data-mask=truth]");
  /** How clear the mask is above the middle and below it. */
  const alphas = () =>
    mask.evaluate((el) => {
      const context = (el as HTMLCanvasElement).getContext("2d")!;
      return [9, 15].map((y) => context.getImageData(12, y, 1, 1).data[3]);
    });
  await expect.poll(alphas).toEqual([255, 255]);
  await legend.getByRole("button", { name: "upper", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(alphas).toEqual([0, 255]);
  await expect(legend.getByRole("button", { name: "upper", exact: true })).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => query(page)).toContain("class 1 truth");
  await page.reload();
  await expect.poll(alphas).toEqual([0, 255]);
  await legend.getByRole("button", { name: "upper", exact: true }).click();
  await expect.poll(alphas).toEqual([255, 255]);
  const { x, y } = await middle(frames(sample).first());
  await page.mouse.move(x, y + 20);
  await expect(sample.getByText(/^x 12, y 12 .* · truth: lower$/)).toHaveCount(2);
  await page.mouse.move(x, y - 20);
  await expect(sample.getByText(/^x 12, y 11 .* · truth: upper$/)).toHaveCount(2);
  await sample.getByRole("button", { name: "truth", exact: true }).click();
  await expect(legend).toHaveCount(0);
  const bare = await middle(frames(sample).first()); // without its legend the panel has more place
  await page.mouse.move(bare.x, bare.y + 20);
  await expect(sample.getByText(/^x 12, y 12 .* B 60$/)).toHaveCount(2);
});

for (const width of [1440, 400])
  for (const colorScheme of ["light", "dark"] as const)
    test(`no accessibility violation in a wipe at ${width} px, ${colorScheme}`, async ({ page, samples }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const sample = await open(page, samples, "as:wipe;zoom:2,0.5,0.5;");
      await frames(sample).focus();
      await page.keyboard.press("+");
      await expect(sample.getByText(/^x 12, y 12/)).toHaveCount(2);
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });
