// Films as encoders make them, an MP4 with H.264 and two WebMs, and that they go as one. The browser itself records them.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, panel, test } from "./fixtures";

const FILM = "@video:film";

/** A few pictures of a moving square. */
async function record(page: Page, type: string, pictures: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([type, pictures]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 128, height: 96 });
      const context = canvas.getContext("2d")!;
      const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: type });
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      const ended = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.start();
      for (let i = 0; i < pictures; i++) {
        context.fillStyle = "#124";
        context.fillRect(0, 0, 128, 96);
        context.fillStyle = "#fa3";
        context.fillRect(i * 2, 40, 16, 16);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      recorder.stop();
      await ended;
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
    [type, pictures] as const,
  );
  return Buffer.from(base64, "base64");
}

const films = (of: Locator) => of.locator("video");

const stateOf = (of: Locator) =>
  films(of).evaluateAll((all) =>
    (all as HTMLVideoElement[]).map(({ currentTime, duration, ended, error, paused, playbackRate, videoWidth }) => {
      return { at: currentTime, duration, ended, failed: error !== null, paused, playbackRate, videoWidth };
    }),
  );

/** What a hand does to one of the films. */
const does = (of: Locator, i: number, act: "play" | "pause" | { to: number }) =>
  films(of)
    .nth(i)
    .evaluate((el, act) => {
      const film = el as HTMLVideoElement;
      if (act === "play") return film.play();
      if (act === "pause") return film.pause();
      film.currentTime = act.to;
      return undefined;
    }, act);

test("an MP4 and WebMs are decoded, and films of a panel play, rest and go to a place together", async ({
  page,
  samples,
}) => {
  await page.goto("/");
  await samples.logFilms("films", [
    { name: "a.mp4", bytes: await record(page, "video/mp4;codecs=avc1.42E01E", 110) },
    { name: "b.webm", bytes: await record(page, "video/webm;codecs=vp8", 110) },
    { name: "c.webm", bytes: await record(page, "video/webm;codecs=vp9", 45) },
  ]);
  const of = panel(page, FILM);
  await page.goto(await samples.path("films"));
  await expect(films(of)).toHaveCount(3);
  // The last run is the first: c, b, a.
  await expect.poll(async () => (await stateOf(of)).map(({ videoWidth }) => videoWidth)).toEqual([128, 128, 128]);
  await does(of, 1, { to: 1.5 });
  await expect
    .poll(async () => (await stateOf(of)).map(({ at, duration }) => at === Math.min(1.5, duration)))
    .toEqual([true, true, true]);
  await does(of, 1, { to: 0 });
  await expect.poll(async () => (await stateOf(of)).map(({ at }) => at)).toEqual([0, 0, 0]);
  await does(of, 2, "play");
  await expect.poll(async () => (await stateOf(of)).map(({ paused }) => paused)).toEqual([false, false, false]);
  await does(of, 1, "pause");
  await expect.poll(async () => (await stateOf(of)).map(({ paused }) => paused)).toEqual([true, true, true]);
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  await films(of).nth(1).focus();
  await page.keyboard.press("Space");
  // The short one waits at its end while the others go on to theirs.
  await expect.poll(async () => (await stateOf(of)).map(({ ended }) => ended)).toEqual([true, true, true]);
  expect((await stateOf(of)).some(({ failed }) => failed)).toBe(false);
});
