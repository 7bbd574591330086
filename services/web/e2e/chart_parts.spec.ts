// What one can show in a chart beside its lines: what rewinds took back, a second axis, names at the ends of lines.

import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { EventFile } from "./event_files";
import { colouredPixels, drag, drawn, expect, fingerprint, panel, settled, test } from "./fixtures";
import type { Samples } from "./samples";

const WALL = 1_763_974_800;

test("of more than a hundred rewinds it is said how many are not shown", async ({ page, samples }) => {
  const file = new EventFile(join(samples.directory("often-rewound"), "again"));
  file.restart(0, WALL);
  for (let k = 0; k < 105; k++) {
    if (k > 0) file.restart(10, WALL + 100 * k);
    const steps = Array.from({ length: k === 0 ? 15 : 5 }, (_, i) => (k === 0 ? i : 10 + i));
    file.write(steps.map((step) => ({ tag: "loss", step, wall: WALL + 100 * k + step, value: k })));
  }
  await samples.upload("often-rewound");
  await page.goto(`${await samples.path("often-rewound")}?rw=on`);
  await expect(panel(page, "loss").getByText("100 stretches rewound, 4 earlier not shown")).toBeVisible();
  await page.goto(await samples.runPath("often-rewound", "again"));
  await expect(page.getByRole("list", { name: "What happened", exact: true })).toContainText("rewound 4 times before");
});

/** A run that went back from step 300 to 150 and then did better. */
async function rewound(samples: Samples): Promise<string> {
  const file = new EventFile(join(samples.directory("rewound"), "again"));
  const line = (from: number, to: number, wall: number, value: (i: number) => number) =>
    Array.from({ length: to - from }, (_, k) => k + from).map((step) => ({
      tag: "loss",
      step,
      wall: wall + step,
      value: value(step),
    }));
  // As frameworks do: the first start of a file takes nothing of it back.
  file.restart(0, WALL);
  file.write(line(0, 300, WALL, (i) => i / 100));
  file.restart(150, WALL + 1000);
  file.write(line(150, 400, WALL + 1000, () => 1.5));
  await samples.upload("rewound");
  return samples.path("rewound");
}

test("R shows what a rewind took back, the address says so, and R hides it again", async ({ page, samples }) => {
  await page.goto(await rewound(samples));
  const chart = panel(page, "loss");
  await drawn(chart);
  const plain = await settled(chart);
  await page.keyboard.press("R");
  await expect(page).toHaveURL(/rw=on/);
  await expect(chart.getByText("1 stretch rewound")).toBeVisible();
  const shown = await settled(chart);
  expect(shown).not.toBe(plain);
  await page.reload();
  await expect(chart.getByText("1 stretch rewound")).toBeVisible();
  await expect.poll(() => fingerprint(chart)).toBe(shown);
  await page.keyboard.press("R");
  await expect(page).not.toHaveURL(/rw=/);
  await expect.poll(() => fingerprint(chart)).toBe(plain);
});

test("what a rewind took back of a series of more than 100,000 points is shown, zoomed and by another metric", async ({
  page,
  samples,
}) => {
  const file = new EventFile(join(samples.directory("long-rewound"), "again"));
  // What was taken back had a peak.
  const values = (step: number, late: boolean) => [
    { tag: "loss", value: late ? 1 : step > 90_000 && step < 91_000 ? 9 : 2 },
    { tag: "epoch", value: step / 1000 },
  ];
  const write = (from: number, to: number, wall: number, late: boolean) =>
    file.write(
      Array.from({ length: to - from }, (_, k) => k + from).flatMap((step) =>
        values(step, late).map((item) => ({ ...item, step, wall: wall + step })),
      ),
    );
  file.restart(0, WALL);
  write(0, 110_000, WALL, false);
  file.restart(60_000, WALL + 200_000);
  write(60_000, 120_000, WALL + 200_000, true);
  await samples.upload("long-rewound");
  const address = await samples.path("long-rewound");
  const chart = panel(page, "loss");
  for (const look of ["x=step", "x=step&xr=80000..100000", "x=m:epoch"]) {
    await page.goto(`${address}?yr=0..10&${look}`);
    await drawn(chart);
    expect(await colouredPixels(chart, 0.5)).toBe(0);
    await page.keyboard.press("R");
    await expect(chart.getByText("1 stretch rewound")).toBeVisible();
    await expect.poll(() => colouredPixels(chart, 0.5)).toBeGreaterThan(0);
  }
});

const query = (page: Page) => decodeURIComponent(new URL(page.url()).search);
const BOTH = "add.1=lines;y:train/loss,val/accuracy";
const both = (page: Page) =>
  page.locator("figure").filter({ has: page.getByRole("heading", { name: "train/loss, val/accuracy", exact: true }) });

/** How many pixels beside the plot, at its right, are darker than the card: the labels of an axis. */
const inkAtRight = (chart: Locator) =>
  chart
    .locator("canvas")
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const wide = Math.round(40 * devicePixelRatio);
      const { data } = canvas.getContext("2d")!.getImageData(canvas.width - wide, 0, wide, canvas.height * 0.9);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] < 190) count++;
      return count;
    });

test("one of two tags gets the axis at the right, in the address", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?${BOTH}`);
  await drawn(both(page));
  await settled(both(page));
  await both(page).getByRole("button", { name: "More about this chart", exact: true }).click({ force: true });
  await page.getByRole("combobox", { name: "Axis at the right", exact: true }).selectOption("val/accuracy");
  await expect.poll(() => query(page)).toContain("p.+1=y2:val/accuracy");
  await page.keyboard.press("Escape");
  await expect.poll(() => inkAtRight(both(page))).toBeGreaterThan(40);
  const shown = await settled(both(page));
  await page.reload();
  await expect.poll(() => fingerprint(both(page))).toBe(shown);
});

test("symlog's linear part is moved at the axis, by keys and by the pointer, and is in the address", async ({
  page,
  samples,
}) => {
  await page.goto(`${await samples.path("curves")}?y=symlog`);
  const chart = panel(page, "train/loss");
  await drawn(chart);
  const grip = chart.getByRole("slider", { name: /linear/i });
  await grip.focus();
  await page.keyboard.press("PageUp");
  await expect.poll(() => query(page)).toMatch(/p\.train\/loss=y:symlog:\d/);
  const before = query(page);
  const box = (await grip.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y - 30, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => query(page)).not.toBe(before);
  expect(query(page)).not.toContain("xr=");
});

test("in full screen lines have their names at their ends", async ({ page, samples }) => {
  await page.goto(`${await samples.path("curves")}?full=val/accuracy`);
  const names = panel(page, "val/accuracy").getByRole("list", { name: "Lines of this chart", exact: true });
  await expect(names.getByRole("listitem")).toHaveText(["alpha", "beta", "gamma"]);
  const tops = await names
    .getByRole("listitem")
    .evaluateAll((items) => items.map((i) => i.getBoundingClientRect().top));
  expect(tops[1] - tops[0]).toBeGreaterThanOrEqual(16);
  expect(tops[2] - tops[1]).toBeGreaterThanOrEqual(16);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

test("the mean over a brushed range is a column, in the address, over all points of the range", async ({
  page,
  samples,
}) => {
  await page.goto(`${await samples.path("curves")}?cols=m.val/accuracy.range&rg=3000..6000`);
  // Steps 3,000 to 6,000 are points 10 to 20 of sixty: 15 / 60 in the mean, for beta a tenth less.
  await expect(page.getByRole("row", { name: /alpha/ })).toContainText("0.25");
  await expect(page.getByRole("row", { name: /beta/ })).toContainText("0.15");
  const chart = panel(page, "val/accuracy");
  await drawn(chart);
  await page.goto(await samples.path("curves"));
  await drawn(chart);
  await page.keyboard.press("v");
  await drag(page, chart, 0.2, 0.6);
  await page.getByRole("button", { name: "Mean over this range as a column", exact: true }).click();
  await expect.poll(() => query(page)).toMatch(/rg=\d+\.\.\d+/);
  expect(query(page)).toContain("m.val/accuracy.range");
});

test("cells of a range that the server refuses say so, and why", async ({ page, samples }) => {
  const problem = { type: "about:blank", title: "Too much", detail: "ask in parts", status: 400 };
  await page.route("**/api/v1/series:query", (route) =>
    route.request().postData()?.includes('"columns":1}')
      ? route.fulfill({ status: 400, contentType: "application/problem+json", body: JSON.stringify(problem) })
      : route.continue(),
  );
  await page.goto(`${await samples.path("curves")}?cols=m.val/accuracy.range&rg=3000..6000`);
  const why = page
    .getByRole("row", { name: /alpha/ })
    .getByRole("img", { name: "could not be had: ask in parts", exact: true });
  await expect(why).toBeVisible();
  await expect(why).toHaveAttribute("title", "could not be had: ask in parts");
  const { violations } = await new AxeBuilder({ page }).include('[role="grid"]').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
