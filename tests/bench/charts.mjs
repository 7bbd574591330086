// How fast charts answer, in the page's own clock. node charts.mjs URL CHROMIUM WEB_FOLDER WHAT [SECONDS]; WHAT is
//   redraw  {"milliseconds": […]}: a step of smoothing → the last of the charts in the window has its new picture
//   hover   {"milliseconds": […]}: the pointer's move → the tooltip has changed
//   task    {"milliseconds": n}: the longest task of the main thread in so many seconds
//   pixel   {"seen": {step: ms}}: Date.now() when each step of a rising curve was first drawn, in so many seconds
import { measure } from './chromium.mjs';

const [url, executablePath, web, what, seconds] = process.argv.slice(2);
const TIMES = 9;
const CHARTS = 12;

/** In the page before its own scripts: the times at which charts got new pictures. */
function watch() {
  window.pictures = [];
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (image, ...place) {
    if (image instanceof ImageBitmap) window.pictures.push(performance.now());
    return draw.call(this, image, ...place);
  };
  window.quiet = async (milliseconds) => {
    for (let count = -1; count !== window.pictures.length || count === 0; ) {
      count = window.pictures.length;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
  };
}

async function redraw(page) {
  await page.setViewportSize({ width: 1560, height: 1180 });  // three columns, four rows
  await page.goto(url);
  await page.evaluate(() => window.quiet(1500));
  return page.evaluate(async ([times, charts]) => {
    const taken = [];
    for (let i = 0; i < times; i++) {
      window.pictures.length = 0;
      const begin = performance.now();
      window.dispatchEvent(new KeyboardEvent('keydown', { key: i % 2 === 0 ? ']' : '[' }));
      await window.quiet(700);
      if (window.pictures.length < charts) throw new Error(`${window.pictures.length} charts were drawn, not ${charts}`);
      taken.push(window.pictures[charts - 1] - begin);
    }
    return { milliseconds: taken };
  }, [TIMES, CHARTS]);
}

async function hover(page) {
  await page.goto(url);
  await page.evaluate(() => window.quiet(1500));
  const box = await page.locator('figure canvas').last().boundingBox();
  await page.evaluate(() => {
    window.moves = [];
    window.tips = [];
    addEventListener('pointermove', () => window.moves.push(performance.now()), true);
    new MutationObserver((changes) => {
      const inTip = ({ target, addedNodes }) =>
        (target instanceof Element ? target : target.parentElement)?.closest('[data-tip]') != null ||
        [...addedNodes].some((node) => node instanceof Element && node.matches('[data-tip]'));
      if (changes.some(inTip)) window.tips.push(performance.now());
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  for (let i = 0; i <= TIMES * 2; i++) {
    await page.mouse.move(box.x + 60 + (i * (box.width - 90)) / (TIMES * 2), box.y + box.height / 2 + (i % 5));
    await page.waitForTimeout(150);
  }
  return page.evaluate(() => {
    const { moves, tips } = window;
    const taken = moves.map((at, i) => {
      const tip = tips.find((time) => time > at);
      return tip === undefined || tip > (moves[i + 1] ?? Infinity) ? null : tip - at;
    });
    const told = taken.filter((ms) => ms !== null);
    if (told.length < moves.length / 2) throw new Error(`${told.length} of ${moves.length} moves changed the tooltip`);
    return { milliseconds: told };
  });
}

async function task(page) {
  await page.goto(url);
  await page.locator('figure canvas').first().waitFor();
  await page.waitForTimeout(5000);  // what a first visit has to do is not live
  const milliseconds = await page.evaluate(async (time) => {
    let longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ type: 'longtask' });
    window.pictures.length = 0;
    await new Promise((resolve) => setTimeout(resolve, time));
    if (window.pictures.length === 0) throw new Error('nothing was drawn: no points arrived');
    return longest;
  }, Number(seconds) * 1000);
  return { milliseconds };
}

async function pixel(page) {
  await page.goto(url);
  await page.locator('figure canvas').first().waitFor();
  const seen = await page.evaluate(async (time) => {
    const figure = document.querySelector('figure[data-panel="rising"]');
    const first = {};
    // The sentence of a chart is written when its picture is on the canvas.
    const look = () => {
      const step = /highest \S+ at step ([\d,]+)/.exec(figure.getAttribute('aria-label'))?.[1];
      if (step !== undefined) first[step.replaceAll(',', '')] ??= Date.now();
    };
    new MutationObserver(look).observe(figure, { attributes: true });
    await new Promise((resolve) => setTimeout(resolve, time));
    return first;
  }, Number(seconds) * 1000);
  return { seen };
}

await measure(executablePath, web, async (page) => {
  await page.addInitScript(watch);
  return { redraw, hover, task, pixel }[what](page);
});
