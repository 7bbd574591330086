// Browser tests against a running server: STEPWELL_URL (default http://127.0.0.1:7007) and the program STEPWELL_BIN (default
// build/bin/stepwell) that uploads what the tests look at. The installed Chromium is used: STEPWELL_CHROMIUM or
// /usr/bin/chromium.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  timeout: 120_000, // on a machine with other work; alone the longest takes 20 s
  expect: { timeout: 20_000 },
  retries: 1, // ./dev test tells at its end which tests needed it, and what they said the first time
  fullyParallel: false,
  workers: 1,
  reporter: [["list"]],
  outputDir: process.env.STEPWELL_E2E_OUT ?? "../node_modules/.e2e",
  snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
  globalSetup: "./global_setup.ts",
  use: {
    baseURL: process.env.STEPWELL_URL ?? "http://127.0.0.1:7007",
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.STEPWELL_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
