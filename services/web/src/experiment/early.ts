// Puts the answers to what public/early.js asked for into the query cache before the first render, so that the page is
// rendered once with its tags and runs, not once without, once with the tags and once with both. Of a fresh view it is known
// already what will be drawn: the chart worker fetches that while the page is rendered.

import type { QueryClient } from "@tanstack/react-query";
import { parseJson } from "../api/json64";
import { tagText } from "../api/tags";
import type { Page, Run, TagItem } from "../api/types";
import { chartEngine } from "../chart/engine";
import { askOf, metricColumns } from "../runs/ask";
import { firstPageKey } from "../runs/useRunList";
import { drawnRuns } from "../state/selection";
import { defaultView } from "../state/view";
import { scalarTags } from "./Charts";
import { tagsKey } from "./data";
import { MAX_DRAWN } from "./rows";
import { makeSections } from "./sections";

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
    const page = parseJson(answer) as Page<TagItem>;
    // One page of several is shown and asked for again, with the others: it is old from the start.
    client.setQueryData(tagsKey(experiment), page.items, page.next ? { updatedAt: 0 } : undefined);
    return page.items;
  };
  const putRuns = ({ tag, list }: { tag: string; list: string }) => {
    const page = parseJson(list) as Page<Run>;
    client.setQueryData(firstPageKey(askOf(experiment, defaultView(), metricColumns(tag))), page);
    return page.items;
  };
  let begun = false;
  const both = Promise.all([early.tags, early.runs]).then(([tags, runs]) => {
    if (begun) return; // too late: the page has asked itself
    const known = tags === null ? [] : putTags(tags);
    const listed = runs === null ? [] : putRuns(runs);
    if (location.search === "") fetchAhead(known, listed);
  });
  await Promise.race([both, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  begun = true;
}

const PANELS = 12; // of a window of 1440 x 900
const COLUMNS = 320; // as their width wants them; wider ones ask again

function fetchAhead(tags: TagItem[], runs: Run[]): void {
  const view = defaultView();
  const drawn = drawnRuns(view.sel, runs, new Map(), MAX_DRAWN).map(({ id }) => ({ id }));
  const everything = () => true;
  const nothing = () => false;
  const sections = makeSections(scalarTags(tags), view, everything, tagText, nothing);
  const panels = sections.flatMap((section) => section.panels).slice(0, PANELS);
  if (drawn.length > 0 && panels.length > 0) chartEngine().ahead(panels, drawn, COLUMNS);
}
