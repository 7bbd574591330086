// A finger that rests opens the menu of what is under it, as the other button of a mouse does. Most browsers say so themselves,
// by the same event; Safari does not.

import { type PointerEvent, type TouchEvent, useEffect, useRef } from "react";

const REST = 600; // ms; browsers that send the event do so after 500
const STRAY = 8; // CSS pixels that a resting finger may move

export function useLongPress() {
  const press = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout> } | null>(null);
  const opened = useRef(false);
  const end = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  useEffect(() => () => clearTimeout(press.current?.timer), []);
  return {
    onPointerDown(event: PointerEvent) {
      end();
      opened.current = false;
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      const { target, clientX, clientY } = event;
      const say = () =>
        target.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX, clientY }));
      press.current = { x: clientX, y: clientY, timer: setTimeout(say, REST) };
    },
    onPointerMove({ clientX, clientY }: PointerEvent) {
      if (press.current !== null && Math.hypot(clientX - press.current.x, clientY - press.current.y) > STRAY) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu() {
      opened.current = press.current !== null;
      end();
    },
    // That the finger goes away is no click on the row.
    onTouchEnd(event: TouchEvent) {
      if (opened.current) event.preventDefault();
    },
  };
}
