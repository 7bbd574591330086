// What all panels of the page share.

import { createContext, useContext } from "react";
import type { Run } from "../api/types";
import type { ChartEngine } from "../chart/engine";
import type { Palette } from "../chart/paint";
import type { Frame, PanelHover, SceneRun } from "../chart/protocol";
import type { PanelsShared } from "../panels/shared";
import type { ChartShared } from "./chartActs";

export interface PanelShared extends ChartShared, PanelsShared {
  engine: ChartEngine;
  palette: Palette;
  runs: ReadonlyMap<string, Run>;
  looks: ReadonlyMap<string, SceneRun>;
  noneDrawn: boolean;
  logScale: boolean;
  focus: string | null;
  /** As a click on a run in the table, and as the pointer over one. */
  focusRun(run: string): void;
  hoverRun(run: string | null): void;
  openTable(tag: string): void;
  /** The panel under the pointer, for `p`, `f` and `c`. */
  pointed(tag: string | null, hover: PanelHover | null): void;
  report(tag: string, frame: Frame | null): void;
}

export const PanelContext = createContext<PanelShared | null>(null);

export function usePanelShared(): PanelShared {
  const shared = useContext(PanelContext);
  if (shared === null) throw new Error("a panel stands outside of its page");
  return shared;
}
