// Acts on runs by keys alone: each is reached, done and taken back, and the focus is never lost and always shows.

import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { EventFile } from "./event_files";
import { drawn, expect, panel, test } from "./fixtures";
import { sharedSamples } from "./samples";

const NAMES = ["ant", "bee", "cat", "dog", "eel", "fox"];
let path = "";

test.beforeAll(async () => {
  const samples = sharedSamples();
  for (const [k, name] of NAMES.entries())
    new EventFile(join(samples.directory("no-mouse"), name)).curve("loss", 30, (i) => k + 1 / (1 + i));
  await samples.upload("no-mouse");
  path = await samples.path("no-mouse");
});

const row = (page: Page, name: string) =>
  page.getByRole("grid", { name: "Runs", exact: true }).getByRole("row", { name });
const bar = (page: Page) => page.getByRole("toolbar", { name: "Chosen runs", exact: true });

/** Tab, or ⇧Tab where it stands before, until this has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const BEFORE = 2; // Node.DOCUMENT_POSITION_PRECEDING
  const place = await target.evaluate((el) => document.activeElement!.compareDocumentPosition(el));
  for (let i = 0; i < 40; i++) {
    if (await target.evaluate((el) => el === document.activeElement)) return;
    await page.keyboard.press(place & BEFORE ? "Shift+Tab" : "Tab");
  }
  throw new Error(`${target} is not in the order of Tab`);
}

async function chooseTwo(page: Page): Promise<void> {
  await page.goto(`${path}?sort=name`);
  await expect(row(page, "fox")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(bar(page).getByText("2 chosen")).toBeVisible();
}

async function act(page: Page, name: string): Promise<void> {
  await tabTo(page, bar(page).getByRole("button", { name }));
  await page.keyboard.press("Enter");
}

const undone = (page: Page) => expect(page.getByText("Taken back")).toBeVisible();

test("chosen runs are renamed, labelled and moved by keys, and taken back", async ({ page }) => {
  await chooseTwo(page);
  await act(page, "Rename");
  await expect(page.getByRole("textbox", { name: /^Replace/ })).toBeFocused();
  await page.keyboard.type("^(.*)$");
  await page.keyboard.press("Tab");
  await page.keyboard.type("old \\1");
  await page.keyboard.press("Enter");
  await expect(row(page, "old ant")).toBeVisible();
  await expect(bar(page).getByRole("button", { name: "Rename", exact: true })).toBeFocused();
  await page.keyboard.press("u");
  await undone(page);
  await expect(row(page, "old ant")).toHaveCount(0);
  await act(page, "Label");
  await page.keyboard.type("team");
  await page.keyboard.press("Tab");
  await page.keyboard.type("vision");
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 runs labelled")).toBeVisible();
  await expect(bar(page).getByRole("button", { name: "Label", exact: true })).toBeFocused();
  await page.keyboard.press("u");
  await undone(page);
  await act(page, "Move");
  await page.keyboard.type(`${sharedSamples().prefix}/no-mouse-moved`);
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 runs moved")).toBeVisible();
  await expect(row(page, "ant")).toHaveCount(0);
  await page.keyboard.press("u");
  await expect(row(page, "ant")).toBeVisible();
  await expect(page.locator(":focus")).toBeVisible();
});

for (const [name, key] of [
  ["Archive", "u"],
  ["Delete", "the button"],
] as const) {
  test(`after "${name}" the focus is on the row that came to the place, and ${key} brings the runs back`, async ({
    page,
  }) => {
    await chooseTwo(page);
    await act(page, name);
    await expect(row(page, "ant")).toHaveCount(0);
    await expect(row(page, "bee")).toHaveCount(0);
    // "bee", the second, was the last one with the focus.
    await expect(row(page, "dog")).toBeFocused();
    if (key === "u") await page.keyboard.press("u");
    else {
      await tabTo(page, page.getByRole("button", { name: /^Undo/ }));
      await page.keyboard.press("Enter");
    }
    await expect(row(page, "bee")).toBeVisible();
    // Where it was before the button, or where it has been all the time.
    await expect(page.locator("#main :focus")).toBeVisible();
  });
}

test("the menu of a run and of a group is opened, used and left by keys", async ({ page }) => {
  await page.goto(`${path}?sort=name`);
  await expect(row(page, "fox")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Delete", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row(page, "bee")).toHaveCount(0);
  await expect(row(page, "cat")).toBeFocused();
  await page.keyboard.press("u");
  await expect(row(page, "bee")).toBeVisible();
  await expect(row(page, "cat")).toBeFocused();
  await page.goto(`${path}?g=status`);
  const group = page.locator("[data-group]");
  await expect(group).toHaveCount(1);
  await page.keyboard.press("j");
  await expect(group).toBeFocused();
  await page.keyboard.press("Shift+F10");
  await expect(page.getByText(`Of all ${NAMES.length} members`)).toBeVisible();
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(group).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(row(page, "ant")).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(row(page, "ant")).toHaveCount(0);
  await page.keyboard.press("g");
  await expect(page.getByRole("dialog", { name: "Group by", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(group).toBeFocused();
});

test("zoom, way back, move and brush are at the pins of a chart", async ({ page }) => {
  await page.goto(path);
  const chart = panel(page, "loss");
  await drawn(chart);
  await chart.focus();
  const range = async () => {
    const [from, to] = (new URL(page.url()).searchParams.get("xr") ?? "0..29").split("..").map(Number);
    return [from, to];
  };
  await page.keyboard.press("+");
  await expect.poll(range).toEqual([8, 21]);
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(async () => (await range())[0]).toBeGreaterThan(8);
  await page.keyboard.press("z");
  await expect.poll(range).toEqual([8, 21]);
  await page.keyboard.press("-");
  await expect.poll(async () => (await range())[1]).toBeGreaterThan(21);
  await page.keyboard.press("0");
  await expect(page).not.toHaveURL(/xr=/);
  // Two pins: at the last step and two before.
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/at=29/);
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/at=28/);
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/at=27/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/at=27,29/);
  await page.keyboard.press("v");
  const passing = page.getByRole("button", { name: /6 runs pass/ });
  await expect(passing).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(passing).toHaveCount(0);
  await expect(chart).toBeFocused();
  await page.keyboard.press("+");
  await expect.poll(range).toEqual([27, 29]);
  await page.keyboard.press("z");
  await expect(page).not.toHaveURL(/xr=/);
  // Without pins v is the brush of a drag, and Escape ends it.
  await page.keyboard.press("Escape");
  await page.keyboard.press("v");
  const brushing = page.getByRole("button", { name: "Brush a box", exact: true });
  await expect(brushing).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(brushing).toHaveCount(0);
});

test("t filters tags by keys, and completes them", async ({ page }) => {
  await page.goto(path);
  await drawn(panel(page, "loss"));
  await page.keyboard.press("t");
  const tags = page.getByRole("combobox", { name: /tags/i });
  await expect(tags).toBeFocused();
  await page.keyboard.type("lo");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { name: "loss", exact: true })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/t=loss/);
  await page.keyboard.press("Escape");
  await expect(tags).toHaveValue("");
  await expect(page).not.toHaveURL(/[?&]t=/);
});

test("on a run's page labels, the note and the run itself are changed by keys, and the focus stays near", async ({
  page,
}) => {
  await page.goto(`${path}?sort=name`);
  await expect(row(page, "fox")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "ant", exact: true })).toBeVisible();
  await expect(page.locator("#main")).toBeFocused();
  const more = page.getByRole("button", { name: "More about this run", exact: true }).first();
  await tabTo(page, page.getByRole("button", { name: "Add a label", exact: true }));
  await page.keyboard.press("Enter");
  await page.keyboard.type("team");
  await page.keyboard.press("Tab");
  await page.keyboard.type("vision");
  await page.keyboard.press("Enter");
  const remove = page.getByRole("button", { name: /label team|team.*label/i });
  await expect(remove).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a label", exact: true })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(remove).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(remove).toHaveCount(0);
  await expect(page.locator("header button:focus")).toHaveCount(1);
  await page.keyboard.press("u");
  await expect(remove).toBeVisible();
  await tabTo(page, page.getByRole("button", { name: "Write", exact: true }));
  await page.keyboard.press("Enter");
  await page.keyboard.type("short");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toBeFocused();
  await page.keyboard.press("u");
  await expect(page.getByRole("button", { name: "Write", exact: true })).toBeVisible();
  await more.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Delete", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/e\//);
  await expect(row(page, "bee")).toBeVisible();
  await expect(page.locator("main:focus, main :focus")).toHaveCount(1);
  await page.keyboard.press("u");
  await expect(row(page, "ant")).toBeVisible();
});

for (const [what, address] of [
  ["the workspace", () => path],
  ["the workspace with groups", () => `${path}?g=status`],
  ["a run's page", () => sharedSamples().runPath("runs", "better")],
] as const) {
  test(`every stop of Tab on ${what} is in view and shows its focus`, async ({ page }) => {
    await page.goto(await address());
    await expect(page.locator("main canvas").first()).toBeVisible();
    const wrong: string[] = [];
    let stops = 0;
    for (; stops < 120; stops++) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(lookAtFocus);
      if (seen === null) break;
      if (!seen.good) wrong.push(seen.what);
    }
    expect(stops).toBeGreaterThan(20);
    expect(stops).toBeLessThan(120);
    expect(wrong).toEqual([]);
  });
}

/** What has the focus, and whether that can be seen; null: nothing has it. */
function lookAtFocus(): { what: string; good: boolean } | null {
  const el = document.activeElement;
  if (!(el instanceof HTMLElement) || el === document.body) return null;
  const box = el.getBoundingClientRect();
  const ring = ({ outlineStyle, outlineWidth, boxShadow }: CSSStyleDeclaration) =>
    (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) || boxShadow.includes("0px 0px 0px");
  const shows = (at: Element) => ring(getComputedStyle(at)) || ring(getComputedStyle(at, "::after"));
  // A field's frame may be its parent's.
  const framed = shows(el) || shows(el.parentElement!) || shows(el.parentElement!.parentElement!);
  const inView = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { what: el.outerHTML.slice(0, 160), good: framed && inView };
}
