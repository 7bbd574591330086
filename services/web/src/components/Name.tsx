// A name that somebody logged: hostile until shown. Isolated against its neighbours' direction, control and direction
// characters made visible, and cut where it would be too long for a label (the whole is in the title).

import { text } from "../text";

const MAX_SHOWN = 240;
const MAX_TITLE = 1000;
// Controls (Cc) and format characters (Cf: bidi, zero-width, soft hyphen, BOM), line separators, lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/gu;

export function visible(name: string): string {
  return name.replace(INVISIBLE, (c) => {
    const code = c.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `‹${code.toString(16).toUpperCase().padStart(4, "0")}›`;
  });
}

export function shorten(name: string, most: number): string {
  if (name.length <= most) return name;
  // Two UTF-16 units at most for a character: no need to spread a name of megabytes.
  const points = [...name.slice(0, most * 2 + 2)];
  return points.length > most ? `${points.slice(0, most).join("")}…` : name;
}

/** `title`: whether the whole name shows on hover. */
export function Name({ name, dimTo = 0, title = true }: { name: string; dimTo?: number; title?: boolean }) {
  if (name === "") return <bdi data-empty>{text.empty}</bdi>;
  const shown = visible(shorten(name, MAX_SHOWN));
  return (
    <bdi title={title ? visible(shorten(name, MAX_TITLE)) : undefined}>
      {dimTo > 0 && dimTo < shown.length ? (
        <>
          <span>{shown.slice(0, dimTo)}</span>
          {shown.slice(dimTo)}
        </>
      ) : (
        shown
      )}
    </bdi>
  );
}
