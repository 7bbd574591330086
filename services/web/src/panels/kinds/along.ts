// A press on a track, and a drag along it.

import type { PointerEvent } from "react";

/** What the track listens to. `move` is told the part of its width at the pointer: 0 to 1, or beyond where a drag leaves it. */
export function along(move: (part: number) => void) {
  const tell = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    move((event.clientX - left) / Math.max(1, width));
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      tell(event);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) tell(event);
    },
  };
}
