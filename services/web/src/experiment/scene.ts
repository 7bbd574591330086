// Tells the chart worker what is looked at, and gives the page the colours of the theme.

import { useLayoutEffect, useMemo } from "react";
import type { ChartEngine } from "../chart/engine";
import { type Palette, readPalette } from "../chart/paint";
import type { Rgb } from "../chart/raster";
import type { View } from "../state/view";
import { useTheme } from "../theme";
import type { Rows } from "./rows";

/** "#rrggbb" as the tokens write colours, or "#rgb" as the build shortens them. */
export function rgbOf(color: string): Rgb {
  const long = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.test(color)
    ? `#${[...color.slice(1)].map((c) => c + c).join("")}`
    : color;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  if (match === null) return [128, 128, 128];
  return [Number.parseInt(match[1], 16), Number.parseInt(match[2], 16), Number.parseInt(match[3], 16)];
}

export interface PagePalette extends Palette {
  theme: "light" | "dark";
  /** The sequential scale as numbers. */
  sequence: readonly Rgb[];
}

export function usePalette(): PagePalette {
  const theme = useTheme();
  return useMemo(() => {
    const palette = readPalette();
    return { ...palette, theme, sequence: palette.scale.map(rgbOf) };
  }, [theme]);
}

/** `rows`: null while they are not known; nothing is drawn before, not even empty charts. */
export function useScene(
  engine: ChartEngine,
  rows: Pick<Rows, "scene" | "groups"> | null,
  view: View,
  focus: string | null,
  palette: PagePalette,
): void {
  const sceneTheme = useMemo(() => {
    const grid = getComputedStyle(document.documentElement).getPropertyValue("--grid").trim();
    return {
      panel: rgbOf(palette.panel),
      grid: rgbOf(grid),
      runs: palette.runs.map(rgbOf),
      scale: [...palette.sequence],
      envelope: palette.theme === "dark" ? 0.24 : 0.18,
    };
  }, [palette]);

  // Another experiment starts from nothing.
  useLayoutEffect(() => () => engine.reset(), [engine]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the runs, whose identity changes with every live value.
  const stable = useMemo(() => rows && { runs: rows.scene, groups: rows.groups }, [rows && sceneKey(rows)]);
  const shown = JSON.stringify(looked(view), (_key, value) => (typeof value === "bigint" ? `${value}n` : value));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the view, which is made anew with every change of the address.
  const look = useMemo(() => looked(view), [shown]);
  // Before the paint: the worker fetches and draws meanwhile.
  useLayoutEffect(() => {
    if (stable === null) return;
    engine.setScene({ ...stable, ...look, focus, theme: sceneTheme });
  }, [engine, stable, look, focus, sceneTheme]);
}

const sceneKey = ({ scene, groups }: Pick<Rows, "scene" | "groups">) =>
  `${scene.map((r) => `${r.id} ${r.slot} ${r.color} ${r.dash} ${r.live} ${r.group} ${r.hidden ?? false}`).join()} ${JSON.stringify(groups)}`;

/** What the view says to the worker beside the runs. */
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
    rewound: view.rewound,
    pins: view.at,
    band: view.band,
    centre: view.centre,
    baseline: view.base,
  };
}
