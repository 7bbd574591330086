// The query string as an ordered list of decoded pairs. Written as readable as a URL allows: only what has to be is escaped.
// Reading is total: a malformed escape stays as it is. "+" is a plus sign (selections use it), a space is %20.

export type Pair = [key: string, value: string];

export function parseQuery(search: string): Pair[] {
  const body = search.startsWith("?") ? search.slice(1) : search;
  if (body === "") return [];
  return body
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
}

export function formatQuery(pairs: readonly Pair[]): string {
  const body = pairs.map(([key, value]) => (value === "" ? encode(key) : `${encode(key)}=${encode(value)}`)).join("&");
  return body === "" ? "" : `?${body}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const READABLE: Record<string, string> = {
  "%3A": ":",
  "%2C": ",",
  "%2F": "/",
  "%40": "@",
  "%3B": ";",
  "%2B": "+",
  "%24": "$",
};

function encode(text: string): string {
  // A lone surrogate cannot stand in a URL.
  const sound = text.replace(/\p{Surrogate}/gu, "\uFFFD");
  return encodeURIComponent(sound).replace(/%(?:3A|2C|2F|40|3B|2B|24)/g, (code) => READABLE[code]);
}
