// Builds the application into dist/: static files that any Stepwell server hands out under a strict content security
// policy, so nothing is inlined (no data: URLs, no inline script) and nothing is loaded from elsewhere.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// What no page needs for its first picture: what later() loads, and packages that only that uses.
const LATER =
  /base-ui|floating-ui|\/node_modules\/(?:markdown-it|dompurify|entities|linkify-it|mdurl|punycode\.js|uc\.micro)\/|\/(?:KeyList|TableDialog|TableFrame|MetricPopup|ChartOptions|BrushMenu|CrumbMenu|Command|useFound|Markdown|UndoBar|FilterForm)\.|\/(?:runs\/popups|filter\/form)|\/pages\/(?:run|compare)\/|\/components\/(?:files|diff)\/|\/(?:panels|views|experiment)\/later\/|\/panels\/kinds\/|\/api\/values\.|\/export\/(?:ExportMenu|save|svg|data)\./;

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    // What a page needs at once is one file; what later() loads is apart. Left to itself the bundler cuts the first into five.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "app", test: (id) => !LATER.test(id) }],
        },
      },
    },
  },
  worker: { format: "es" },
  // `npm run dev` talks to a server started with `stepwell serve`.
  server: { proxy: { "/api": process.env.STEPWELL_URL ?? "http://127.0.0.1:7007" } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node", testTimeout: 120_000 },
});
