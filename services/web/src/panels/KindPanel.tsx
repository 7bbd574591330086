// The panels of tags that are not scalars: which component shows which kind, each loaded when it is needed.

import { type ComponentType, Suspense } from "react";
import controls from "../components/controls.module.css";
import { later } from "../components/later";
import type { PanelShared } from "../experiment/context";
import { kindOf, type PanelKind, tagOf } from "../state/panel_ids";
import css from "./KindPanel.module.css";

export interface KindPanelProps {
  /** Of the panel, for its overrides. */
  id: string;
  /** As api/tags.ts has it. */
  tag: string;
  kind: PanelKind;
  shared: PanelShared;
}

const known = later(() => import("./kinds/KnownPanel").then((m) => m.KnownPanel));
const clips = later(() => import("./kinds/ClipPanel").then((m) => m.ClipPanel));

const PANELS: Record<PanelKind, ComponentType<KindPanelProps>> = {
  image: later(() => import("./kinds/ImagePanel").then((m) => m.ImagePanel)),
  audio: clips,
  video: clips,
  text: later(() => import("./kinds/TextPanel").then((m) => m.TextPanel)),
  histogram: later(() => import("./kinds/HistogramPanel").then((m) => m.HistogramPanel)),
  other: later(() => import("./kinds/DocumentPanel").then((m) => m.DocumentPanel)),
  tensor: later(() => import("./kinds/TensorPanel").then((m) => m.TensorPanel)),
  mesh: known,
  embedding: known,
  graph: known,
  pr_curve: later(() => import("./kinds/PrCurvePanel").then((m) => m.PrCurvePanel)),
};

export function KindPanel({ id, shared }: { id: string; shared: PanelShared }) {
  const kind = kindOf(id) as PanelKind;
  const Shown = PANELS[kind];
  return (
    <Suspense fallback={<div className={`${controls.skeleton} ${css.wait}`} />}>
      <Shown id={id} tag={tagOf(id)} kind={kind} shared={shared} />
    </Suspense>
  );
}
