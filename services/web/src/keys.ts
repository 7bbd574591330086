// Keyboard acts. A handler says whether the key was its own. Keys typed into a field, or with Ctrl, ⌘ or Alt, are not acts.

import { useLayoutEffect } from "react";

export type KeyHandler = (key: string, event: KeyboardEvent) => boolean;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type);
}

export function useKeys(handler: KeyHandler): void {
  // Before what can be seen can be typed at.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      // An open dialog has the keys for itself.
      if (document.querySelector('[role="dialog"]') !== null) return;
      if (handler(event.key, event)) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [handler]);
}
