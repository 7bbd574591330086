// The short link, copied if the browser lets us, and there to be copied by hand.

import { Popover } from "@base-ui/react/popover";
import { type RefObject, useEffect, useState } from "react";
import controls from "../../components/controls.module.css";
import { text } from "../../text";
import css from "./Views.module.css";

interface Props {
  link: string;
  anchor: RefObject<HTMLElement | null>;
  onClose(): void;
}

export function SharePopup({ link, anchor, onClose }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    // No clipboard without a secure context, and none where the person does not allow it.
    navigator.clipboard?.writeText(link).then(
      () => setCopied(true),
      () => {},
    );
  }, [link]);
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Portal>
        <Popover.Positioner className={controls.layer} anchor={anchor} sideOffset={6} align="end">
          <Popover.Popup className={`${controls.popup} ${css.share}`} aria-label={text.linkMade}>
            <p role="status">{copied ? text.linkCopied : text.linkMade}</p>
            <input
              className={controls.text}
              readOnly
              value={link}
              aria-label={text.linkMade}
              onFocus={(event) => event.target.select()}
            />
            <p>{text.linkHint}</p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
