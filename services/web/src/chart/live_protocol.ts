// What the page and the worker of the event stream say to each other. Points go from that worker to the chart worker
// without touching the page; the page gets runs, and the points of what its table shows, at a calm pace.

import type { Run } from "../api/types";
import type { LiveColumns } from "./protocol";

export type ToLive =
  /** `port` leads to the chart worker. */
  | { type: "open"; experiment: string; port: MessagePort }
  /** Points of these tags are not wanted by the page; of tags that it was not asked about they come. */
  | { type: "hide"; tags: string[] };

export type FromLive =
  | { type: "state"; state: "live" | "lost" }
  | { type: "hello"; resumed: boolean }
  | { type: "rewind" | "skip"; run: string | null }
  /** An event could not be read: as good as a lost one. */
  | { type: "broken" }
  | {
      type: "batch";
      runs: Run[];
      points: LiveColumns[];
      /** Tags that were not seen before on this stream, as ids of panels (state/panel_ids.ts). */
      tags: string[];
      /** Tags of other kinds than scalars that have new points, as such ids. */
      logged: string[];
      /** Seconds between the newest point's wall time and its arrival; null: no points. */
      behind: number | null;
    };
