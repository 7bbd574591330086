// Uploads the experiments that the tests look at, once. Names carry a number so that a second round on the same server has
// its own.

import { Samples } from "./samples";

export default async function setup(): Promise<void> {
  const samples = new Samples(`e2e/${Date.now()}`);
  process.env.STEPWELL_E2E_SAMPLES = JSON.stringify({ root: samples.root, prefix: samples.prefix });
  samples.makeCurves();
  samples.makeHostile();
  await samples.upload("curves");
  await samples.upload("hostile");
  await samples.logRuns();
}
