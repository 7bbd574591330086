// Lines to copy with one click. `children`: as they are shown, where not plain.

import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { text } from "../text";
import css from "./CodeBox.module.css";
import controls from "./controls.module.css";
import { icon } from "./Shell";

export function CodeBox({ copy, label, children }: { copy: string; label?: string; children?: ReactNode }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const verb = `${copied ? text.copied : text.copy}${label === undefined ? "" : ` (${label})`}`;
  return (
    <div className={css.box}>
      {label !== undefined && <span className={css.label}>{label}</span>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a line that is too long scrolls, also by keyboard. */}
      <pre className={css.code} tabIndex={0}>
        {children ?? copy}
      </pre>
      <button
        type="button"
        className={controls.square}
        aria-label={verb}
        title={verb}
        onClick={() => void navigator.clipboard?.writeText(copy).then(() => setCopied(true))}
      >
        {copied ? <Check {...icon} size={14} /> : <Copy {...icon} size={14} />}
      </button>
    </div>
  );
}
