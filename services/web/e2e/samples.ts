// The log directories of the tests and their way into the server: by `stepwell upload`, as anybody's.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventFile } from "./event_files";

const url = () => process.env.STEPWELL_URL ?? "http://127.0.0.1:7007";
const program = () => process.env.STEPWELL_BIN ?? new URL("../../../build/bin/stepwell", import.meta.url).pathname;

/** 20,000 points: more than four a pixel column, so that charts get buckets. */
export const LONG = 20_000;
export const SPIKE = { step: 12_345, value: 50 };
export const HOSTILE = ["<img src=x onerror=window.pwned=1>", "\u202eevil", "x".repeat(2000), "javascript:alert(1)"];

export class Samples {
  readonly root: string;

  constructor(
    readonly prefix: string,
    root?: string,
  ) {
    this.root = root ?? mkdtempSync(join(process.env.STEPWELL_E2E_FOLDER ?? tmpdir(), "samples-"));
  }

  directory(name: string): string {
    return join(this.root, name);
  }

  experiment(name: string): string {
    return `${this.prefix}/${name}`;
  }

  /** Three runs: long curves with a spike, short ones, and NaN. */
  makeCurves(): void {
    for (const [k, run] of ["alpha", "beta", "gamma"].entries()) {
      const file = new EventFile(join(this.directory("curves"), run));
      file.curve("train/loss", LONG, (i) => (k === 0 && i === SPIKE.step ? SPIKE.value : 2 + k + Math.cos(i / 2000)));
      file.curve(
        "val/accuracy",
        60,
        (i) => i / 60 - k / 10,
        (i) => i * 300,
      );
      if (k === 2) file.curve("val/lonely", 5, (i) => (i === 2 ? 1 : Number.NaN));
    }
  }

  makeHostile(): void {
    const file = new EventFile(join(this.directory("hostile"), "<img src=x onerror=window.pwned=1>"));
    for (const tag of HOSTILE) file.curve(tag, 20, (i) => i);
  }

  async upload(name: string, grpc?: string): Promise<void> {
    const server =
      grpc ??
      process.env.STEPWELL_GRPC ??
      ((await (await fetch(`${url()}/api/v1/server`)).json()) as { grpc: string }).grpc;
    execFileSync(
      program(),
      ["upload", this.directory(name), "--experiment", this.experiment(name), "--server", server],
      {
        stdio: "pipe",
      },
    );
  }

  /** How e2e/log_runs.py is started. */
  private async client(...rest: string[]) {
    const { grpc } = (await (await fetch(`${url()}/api/v1/server`)).json()) as { grpc: string };
    const here = new URL(".", import.meta.url).pathname;
    return {
      program: process.env.STEPWELL_PYTHON ?? "python3",
      args: [join(here, "log_runs.py"), ...rest],
      env: {
        ...process.env,
        PYTHONPATH: join(here, "../../../libs/python/src"),
        STEPWELL_SERVER: process.env.STEPWELL_GRPC ?? grpc,
        STEPWELL_DIR: this.directory("spool"),
      },
    };
  }

  /** What e2e/log_runs.py logs, by the Python client. */
  async logRuns(): Promise<void> {
    const { program, args, env } = await this.client(this.experiment("runs"), this.directory("code"));
    execFileSync(program, args, { stdio: "pipe", env });
  }

  /** Runs with many parameters: run k has k + i in parameter i. Once: a worker that begins anew finds them. */
  async logWide(experiment: string, runs: number, params: number): Promise<void> {
    if (await this.has(experiment)) return;
    const { program, args, env } = await this.client("wide", this.experiment(experiment), String(runs), String(params));
    execFileSync(program, args, { stdio: "pipe", env });
  }

  /** A run for each value of the parameter `key` that is hard to name a group by. */
  async logHostile(experiment: string): Promise<void> {
    if (await this.has(experiment)) return;
    const { program, args, env } = await this.client("hostile", this.experiment(experiment));
    execFileSync(program, args, { stdio: "pipe", env });
  }

  /** What e2e/log_kinds.py or another such script logs. Once, as above. */
  async logKinds(experiment: string, name = "log_kinds.py"): Promise<void> {
    if (await this.has(experiment)) return;
    const { program, env } = await this.client();
    const script = new URL(name, import.meta.url).pathname;
    execFileSync(program, [script, this.experiment(experiment)], { stdio: "pipe", env });
  }

  /** A run named "page" that logged one page of HTML. */
  async logPage(experiment: string, html: string): Promise<void> {
    const file = join(mkdtempSync(join(this.root, "page-")), "page.html");
    writeFileSync(file, html);
    const { program, args, env } = await this.client("page", this.experiment(experiment), file);
    execFileSync(program, args, { stdio: "pipe", env });
  }

  /** What e2e/log_media.py logs; `what` is nothing or "odd". Once: a worker that begins anew finds them. */
  async logMedia(experiment: string, ...what: string[]): Promise<void> {
    if (await this.has(experiment)) return;
    const { program, args, env } = await this.media(experiment, ...what);
    execFileSync(program, args, { stdio: "pipe", env });
  }

  /** A run that logs an image at each call of `log`. */
  async liveMedia(experiment: string): Promise<{ log(): void; end(): Promise<void> }> {
    const { program, args, env } = await this.media(experiment, "live");
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "inherit"], env });
    const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
    return {
      log: () => void child.stdin.write("\n"),
      end: () => {
        child.stdin.end();
        return ended;
      },
    };
  }

  /** A run for each film. */
  async logFilms(experiment: string, films: { name: string; bytes: Buffer }[]): Promise<void> {
    const directory = mkdtempSync(join(this.root, "films-"));
    const files = films.map(({ name, bytes }) => {
      writeFileSync(join(directory, name), bytes);
      return join(directory, name);
    });
    const { program, args, env } = await this.media(experiment, "films");
    execFileSync(program, [...args, ...files], { stdio: "pipe", env });
  }

  private async media(experiment: string, ...what: string[]) {
    const { program, args, env } = await this.client(...what, this.experiment(experiment));
    return { program, args: [args[0].replace(/log_runs\.py$/, "log_media.py"), ...args.slice(1)], env };
  }

  /** Runs that go on until the answer is called; at a step, the k-th has k times the loss of the first. */
  async live(experiment: string, ...runs: string[]): Promise<() => Promise<void>> {
    const { program, args, env } = await this.client("live", this.experiment(experiment), ...runs);
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "inherit"], env });
    const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
    return () => {
      child.stdin.end();
      return ended;
    };
  }

  /** The address of a run's page. */
  async runPath(experiment: string, run: string, tab = ""): Promise<string> {
    const query = new URLSearchParams({ experiment: await this.id(experiment), limit: "1000" });
    const page = (await (await fetch(`${url()}/api/v1/runs?${query}`)).json()) as {
      items: { id: string; name: string }[];
    };
    const found = page.items.find((item) => item.name === run);
    if (found === undefined) throw new Error(`the experiment has no run "${run}"`);
    return `/w/default/r/${found.id}${tab === "" ? "" : `/${tab}`}`;
  }

  async id(name: string): Promise<string> {
    return experimentId(this.experiment(name));
  }

  private has(name: string): Promise<boolean> {
    return this.id(name).then(
      () => true,
      () => false,
    );
  }

  async path(name: string): Promise<string> {
    return `/w/default/e/${encodeURIComponent(await this.id(name))}`;
  }
}

export async function experimentId(name: string): Promise<string> {
  const response = await fetch(`${url()}/api/v1/experiments?workspace=default&limit=1000`);
  const page = (await response.json()) as { items: { id: string; name: string }[] };
  const found = page.items.find((e) => e.name === name);
  if (found === undefined) throw new Error(`the server has no experiment "${name}"`);
  return found.id;
}

export function sharedSamples(): Samples {
  const { root, prefix } = JSON.parse(process.env.STEPWELL_E2E_SAMPLES ?? "{}") as { root: string; prefix: string };
  return new Samples(prefix, root);
}
