// Uploads the experiments that the tests look at, once. Names carry a number so that a second round on the same server has
// its own. What was written for them is removed at the end.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Samples } from "./samples";

export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "stepwell-e2e-"));
  process.env.STEPWELL_E2E_FOLDER = folder;
  const samples = new Samples(`e2e/${Date.now()}`);
  process.env.STEPWELL_E2E_SAMPLES = JSON.stringify({ root: samples.root, prefix: samples.prefix });
  samples.makeCurves();
  samples.makeHostile();
  await samples.upload("curves");
  await samples.upload("hostile");
  await samples.logRuns();
  return () => rmSync(folder, { recursive: true, force: true });
}
