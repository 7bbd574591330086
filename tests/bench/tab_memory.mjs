// Keeps a workspace open while points arrive and prints {"mib": [...]}: the memory of the tab's process (PSS, after a
// collection of garbage), once after each tenth of the time. node tab_memory.mjs URL CHROMIUM WEB_FOLDER SECONDS
import { readFileSync } from 'node:fs';
import { measure } from './chromium.mjs';

const [url, executablePath, web, seconds] = process.argv.slice(2);
const LOOKS = 10;

const pss = (pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]) / 1024;

await measure(executablePath, web, async (page) => {
  const browser = await page.context().browser().newBrowserCDPSession();
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('figure canvas').first().waitFor();
  // Chromium keeps empty processes in reserve; the page's is the largest.
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const [{ id }] = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => pss(b.id) - pss(a.id));
  const tab = await page.context().newCDPSession(page);
  const mib = [];
  for (let look = 0; look < LOOKS; look++) {
    await page.waitForTimeout((Number(seconds) * 1000) / LOOKS);
    await tab.send('HeapProfiler.collectGarbage');
    mib.push(pss(id));
  }
  return { mib };
});
