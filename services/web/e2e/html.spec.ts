// Pages of HTML that somebody logged: they are seen as their writers meant them, and can do nothing.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { hostilePage } from "./hostile";

const KINDS = "runs of all kinds";

async function openReport(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("searchbox", { name: "Find a file", exact: true }).fill("report");
  await page.getByRole("button", { name: /^step 1/ }).click();
}

test("a page is shown with its own style, its scripts run only when asked to, and its source is there", async ({
  page,
  samples,
}) => {
  await openReport(page, await samples.runPath(KINDS, "files", "files"));
  const frame = page.frameLocator("main iframe");
  await expect(frame.getByRole("heading", { name: "Report", exact: true })).toHaveCSS("color", "rgb(0, 128, 128)");
  await expect(frame.locator("body")).toHaveText("Report");
  await page.getByRole("button", { name: "Run scripts", exact: true }).click();
  await expect(frame.locator("body")).toContainText("ran");
  await page.getByRole("button", { name: "Stop scripts", exact: true }).click();
  await expect(frame.locator("body")).toHaveText("Report");
  await page.getByRole("button", { name: "Source", exact: true }).click();
  await expect(page.getByText("<h1>Report</h1>")).toBeVisible();
  await expect(page.locator("main iframe")).toHaveCount(0);
});

test("raw data leads from a value that is a file to the file", async ({ page, samples }) => {
  await page.goto(await samples.runPath(KINDS, "files", "data"));
  await page.getByRole("button", { name: /^report/ }).click();
  await page.getByRole("row", { name: /^100/ }).getByRole("link", { name: "Show the file", exact: true }).click();
  await expect(page.getByRole("heading", { name: "report-100.html", exact: true })).toBeVisible();
  await expect(page.frameLocator("main iframe").getByRole("heading", { name: "Report", exact: true })).toBeVisible();
});

test.describe("a hostile page", () => {
  test.use({ hostile: true });
  let elsewhere: Server;
  const asked: string[] = [];

  test.beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      asked.push(String(request.url));
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  });
  test.afterAll(() => new Promise((resolve) => elsewhere.close(resolve)));

  test("reaches neither the application nor any server, with scripts or without", async ({
    page,
    context,
    samples,
  }) => {
    const host = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    await samples.logPage("hostile page", hostilePage(host));
    const path = await samples.runPath("hostile page", "page", "files");
    await openReport(page, path);
    const address = page.url();
    const messages = await page.evaluateHandle(() => {
      const got: unknown[] = [];
      addEventListener("message", (event) => got.push(event.data));
      return got;
    });
    const frame = page.frameLocator("main iframe");
    await expect(frame.getByRole("heading", { name: "Hostile", exact: true })).toBeVisible();
    await expect(frame.getByText("Refused at once")).toHaveCount(0);
    for (const name of ["leave", "open"]) await frame.getByRole("link", { name }).click();
    await frame.getByRole("button", { name: "send", exact: true }).click();
    await frame.getByRole("button", { name: "move", exact: true }).click();
    await expect(frame.getByRole("heading", { name: "Hostile", exact: true })).toBeVisible();
    await frame.getByRole("link", { name: "stay", exact: true }).click();
    expect(await messages.jsonValue()).toEqual([]);

    await page.getByRole("button", { name: "Run scripts", exact: true }).click();
    await expect(frame.getByText(/Refused at once: parent title storage cookie/)).toBeVisible();
    await frame.getByRole("button", { name: "move", exact: true }).click();

    await page.getByRole("button", { name: "Source", exact: true }).click();
    await expect(page.getByText("navigator.sendBeacon")).toBeVisible();
    expect(page.url()).toBe(address);
    expect(await page.title()).toContain("page");
    expect(await context.cookies()).toEqual([]);
    expect(context.pages()).toHaveLength(1);
    expect(asked).toEqual([]);
  });
});
