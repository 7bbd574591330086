// Opens a page in a fresh Chromium and prints {"seconds": ...}: from the start of the navigation until a canvas of a chart
// holds coloured pixels. node first_chart.mjs URL CHROMIUM WEB_FOLDER [PLOT [TICK]]
// WEB_FOLDER: its node_modules has @playwright/test. PLOT: the selector of a chart. TICK: of check boxes; when there are some
// and none is checked (a page that selects no run by itself), the first is clicked, as a person would.
import { inflateSync } from 'node:zlib';
import { measure } from './chromium.mjs';

const [url, executablePath, web, plot = 'figure canvas', tick = ''] = process.argv.slice(2);

// Pixels of a PNG (8 bits a channel, RGB or RGBA) that are no grey: a curve's, not an axis's. Of the colours that must
// count, TensorBoard's slate (#425066) is the greyest: 36 between its channels; our greys have at most 16.
function coloured(png) {
  let [at, width, height, channels, parts] = [8, 0, 0, 4, []];
  while (at < png.length) {
    const size = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + size);
    if (type === 'IHDR') [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 6 ? 4 : 3];
    if (type === 'IDAT') parts.push(data);
    at += 12 + size;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  let above = Buffer.alloc(stride);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const row = Buffer.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let i = 0; i < stride; i++) {
      const left = i >= channels ? row[i - channels] : 0;
      const corner = i >= channels ? above[i - channels] : 0;
      row[i] += [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner)][filter];
    }
    for (let x = 0; x < stride; x += channels) {
      const rgb = [row[x], row[x + 1], row[x + 2]];
      if (Math.max(...rgb) - Math.min(...rgb) > 25) count++;
    }
    above = row;
  }
  return count;
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

const LIMIT = 120_000; // ms
const inView = (box) => ({ ...box, height: Math.min(box.height, 890 - box.y) });

// In the page. True when there is nothing more to click.
function tickFirst(selector) {
  const boxes = [...document.querySelectorAll(selector)];
  if (boxes.length < 2) return false;
  if (!boxes.some((box) => box.checked)) boxes[0].click();
  return true;
}

await measure(executablePath, web, async (page) => {
  const begin = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  const chart = page.locator(plot).first();
  // Not page.screenshot: it waits for fonts and frames of its own, and a look that came too early would cost a tenth of a second.
  const tab = await page.context().newCDPSession(page);
  const look = async (box) => {
    const how = { format: 'png', optimizeForSpeed: true, clip: { ...inView(box), scale: 1 } };
    return Buffer.from((await tab.send('Page.captureScreenshot', how)).data, 'base64');
  };
  for (let clicked = tick === ''; ;) {
    if (!clicked) clicked = await page.evaluate(tickFirst, tick);
    const box = (await chart.count()) > 0 ? await chart.boundingBox() : null;
    const seen = performance.now();  // before the picture is taken: what it shows was there by its end
    if (box !== null && box.height > 50 && coloured(await look(box)) > 50)
      return { seconds: (performance.now() - begin) / 1e3, picture_seconds: (performance.now() - seen) / 1e3 };
    if (performance.now() - begin > LIMIT) throw new Error(`nothing was drawn in ${LIMIT / 1e3} s`);
    if (box === null) await page.waitForTimeout(10);
  }
});
