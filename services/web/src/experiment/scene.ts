// Tells the chart worker what is looked at, and gives the page the colours of the theme.

import { useLayoutEffect, useMemo } from "react";
import type { ChartEngine } from "../chart/engine";
import { type Palette, readPalette } from "../chart/paint";
import type { SceneRun } from "../chart/protocol";
import type { Rgb } from "../chart/raster";
import type { View } from "../state/view";
import { useTheme } from "../theme";

/** "#rrggbb" as the tokens write colours, or "#rgb" as the build shortens them. */
export function rgbOf(color: string): Rgb {
  const long = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.test(color)
    ? `#${[...color.slice(1)].map((c) => c + c).join("")}`
    : color;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  if (match === null) return [128, 128, 128];
  return [Number.parseInt(match[1], 16), Number.parseInt(match[2], 16), Number.parseInt(match[3], 16)];
}

/** `runs`: null while they are not known; nothing is drawn before, not even empty charts. */
export function useScene(engine: ChartEngine, runs: SceneRun[] | null, view: View, focus: string | null): Palette {
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the palette is read from the document, which the theme sets.
  const palette = useMemo(readPalette, [theme]);
  const sceneTheme = useMemo(() => {
    const grid = getComputedStyle(document.documentElement).getPropertyValue("--grid").trim();
    return {
      panel: rgbOf(palette.panel),
      grid: rgbOf(grid),
      runs: palette.runs.map(rgbOf),
      scale: palette.scale.map(rgbOf),
      envelope: theme === "dark" ? 0.24 : 0.18,
    };
  }, [palette, theme]);

  // Another experiment starts from nothing.
  useLayoutEffect(() => () => engine.reset(), [engine]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the runs, whose identity changes with every live value.
  const stableRuns = useMemo(
    () => runs,
    [runs?.map((r) => `${r.id} ${r.slot} ${r.color} ${r.dash} ${r.live} ${r.group}`).join()],
  );
  const shown = JSON.stringify(looked(view), (_key, value) => (typeof value === "bigint" ? `${value}n` : value));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the view, which is made anew with every change of the address.
  const look = useMemo(() => looked(view), [shown]);
  // Before the paint: the worker fetches and draws meanwhile.
  useLayoutEffect(() => {
    if (stableRuns === null) return;
    engine.setScene({ runs: stableRuns, ...look, focus, theme: sceneTheme });
  }, [engine, stableRuns, look, focus, sceneTheme]);
  return palette;
}

/** What the charts' part of the view says to the worker. */
function looked(view: View) {
  return {
    x: view.x,
    xTag: view.xTag,
    xLog: view.xl,
    range: view.xr,
    smoothing: view.sm,
    y: view.y,
    c: view.c,
    outliers: view.outliers,
    yRange: view.yr,
    against: view.against,
    density: view.density,
    pins: view.at,
  };
}
