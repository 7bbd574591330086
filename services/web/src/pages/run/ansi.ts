// Colours of a terminal (ECMA-48 SGR) in a line of text. Other escapes are dropped. What a carriage return goes back over is
// overwritten, as in a terminal: of a progress bar its last state is left.

export interface AnsiPart {
  text: string;
  /** "red", "green", …; "": the text's own. */
  colour: string;
  bold: boolean;
}

const COLOURS = ["grey", "red", "green", "yellow", "blue", "magenta", "cyan", ""];
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one.
const ESCAPE = /\x1b(?:\[([0-?]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;

export function ansiParts(printed: string): AnsiPart[] {
  const line = printed.slice(printed.lastIndexOf("\r", printed.length - 2) + 1);
  if (!line.includes("\x1b")) return [{ text: line, colour: "", bold: false }];
  const parts: AnsiPart[] = [];
  let colour = "";
  let bold = false;
  let at = 0;
  const put = (end: number) => {
    if (end > at) parts.push({ text: line.slice(at, end), colour, bold });
  };
  for (const match of line.matchAll(ESCAPE)) {
    put(match.index);
    at = match.index + match[0].length;
    if (match[2] !== "m") continue;
    const codes = (match[1] || "0").split(/[;:]/).map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i];
      if (code === 0) {
        colour = "";
        bold = false;
      } else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code >= 30 && code <= 37) colour = COLOURS[code - 30];
      else if (code >= 90 && code <= 97) colour = COLOURS[code - 90];
      else if (code === 39) colour = "";
      else if (code === 38 || code === 48) {
        // Of 256 colours the first are those above; the others and true colour have no token and keep the text's own.
        if (code === 38 && codes[i + 1] === 5) colour = codes[i + 2] < 16 ? COLOURS[codes[i + 2] & 7] : "";
        i += codes[i + 1] === 5 ? 2 : codes[i + 1] === 2 ? 4 : 0;
      }
    }
  }
  put(line.length);
  return parts;
}
