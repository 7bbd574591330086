// The divider between two images of which one lies over the other.

import type { KeyboardEvent, PointerEvent } from "react";
import { text } from "../../../text";
import css from "./Large.module.css";

const STEP = 2; // percent that a key goes by
const PAGE = 10;

interface Props {
  /** Percent of the frame at its left. */
  part: number;
  onMove(part: number): void;
}

export function Wipe({ part, onMove }: Props) {
  const to = (next: number) => onMove(Math.min(100, Math.max(0, Math.round(next))));
  const drag = (event: PointerEvent) => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box !== undefined && event.currentTarget.hasPointerCapture(event.pointerId))
      to(((event.clientX - box.left) / box.width) * 100);
  };
  const press = (event: KeyboardEvent) => {
    const next = keyed(event.key, part);
    if (next === null) return;
    to(next);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={css.wipe}
      style={{ left: `${part}%` }}
      role="slider"
      tabIndex={0}
      aria-label={text.kinds.wipe}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part}
      aria-valuetext={text.kinds.percent(part)}
      onPointerDown={(event) => event.button === 0 && event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
    />
  );
}

function keyed(key: string, part: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return part - STEP;
    case "ArrowRight":
    case "ArrowUp":
      return part + STEP;
    case "PageDown":
      return part - PAGE;
    case "PageUp":
      return part + PAGE;
    case "Home":
      return 0;
    case "End":
      return 100;
    default:
      return null;
  }
}
