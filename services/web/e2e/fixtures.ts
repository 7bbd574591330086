// What every browser test has: a page on which any violation of the content security policy, any page error and any request
// to another origin fails the test, unless the test shows what tries such; and eyes for canvases.

import { test as base, expect, type Locator, type Page, type Request } from "@playwright/test";
import { type Samples, sharedSamples } from "./samples";

/** What a page has asked for and has no answer to; a stream of events never has its whole. */
const unanswered = new WeakMap<Page, Set<Request>>();

function follow(page: Page): void {
  const open = new Set<Request>();
  unanswered.set(page, open);
  page.on("request", (request) => {
    if (request.isNavigationRequest()) open.clear(); // a worker that ends with its page tells of nothing
    if (new URL(request.url()).pathname.startsWith("/api/") && request.resourceType() !== "eventsource")
      open.add(request);
  });
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
}

export const test = base.extend<{ samples: Samples; hostile: boolean; strict: undefined }>({
  hostile: [false, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
  samples: async ({}, use) => use(sharedSamples()),
  strict: [
    async ({ page, baseURL, hostile }, use) => {
      follow(page);
      const wrongs: string[] = [];
      const origin = new URL(baseURL ?? "http://127.0.0.1").origin;
      page.on("pageerror", (error) => wrongs.push(`page error: ${error.message}`));
      page.on("request", (request) => {
        if (!/^(blob|data|about):/.test(request.url()) && new URL(request.url()).origin !== origin)
          wrongs.push(`outside request: ${request.url()}`);
      });
      page.on("console", (message) => {
        if (message.type() === "error" && /Content Security Policy|TrustedScript|TrustedHTML/i.test(message.text()))
          wrongs.push(message.text());
      });
      await use(undefined);
      if (!hostile) expect(wrongs).toEqual([]);
      expect(await page.evaluate(() => "pwned" in window)).toBe(false);
    },
    { auto: true },
  ],
});

export { expect };

export const panel = (page: Page, tag: string): Locator => page.locator(`figure[data-panel=${JSON.stringify(tag)}]`);

/** How many pixels of the upper `part` of a chart's plot area are coloured, that is, drawn by a run: grids and text are grey. */
export function colouredPixels(chart: Locator, part = 1): Promise<number> {
  return chart
    .locator("canvas")
    .first()
    .evaluate((element, upper) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, Math.floor(canvas.height * upper));
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 24) count++;
      return count;
    }, part);
}

/** The picture as a number that changes with any pixel. */
export function fingerprint(chart: Locator): Promise<number> {
  return chart
    .locator("canvas")
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let hash = 0x811c9dc5;
      for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
      return hash;
    });
}

export async function drawn(chart: Locator): Promise<void> {
  await expect.poll(() => colouredPixels(chart)).toBeGreaterThan(100);
}

/** Until the picture has stayed the same for three looks while the page waited for no answer. */
export async function settled(chart: Locator): Promise<number> {
  let last = -1;
  let same = 0;
  await expect
    .poll(async () => {
      const waits = (unanswered.get(chart.page())?.size ?? 0) > 0;
      const now = await fingerprint(chart);
      same = now === last && !waits ? same + 1 : 0;
      last = now;
      return same;
    })
    .toBeGreaterThanOrEqual(3);
  return last;
}

/** Drags over the plot from one part of its width to another. */
export async function drag(page: Page, chart: Locator, from: number, to: number): Promise<void> {
  const box = (await chart.locator("canvas").last().boundingBox())!;
  const x = (part: number) => box.x + 46 + part * (box.width - 56);
  const y = box.y + box.height / 2;
  await page.mouse.move(x(from), y);
  await page.mouse.down();
  await page.mouse.move(x((from + to) / 2), y);
  await page.mouse.move(x(to), y);
  await page.mouse.up();
}

/** Until the focus is there: by Tab, and not far away. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < 12; i++) {
    if (await target.evaluate((el) => el === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("it is not in the order of Tab");
}
