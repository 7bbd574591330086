// Lists in one query parameter: items joined by commas. An item with a character that means something here is written in
// double quotes, with \" and \\ for those two, as tags are in the filter language.

const PLAIN = /^[^\s",~+\\-][^\s",~\\]*$/;

export function quoteItem(item: string, always = false): string {
  return !always && PLAIN.test(item) ? item : `"${item.replace(/[\\"]/g, "\\$&")}"`;
}

/**
 * Splits at commas outside of quotes; each part is prefix + item. null: a quote does not end, or text stands beside one.
 * `prefixes`: longer ones first.
 */
export function splitList(
  text: string,
  prefixes: readonly string[] = ["-", "+"],
): { prefix: string; item: string }[] | null {
  const out: { prefix: string; item: string }[] = [];
  let at = 0;
  while (at < text.length) {
    const prefix = prefixes.find((p) => text.startsWith(p, at)) ?? "";
    at += prefix.length;
    let item = "";
    if (text[at] === '"') {
      const end = endOfQuote(text, at);
      if (end < 0) return null;
      item = text.slice(at + 1, end).replace(/\\(.)/gs, "$1");
      at = end + 1;
      if (at < text.length && text[at] !== ",") return null;
    } else {
      const comma = text.indexOf(",", at);
      const end = comma < 0 ? text.length : comma;
      item = text.slice(at, end);
      if (item === "") return null;
      at = end;
    }
    out.push({ prefix, item });
    if (text[at] === ",") {
      at++;
      if (at === text.length) return null;
    }
  }
  return out;
}

function endOfQuote(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}
