// The names of lines beside their ends, where a chart has the page for itself; of many lines a list.

import { tagText } from "../../api/tags";
import { pushApart } from "../../chart/ends";
import { shortValue } from "../../chart/format";
import type { Frame, LineEnd } from "../../chart/protocol";
import { Name } from "../../components/Name";
import { text } from "../../text";
import type { PanelShared } from "../context";
import css from "./EndLabels.module.css";

const MOST_LABELS = 12;
const SIZE = 17; // CSS pixels of a label's height

export function EndLabels({ frame, shared }: { frame: Frame; shared: PanelShared }) {
  const { pad } = frame;
  const ends = frame.ends ?? [];
  const several = new Set(ends.map(({ tag }) => tag)).size > 1;
  const nameOf = ({ run, group }: LineEnd) => (group ? shared.groupLabel(run) : (shared.runs.get(run)?.name ?? run));
  const label = (end: LineEnd) => (several ? `${nameOf(end)} · ${tagText(end.tag)}` : nameOf(end));
  const left = frame.right === null ? 0 : 46;
  const place = { left: `calc(100% - ${pad.right - left - 8}px)`, top: pad.top, bottom: pad.bottom };
  if (ends.length > MOST_LABELS || frame.series > MOST_LABELS)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard.
      <ul className={css.list} style={place} aria-label={text.lineNames} tabIndex={0} data-own>
        {ends.map((end) => (
          <li key={`${end.run} ${end.tag}`}>
            <i style={{ background: end.color }} />
            <Name name={label(end)} />
            <b>{shortValue(end.value)}</b>
          </li>
        ))}
        {frame.series > ends.length && <li>{text.exportLegend(frame.series - ends.length)}</li>}
      </ul>
    );
  return (
    <ul className={css.labels} style={place} aria-label={text.lineNames}>
      <Labels ends={ends} room={frame.height} label={label} />
    </ul>
  );
}

function Labels({ ends, room, label }: { ends: readonly LineEnd[]; room: number; label(end: LineEnd): string }) {
  const places = pushApart(
    ends.map(({ py }) => Math.min(room, Math.max(0, py))),
    SIZE,
    room,
  );
  return ends.map((end, i) => (
    <li key={`${end.run} ${end.tag}`} style={{ top: places[i] - SIZE / 2 }}>
      <i style={{ background: end.color }} />
      <Name name={label(end)} />
    </li>
  ));
}
