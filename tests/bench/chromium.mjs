// A page in a fresh Chromium with a profile of its own, as a first visit has it.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Until the browser is done with its own start: a person's is open already, and a page waits for a core meanwhile (its address
 * bar alone is a page of some three hundred scripts).
 */
async function settled(context) {
  const session = await context.browser().newBrowserCDPSession();
  const spent = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((seconds, { cpuTime }) => seconds + cpuTime, 0);
  };
  const deadline = performance.now() + 20_000;
  let last = await spent();
  for (let calm = 0; calm < 3 && performance.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    const now = await spent();
    calm = now - last < 0.02 ? calm + 1 : 0; // seconds of a core: less than a seventh of it
    last = now;
  }
  await session.detach();
}

/** Calls `look(page)`; prints what it gives as JSON. `web`: a folder whose node_modules has @playwright/test. */
export async function measure(executablePath, web, look) {
  const { chromium } = createRequire(path.join(path.resolve(web), 'package.json'))('@playwright/test');
  const profile = mkdtempSync(path.join(tmpdir(), 'stepwell-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1440, height: 900 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
  let failure = '';
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(120_000);  // a page with much to do does not answer for long
    page.on('pageerror', (error) => { failure ||= String(error); });
    await settled(context);
    console.log(JSON.stringify(await look(page)));
  } catch (error) {
    console.error(String(error), failure);
    process.exitCode = 1;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
