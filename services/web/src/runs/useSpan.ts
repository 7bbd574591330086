// Which part of the table's width is in view, in blocks: rows are made anew only when another block comes near.

import { type RefObject, useLayoutEffect, useState } from "react";
import type { Span } from "./layout";

const BLOCK = 256; // CSS pixels

/** The blocks in view and one more at either side. `width`: CSS pixels, for the first guess. */
export function useSpan(scroll: RefObject<HTMLElement | null>, width: number): Span {
  const [span, setSpan] = useState<Span>(() => blocks(0, width));
  useLayoutEffect(() => {
    const el = scroll.current;
    if (el === null) return;
    const look = () => {
      const next = blocks(el.scrollLeft, el.clientWidth);
      setSpan((old) => (old.from === next.from && old.to === next.to ? old : next));
    };
    look();
    el.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(el);
    return () => {
      el.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [scroll]);
  return span;
}

const blocks = (left: number, width: number): Span => ({
  from: (Math.floor(left / BLOCK) - 1) * BLOCK,
  to: (Math.ceil((left + width) / BLOCK) + 1) * BLOCK,
});
