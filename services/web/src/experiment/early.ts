// Puts the answers to what public/early.js asked for into the query cache before the first render, so that the page is
// rendered once with its tags and runs, not once without, once with the tags and once with both.

import type { QueryClient } from "@tanstack/react-query";
import { parseJson } from "../api/json64";
import type { Page } from "../api/types";
import { chartEngine } from "../chart/engine";
import { askOf, metricColumns } from "../runs/ask";
import { firstPageKey } from "../runs/useRunList";
import { defaultView } from "../state/view";
import { tagsKey } from "./data";

declare global {
  interface Window {
    stepwellEarly?: {
      experiment: string;
      tags: Promise<string | null>;
      runs: Promise<{ tag: string; list: string } | null>;
    };
  }
}

const PATIENCE = 200; // ms; a page that says "loading" is better than none

/** Waits for the answers a little; what is late, failed or longer than a page, the page asks for itself. */
export async function takeEarly(client: QueryClient): Promise<void> {
  const early = window.stepwellEarly;
  if (early === undefined) return;
  chartEngine(); // its worker starts meanwhile
  const experiment = decodeURIComponent(early.experiment);
  const putTags = (answer: string) => {
    const page = parseJson(answer) as Page<unknown>;
    // One page of several is shown and asked for again, with the others: it is old from the start.
    client.setQueryData(tagsKey(experiment), page.items, page.next ? { updatedAt: 0 } : undefined);
  };
  const putRuns = ({ tag, list }: { tag: string; list: string }) =>
    client.setQueryData(firstPageKey(askOf(experiment, defaultView(), metricColumns(tag))), parseJson(list));
  let begun = false;
  const both = Promise.all([early.tags, early.runs]).then(([tags, runs]) => {
    if (begun) return; // too late: the page has asked itself
    if (tags !== null) putTags(tags);
    if (runs !== null) putRuns(runs);
  });
  await Promise.race([both, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  begun = true;
}
