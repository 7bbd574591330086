// Which of the lines that are wanted go into one request, and what it says.

import { encodeAsk } from "../api/series";
import { isExpression } from "../api/tags";
import { asked, sameRange, type Want } from "./held";

const MAX_SERIES = 10_000;
// Of one request: series × columns; with what rewinds hid, of which there may be ten times as many columns.
const MAX_UNITS = 2_000_000;
const LINES_WITH_REWOUND = 11;
const MAX_BODY = 4 << 20; // half of what the server takes

/** The first one wanted and what can be asked for together with it; `alone`: nothing of other panels. */
export function takeBatch(wants: readonly Want[], alone: boolean): { batch: Want[]; rest: Want[] } {
  const head = wants[0];
  const units = head.columns * (head.rewound ? LINES_WITH_REWOUND : 1);
  const most = Math.max(1, Math.min(MAX_SERIES, Math.floor(MAX_UNITS / units)));
  const alike = (w: Want) =>
    w.held.kind === head.held.kind &&
    (w.smoother === null) === (head.smoother === null) &&
    w.rewound === head.rewound &&
    w.columns === head.columns &&
    sameRange(w.range, head.range) &&
    (!alone || w.panel === head.panel);
  const batch: Want[] = [];
  const rest: Want[] = [];
  let bytes = 0;
  for (const w of wants) {
    if (alike(w) && batch.length < most && (bytes < MAX_BODY || batch.length === 0)) {
      batch.push(w);
      bytes += w.held.tag.length * 3 + 64;
    } else rest.push(w);
  }
  return { batch, rest };
}

/** The body of the request; `baseline`: the run that base(m) of expressions means. */
export function askOf(batch: readonly Want[], baseline: string | null): string {
  const { held, range, columns, rewound } = batch[0];
  return encodeAsk({
    series: batch.map(({ held: { run, tag, xTag }, smoother }) => ({ run, tag, xTag, smoothing: asked(smoother) })),
    x: held.kind,
    range,
    columns,
    base: batch.some((w) => isExpression(w.held.tag)) ? baseline : null,
    rewound,
  });
}
