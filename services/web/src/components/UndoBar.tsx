import { X } from "lucide-react";
import { text } from "../text";
import controls from "./controls.module.css";
import { icon } from "./Shell";
import css from "./UndoBar.module.css";
import { dismiss, takeBack, useDone } from "./undo";

export function UndoBar() {
  const what = useDone();
  return (
    <div className={css.place} role="status">
      {what !== null && (
        <div className={what.bad ? `${css.bar} ${css.bad}` : css.bar}>
          <span>{what.text}</span>
          {what.undo !== null && (
            <button type="button" className={controls.btn} onClick={takeBack}>
              {text.undo} <kbd className={controls.kbd}>u</kbd>
            </button>
          )}
          <button type="button" className={controls.small} aria-label={text.close} onClick={dismiss}>
            <X {...icon} size={14} />
          </button>
        </div>
      )}
    </div>
  );
}
