// Tags are any bytes. Within the application a tag is a string: its text, or, where the bytes are not UTF-8, a key that holds
// them as base64. The key begins with a lone surrogate, which no text from a server can contain.

const MARK = "\udfff";

interface WireTag {
  tag: string;
  tag_base64?: string;
}

export const tagKey = ({ tag, tag_base64 }: WireTag): string => (tag_base64 === undefined ? tag : MARK + tag_base64);

/** As series:query takes it. */
export const wireTag = (key: string): { tag: string } | { tag_base64: string } =>
  key.startsWith(MARK) ? { tag_base64: key.slice(MARK.length) } : { tag: key };

/** The text to show: bytes that are not ASCII as \xNN. */
export function tagText(key: string): string {
  if (!key.startsWith(MARK)) return key;
  try {
    return [...atob(key.slice(MARK.length))]
      .map((c) => (c.charCodeAt(0) < 0x80 ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`))
      .join("");
  } catch {
    return key.slice(MARK.length);
  }
}
