// Tags are any bytes. Within the application a tag is a string: its text, or, where the bytes are not UTF-8, a key that holds
// them as base64. The key begins with a lone surrogate, which no text from a server can contain.

const MARK = "\udfff";
/** Before the text of an expression, which stands where a tag stands. */
const EXPRESSION = "\udffe";

interface WireTag {
  tag: string;
  tag_base64?: string;
}

export const tagKey = ({ tag, tag_base64 }: WireTag): string => (tag_base64 === undefined ? tag : MARK + tag_base64);

/** An expression over a run's series, as a key that stands where a tag's stands. */
export const expressionKey = (expression: string): string => EXPRESSION + expression;
export const isExpression = (key: string): boolean => key.startsWith(EXPRESSION);

/** As series:query takes it. */
export function wireTag(key: string): { tag: string } | { tag_base64: string } | { expression: string } {
  if (key.startsWith(MARK)) return { tag_base64: key.slice(MARK.length) };
  return isExpression(key) ? { expression: key.slice(EXPRESSION.length) } : { tag: key };
}

/** The text to show: bytes that are not ASCII as \xNN. */
export function tagText(key: string): string {
  if (isExpression(key)) return key.slice(EXPRESSION.length);
  if (!key.startsWith(MARK)) return key;
  try {
    return [...atob(key.slice(MARK.length))]
      .map((c) => (c.charCodeAt(0) < 0x80 ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`))
      .join("");
  } catch {
    return key.slice(MARK.length);
  }
}
