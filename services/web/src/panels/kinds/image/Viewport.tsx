// The frame that enlarged pictures are seen in, with what lies over it.

import { type ReactNode, useRef } from "react";
import controls from "../../../components/controls.module.css";
import { text } from "../../../text";
import css from "./Large.module.css";
import { type Seen, useHands } from "./useHands";

interface Props {
  seen: Seen;
  /** It has the buttons. */
  first: boolean;
  /** In the frame. */
  children: ReactNode;
  /** Over the frame, apart from its gestures. */
  over: ReactNode;
}

export function Viewport({ seen, first, children, over }: Props) {
  const frame = useRef<HTMLElement>(null);
  const hands = useHands(frame, seen);
  return (
    <div className={css.framed}>
      <section
        ref={frame}
        className={css.frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is enlarged is moved by keys.
        tabIndex={0}
        aria-label={text.kinds.enlarged}
        onPointerDown={hands.down}
        onPointerMove={hands.move}
        onPointerUp={hands.up}
        onPointerCancel={hands.up}
        onPointerLeave={() => seen.onMark(null)}
        onKeyDown={hands.press}
      >
        {children}
      </section>
      {over}
      {first && (
        <fieldset className={css.zoom} aria-label={text.kinds.zoom}>
          {(["-", "0", "+"] as const).map((key) => (
            <button
              key={key}
              type="button"
              className={controls.small}
              aria-label={text.kinds.zoomBy[key]}
              title={text.kinds.zoomBy[key]}
              onClick={() => hands.zoomKey(key)}
            >
              {text.kinds.zoomSign[key]}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
