// A server of a test's own, empty at first: nobody else's experiments stand in its lists.

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class OwnServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    readonly grpc: string,
  ) {}

  static async start(program: string): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), "stepwell-e2e-server-"));
    chmodSync(folder, 0o755); // a private PostgreSQL that root starts runs as somebody else
    const ports = join(folder, "ports.json");
    const listen = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--port-file", ports];
    const process = spawn(program, ["serve", "--data", join(folder, "data"), ...listen], { stdio: "ignore" });
    while (!existsSync(ports)) {
      if (process.exitCode !== null) throw new Error(`${program} serve ended with ${process.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { http, grpc } = JSON.parse(readFileSync(ports, "utf8")) as { http: string; grpc: string };
    return new OwnServer(process, folder, http, grpc);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
