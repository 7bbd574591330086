// The run that something in a panel is of: its colour and its name, which focuses it as a row of the run table does.

import type { SceneRun } from "../../chart/protocol";
import { Name } from "../../components/Name";
import type { PanelShared } from "../../experiment/context";
import type { PagePalette } from "../../experiment/scene";
import { useTabbable } from "../roving";
import css from "./KindShell.module.css";

type Look = Pick<SceneRun, "slot" | "color"> | undefined;

export function colorOf(look: Look, palette: Pick<PagePalette, "runs">): string {
  if (look === undefined) return "currentColor";
  return look.color ? `rgb(${look.color.join(" ")})` : palette.runs[look.slot];
}

interface Props {
  /** Of the panel. */
  id: string;
  run: string;
  shared: PanelShared;
}

export function RunName({ id, run, shared }: Props) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  return (
    <button
      type="button"
      className={css.run}
      tabIndex={tabIndex}
      data-focus={shared.focus === run || undefined}
      onClick={() => shared.focusRun(run)}
      onPointerEnter={() => shared.hoverRun(run)}
      onPointerLeave={() => shared.hoverRun(null)}
    >
      <i style={{ background: colorOf(shared.looks.get(run), shared.palette) }} />
      <Name name={shared.runs.get(run)?.name ?? run} />
    </button>
  );
}
