// Puts the answers to what public/early.js asked for into the query cache before the first render, so that the page is
// rendered once with its tags and runs, not once without, once with the tags and once with both. From then on it is known what
// will be drawn: the chart worker fetches that while the page is rendered.

import type { QueryClient } from "@tanstack/react-query";
import { parseJson } from "../api/json64";
import { fetchRunPage, type RunPage } from "../api/runs";
import type { Page, Run, TagItem } from "../api/types";
import { chartEngine } from "../chart/engine";
import { tagPanels } from "../panels/tag_panels";
import { askOf, shownColumns } from "../runs/ask";
import { FIRST_PAGE } from "../runs/list";
import { firstPageKey } from "../runs/useRunList";
import { makeMatcher } from "../state/match";
import { isHand, isKind } from "../state/panel_ids";
import { parseQuery } from "../state/query";
import { drawnRuns } from "../state/selection";
import { parseView, type View } from "../state/view";
import { scalarTags } from "./Charts";
import { tagsKey } from "./data";
import { MAX_DRAWN } from "./limits";
import { firstScreen } from "./Panels";
import { makeSections } from "./sections";

declare global {
  interface Window {
    stepwellEarly?: {
      experiment: string;
      tags: Promise<string | null>;
      /** null: the address asks for others than a fresh view's. */
      runs: Promise<string | null>;
    };
  }
}

const PATIENCE = 200; // ms; a page that says "loading" is better than none

/** Waits for the answers a little; what is late, failed or longer than a page, the page asks for itself. */
export async function takeEarly(client: QueryClient): Promise<void> {
  const early = window.stepwellEarly;
  if (early === undefined) return;
  chartEngine(); // its worker starts meanwhile
  const late = new AbortController();
  await Promise.race([take(client, early, late.signal).catch(() => {}), wait(PATIENCE)]);
  late.abort(); // the page asks itself
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function take(
  client: QueryClient,
  early: NonNullable<Window["stepwellEarly"]>,
  late: AbortSignal,
): Promise<void> {
  const experiment = decodeURIComponent(early.experiment);
  const [tags, list] = await Promise.all([early.tags, early.runs]);
  if (late.aborted || tags === null) return;
  const page = parseJson(tags) as Page<TagItem>;
  // One page of several is shown and asked for again, with the others: it is old from the start.
  client.setQueryData(tagsKey(experiment), page.items, page.next ? { updatedAt: 0 } : undefined);
  const scalars = scalarTags(page.items);
  const { view } = parseView(parseQuery(location.search));
  const ask = askOf(experiment, view, shownColumns(view, scalars[0] ?? null));
  const runs = list === null ? await fetchRunPage(ask, FIRST_PAGE, null, late) : (parseJson(list) as RunPage);
  if (late.aborted) return;
  client.setQueryData(firstPageKey(ask), runs);
  fetchAhead(view, page.items, runs.items);
}

function fetchAhead(view: View, items: TagItem[], runs: Run[]): void {
  // Which runs groups have is not known yet.
  if (view.x !== "step" || view.full !== null || view.group.length > 0) return;
  const sections = makeSections(
    tagPanels(items),
    view,
    makeMatcher(view.t).matches,
    () => "",
    () => false,
  );
  const open = sections.filter(({ name }) => name === null || !view.closed.includes(name));
  const screen = firstScreen();
  const shown = open.flatMap(({ panels }) => panels.filter((id) => !isHand(id))).slice(0, screen.panels);
  const tags = shown.filter((id) => !isKind(id));
  const drawn = drawnRuns(view.sel, runs, new Map(), MAX_DRAWN).map(({ id }) => ({ id }));
  if (drawn.length > 0 && tags.length > 0) chartEngine().ahead(tags, drawn, Math.ceil(screen.width / 32) * 32);
}
