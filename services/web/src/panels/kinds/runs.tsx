// The run that something in a panel is of: its colour and its name, with those of its group while runs are grouped.

import { useMemo } from "react";
import type { SceneGroup, SceneRun } from "../../chart/protocol";
import { Name } from "../../components/Name";
import type { PanelShared } from "../../experiment/context";
import { text } from "../../text";
import { useTabbable } from "../roving";
import css from "./KindShell.module.css";

type Colors = PanelShared["palette"]["runs"];

/** What the colours and the names of runs depend on. */
export type RunWords = Pick<PanelShared, "runs" | "looks" | "groups" | "palette">;

const ownColor = ({ color, slot }: Pick<SceneRun, "slot" | "color">, colors: Colors) =>
  color ? `rgb(${color.join(" ")})` : colors[slot];

function groupOf(run: string, { looks, groups }: Pick<RunWords, "looks" | "groups">): SceneGroup | undefined {
  const key = looks.get(run)?.group;
  return key == null ? undefined : groups.get(key);
}

/** Of a run in a picture: its group's, as the group's line has in the charts. */
export function colorOf(run: string, words: Omit<RunWords, "runs">): string {
  const look = words.looks.get(run);
  if (look === undefined) return "currentColor";
  return ownColor(groupOf(run, words) ?? look, words.palette.runs);
}

/** Behind its group's. */
export function nameOf(run: string, words: RunWords): string {
  const name = words.runs.get(run)?.name ?? run;
  const group = groupOf(run, words);
  return group === undefined ? name : text.kinds.member(group.label, name);
}

/** The same object as long as they are the same: for what is worked out once. */
export function useRunWords({ runs, looks, groups, palette }: RunWords): RunWords {
  return useMemo(() => ({ runs, looks, groups, palette }), [runs, looks, groups, palette]);
}

interface Props {
  /** Of the panel. */
  id: string;
  run: string;
  shared: PanelShared;
}

/** Focuses the run as a row of the run table does. */
export function RunName({ id, run, shared }: Props) {
  const tabIndex = useTabbable(id) ? 0 : -1;
  const look = shared.looks.get(run);
  const group = groupOf(run, shared);
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
      {group !== undefined && (
        <span data-of-group>
          <i style={{ background: ownColor(group, shared.palette.runs) }} />
          <Name name={group.label} />
        </span>
      )}
      <span>
        <i style={{ background: look && ownColor(look, shared.palette.runs) }} />
        <Name name={shared.runs.get(run)?.name ?? run} />
      </span>
    </button>
  );
}
