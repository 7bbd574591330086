// The gate of the bundle: what a first visit loads as JavaScript must stay under 250 kB gzip. Run after `npm run build`.
// --json: only prints {"bytes": …}.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 250_000;
const dist = new URL("../dist/", import.meta.url).pathname;
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const html = readFileSync(join(dist, "index.html"), "utf8");
if (/<script(?![^>]*\bsrc=)/.test(html) || /<style|\son\w+=/.test(html)) {
  console.error("dist/index.html has an inline script or style; the content security policy would refuse it");
  process.exit(1);
}
// The page's own scripts, and the worker, which the first chart fetches. What later() loads does not stand in the way.
const files = readdirSync(join(dist, "assets")).filter(
  (name) => name.endsWith(".js") && (html.includes(`/assets/${name}`) || /^(?:live_)?worker-/.test(name)),
);
const asJson = process.argv.includes("--json");
let total = 0;
for (const name of files) {
  const bytes = gzipSync(readFileSync(join(dist, "assets", name)), { level: 9 }).length;
  total += bytes;
  if (!asJson) console.log(`${kb(bytes).padStart(10)}  ${name}`);
}
if (asJson) {
  console.log(JSON.stringify({ bytes: total }));
  process.exit(0);
}
console.log(`${kb(total).padStart(10)}  initial JavaScript, gzip; the limit is ${kb(LIMIT)}`);
if (total > LIMIT) {
  console.error(`over the limit by ${kb(total - LIMIT)}: load the new code lazily or leave it out`);
  process.exit(1);
}
