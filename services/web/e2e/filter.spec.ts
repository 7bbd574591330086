// The filter as hostile and as hurried hands use it: any text, an input method, undo, the keys of a combobox.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { Samples } from "./samples";

const filter = (page: Page) => page.getByRole("combobox", { name: "Filter runs", exact: true });
const option = (page: Page, name: string | RegExp) => page.getByRole("option", { name });
const runs = (page: Page) => page.locator("[data-run]");

async function open(page: Page, samples: Samples): Promise<void> {
  await page.goto(await samples.path("runs"));
  await expect(runs(page)).toHaveCount(3);
  await page.keyboard.press("/");
  await expect(filter(page)).toBeFocused();
}

/** The list stands at what the caret is in. */
async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await expect(filter(page)).toHaveValue(new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`));
}

test("what is painted stands under what is typed, whatever it is", async ({ page, samples }) => {
  await open(page, samples);
  const widths = () =>
    filter(page).evaluate((input) => [input.scrollWidth, input.parentElement!.firstElementChild!.scrollWidth]);
  for (const piece of [
    "name != 'x' ",
    "é💥 ~ ",
    "👨‍👩‍👧‍👦🏳️‍🌈 = ",
    "params.שלום = 'مرحبا' ",
    "e\u0301o\u0308 ",
    "名前 = '東京' ",
    "a\tb\u202ec ",
  ]) {
    // Condition, and more than fits.
    const text = `params.a = 1 and ${piece.repeat(80)}`;
    await filter(page).fill(text);
    await expect(filter(page)).toHaveValue(text);
    await expect
      .poll(async () => {
        const [typed, painted] = await widths();
        return typed > 1000 ? Math.abs(typed - painted) : typed;
      }, piece)
      .toBeLessThanOrEqual(4); // Each of hundreds of pieces is rounded to 1/64 px.
  }
});

test("a mistake behind wide characters is underlined where it is", async ({ page, samples }) => {
  await open(page, samples);
  await page.keyboard.insertText('labels.team = "👨‍👩‍👧 שלום é" and params.lr ? 1');
  await page.keyboard.press("Enter");
  await expect(filter(page)).toHaveAttribute("aria-invalid", "true");
  const bad = filter(page).locator("xpath=preceding-sibling::div/span[contains(@class, 'bad')]");
  await expect(bad).toHaveText(["?"]);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("params.lr = 💥");
  await page.keyboard.press("Enter");
  await expect(bad).toHaveText(["💥"]);
});

test("lines that are pasted become one, and a filter beyond the limit says so and is kept", async ({
  page,
  samples,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, samples);
  await page.evaluate(() => navigator.clipboard.writeText("params.epochs > 0\r\nand\nname ~ 'b'"));
  await page.keyboard.press("ControlOrMeta+v");
  await expect(filter(page)).toHaveValue("params.epochs > 0 and name ~ 'b'");
  await expect(runs(page)).toHaveCount(2);
  const long = `name in (${Array.from({ length: 900 }, (_, i) => `"run ${i} 💥"`).join(", ")})`;
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(long);
  await page.keyboard.press("Enter");
  await expect(filter(page)).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/8,192|8192/)).toBeVisible();
  await expect(runs(page)).toHaveCount(2);
  await expect(filter(page)).toHaveValue(long);
  await page.goto(`${await samples.path("runs")}?q=${encodeURIComponent("name ~ 'a'\nand name ~ 'b'")}`);
  await expect(filter(page)).toHaveValue("name ~ 'a' and name ~ 'b'");
  await expect(runs(page)).toHaveCount(1);
});

test("undo takes back what was completed and what was cleared, and redo does it again", async ({ page, samples }) => {
  await open(page, samples);
  await type(page, "params.model");
  await expect(option(page, /params\.model\.arch/)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(filter(page)).toHaveValue("params.model.arch ");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(filter(page)).toHaveValue("params.model");
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(filter(page)).toHaveValue("params.model.arch ");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(filter(page)).toHaveValue("");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(filter(page)).toHaveValue("params.model.arch ");
  await page.getByRole("button", { name: "Clear the filter", exact: true }).click();
  await expect(filter(page)).toBeFocused();
  await expect(filter(page)).toHaveValue("");
});

test("an input method's keys are its own, and what it composes is searched when it is a word", async ({
  page,
  samples,
}) => {
  await open(page, samples);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { text: "be", selectionStart: 2, selectionEnd: 2 });
  await expect(filter(page)).toHaveValue("be");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(filter(page)).toHaveValue("be");
  expect(new URL(page.url()).searchParams.has("q")).toBe(false);
  await page.keyboard.insertText("better");
  await expect(filter(page)).toHaveValue("better");
  await expect(runs(page)).toHaveCount(1);
  await expect(page).toHaveURL(/q=better/);
});

test("the keys of a combobox: open, choose, take, close, leave", async ({ page, samples }) => {
  await open(page, samples);
  const chosen = async () => {
    const id = await filter(page).getAttribute("aria-activedescendant");
    return id === null ? null : page.locator(`[id="${id}"][role="option"][aria-selected="true"]`).textContent();
  };
  await type(page, "params.model.arch ");
  await expect(option(page, /^= /)).toBeVisible();
  await expect(filter(page)).toHaveAttribute("aria-expanded", "true");
  const list = page.locator(`[id="${await filter(page).getAttribute("aria-controls")}"]`);
  await expect(list).toHaveRole("listbox");
  expect(await chosen()).toBeNull();
  await page.keyboard.press("Escape");
  await expect(filter(page)).toHaveAttribute("aria-expanded", "false");
  await expect(filter(page)).toHaveValue("params.model.arch ");
  await page.keyboard.press("ArrowDown");
  await expect(option(page, /^= /)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect.poll(chosen).toMatch(/^=/);
  await page.keyboard.press("ArrowUp");
  await expect.poll(chosen).toBeNull();
  await page.keyboard.press("ArrowUp");
  await expect.poll(chosen).toMatch(/^in/);
  // What is typed of an operator and of a joining word is completed by it.
  await type(page, "con");
  await expect(list.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Tab");
  await type(page, '"a" o');
  await expect(option(page, /^or/)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(filter(page)).toHaveValue('params.model.arch contains "a" or ');
  // A value that is finished is left as it is.
  await type(page, 'params.model.arch = "large"');
  await expect(option(page, /"large"/)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(filter(page)).not.toBeFocused();
  await expect(filter(page)).toHaveValue('params.model.arch contains "a" or params.model.arch = "large"');
});

test("text that is dropped or pasted by the pointer has its list at the caret", async ({ page, samples }) => {
  await open(page, samples);
  await type(page, "na");
  await expect(option(page, /^name/)).toBeVisible();
  // No key goes with it.
  await page.evaluate(() => document.execCommand("insertText", false, "me ~ 'b' and params.ep"));
  await option(page, /params\.epochs/).click();
  await expect(filter(page)).toHaveValue("name ~ 'b' and params.epochs ");
  await expect(filter(page)).toBeFocused();
});

test("at 400 px the list stays in the window, and all of it is accessible", async ({ page, samples }) => {
  await page.setViewportSize({ width: 400, height: 800 });
  await page.goto(await samples.path("runs"));
  await filter(page).click();
  await type(page, "params.");
  await expect(option(page, /params\.epochs/)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  const box = (await page.getByRole("listbox").boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(400);
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
});
