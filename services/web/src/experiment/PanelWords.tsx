// What a chart says in words: in its head what is approximate, over its foot what two pins differ by.

import { duration, fullStep, shortValue } from "../chart/format";
import type { Frame, HoverRow, PanelHover } from "../chart/protocol";
import { text } from "../text";
import css from "./Panel.module.css";

// From here on lines lie over each other, and their number is said.
const MANY = 100;

export function Notes({ frame, zoomed }: { frame: Frame | null; zoomed: boolean }) {
  if (frame === null || frame.series === 0) return null;
  const exact = zoomed && frame.bucketed === 0 && !frame.smoothingApproximate && !frame.truncated && !frame.damaged;
  return (
    <span className={css.notes}>
      {frame.series > MANY && <span>{text.seriesCount(frame.series)}</span>}
      {frame.rewound > 0 && <span title={text.rewoundHint}>{text.rewoundNote(frame.rewound, frame.rewoundLeft)}</span>}
      {frame.density && <span title={text.densityHint}>{text.densityNote}</span>}
      {frame.smoothingApproximate && <span title={text.smoothingApproxHint}>{text.smoothingApprox}</span>}
      {exact && <span title={text.exactHint}>{text.exact}</span>}
      {frame.yMode === "symlog" && <span title={text.symlogHint}>{text.symlogNote(shortValue(frame.c))}</span>}
      {frame.clipped && <span>{text.outliersClipped}</span>}
      {frame.unplaced > 0 && <span title={text.unplacedHint}>{text.unplaced(frame.unplaced)}</span>}
      {frame.truncated && <span>{text.truncated}</span>}
      {frame.damaged && (
        <span className={css.bad} title={text.damagedHint}>
          {text.damaged}
        </span>
      )}
      {frame.nonFinite > 0 && <span className={css.bad}>{text.nonFinite(frame.nonFinite)}</span>}
    </span>
  );
}

/** What lies between two pins, for the focused run, else the first that is at both. */
export function PinWords({ frame, focus }: { frame: Frame | null; focus: string | null }) {
  if (frame === null || frame.pins.length !== 2) return null;
  const pair = pairOf(frame.pins[0], frame.pins[1], focus);
  if (pair === null) return null;
  const [a, b] = pair;
  const dy = b.value - a.value;
  const steps = b.step - a.step;
  const seconds = b.wall - a.wall;
  const dx = frame.axis === "step" ? Number(steps) : seconds;
  const shown = frame.axis === "step" ? `${steps > 0n ? "+" : ""}${fullStep(steps)}` : duration(seconds);
  const slope = dx === 0 ? "" : shortValue(dy / dx);
  return (
    <p className={css.pins} data-pins>
      <i style={{ background: a.color }} />
      {text.pinned2(shown, `${dy > 0 ? "+" : ""}${shortValue(dy)}`, slope, frame.axis === "step")}
    </p>
  );
}

function pairOf(a: PanelHover, b: PanelHover, focus: string | null): [HoverRow, HoverRow] | null {
  const same = (row: HoverRow) => b.rows.find((other) => other.run === row.run && other.tag === row.tag);
  const candidates = a.rows.filter((row) => same(row) !== undefined);
  const first = candidates.find((row) => row.run === focus) ?? candidates[0];
  return first === undefined ? null : [first, same(first)!];
}
