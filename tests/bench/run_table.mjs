// Opens a workspace in a fresh Chromium and prints {"milliseconds": ...}: from the start of the navigation until a screen of
// the run table's rows is painted. node run_table.mjs URL CHROMIUM WEB_FOLDER
import { measure } from './chromium.mjs';

const [url, executablePath, web] = process.argv.slice(2);
const SCREEN = 20;  // rows

await measure(executablePath, web, async (page) => {
  await page.goto(url, { waitUntil: 'commit' });
  // In the page, once a frame: a frame in which the rows stand is painted when the next one begins.
  const painted = await page.waitForFunction((least) => {
    const rows = [...document.querySelectorAll('[role="row"][data-run]')].filter((row) => row.textContent.trim() !== '');
    if (rows.length < least) return false;
    window.stepwellSeen ??= performance.now();
    return performance.now() > window.stepwellSeen && performance.now();
  }, SCREEN, { polling: 'raf' });
  return { milliseconds: await painted.jsonValue() };
});
