// Keeps a workspace open while points arrive and prints {"mib": [...]}: the memory of the tab's process (PSS, after a
// collection of garbage), once after each tenth of the time. node tab_memory.mjs URL CHROMIUM WEB_FOLDER SECONDS
// Over Chromium's debugging pipe and not with Playwright, which watches the network: then the tab keeps the bodies of its
// requests for whoever may ask, 100 MiB and more of a page that is live.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, executable, , seconds] = process.argv.slice(2);
const LOOKS = 10;

const pss = (pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]) / 1024;

/** Commands and events of the DevTools protocol: JSON with a zero byte after each. */
class Pipe {
  #last = 0;
  #waiting = new Map();
  #rest = '';
  /** Sessions of the page's workers, which are attached by themselves. */
  workers = new Set();

  constructor(input, output) {
    this.input = input;
    output.setEncoding('utf8').on('data', (text) => {
      const messages = (this.#rest + text).split('\0');
      this.#rest = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  #take({ id, result, error, method, params }) {
    if (method === 'Target.attachedToTarget' && params.targetInfo.type === 'worker') this.workers.add(params.sessionId);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}

async function look(pipe) {
  const { targetId } = await pipe.send('Target.createTarget', { url, width: 1440, height: 900, newWindow: true });
  const { sessionId } = await pipe.send('Target.attachToTarget', { targetId, flatten: true });
  await pipe.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }, sessionId);
  const expression = 'document.querySelector("figure canvas") !== null';
  const drawn = () => pipe.send('Runtime.evaluate', { expression }, sessionId).then(({ result }) => result.value);
  while (!(await drawn().catch(() => false))) await sleep(100); // before the page is there nothing can be asked of it
  const mib = [];
  for (let i = 0; i < LOOKS; i++) {
    await sleep((Number(seconds) * 1000) / LOOKS);
    for (const session of [sessionId, ...pipe.workers]) await pipe.send('HeapProfiler.collectGarbage', {}, session);
    const { processInfo } = await pipe.send('SystemInfo.getProcessInfo');
    // The address bar is a page too, and Chromium keeps empty processes in reserve; the page's is the largest.
    mib.push(Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => pss(id))));
  }
  return { mib };
}

const profile = mkdtempSync(path.join(tmpdir(), 'stepwell-bench-'));
const flags = ['--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`, '--no-sandbox', '--disable-gpu',
  '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage'];
const browser = spawn(executable, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const ended = new Promise((resolve) => browser.once('exit', resolve));
const pipe = new Pipe(browser.stdio[3], browser.stdio[4]);
try {
  const died = ended.then((status) => ({ died: status }));
  const told = await Promise.race([look(pipe), died]);
  if ('died' in told) throw new Error(`chromium ended with status ${told.died}`);
  console.log(JSON.stringify(told));
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  pipe.send('Browser.close').catch(() => {});
  await ended;
  rmSync(profile, { recursive: true, force: true });
}
