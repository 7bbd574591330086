import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// Read, not imported: what counts is what stands in the file.
const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map(([, name, color]) => [name, color]));
}

// The selector at the start of a line; the comment at the top names it too.
const split = css.search(/^\[data-theme="dark"\]/m);
const themes = { light: tokens(css.slice(0, split)), dark: tokens(css.slice(split)) };

/** WCAG 2.2: relative luminance of sRGB. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe.each(Object.entries(themes))("the %s theme", (_name, theme) => {
  const color = (token: string) => {
    const value = theme.get(token);
    if (value === undefined) throw new Error(`tokens.css has no --${token}`);
    return value;
  };

  it("has ink of at least 4.5:1 on every surface, a selected row included", () => {
    for (const ink of ["text", "text-2", "text-3"]) {
      for (const surface of ["sunken", "canvas", "panel", "raised", "hover", "selected"]) {
        expect(contrast(color(ink), color(surface)), `--${ink} on --${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("has states that can be read on the panel and on their own ground", () => {
    for (const state of ["live", "warn", "bad"]) {
      expect(contrast(color(state), color("panel")), state).toBeGreaterThanOrEqual(4.5);
      expect(contrast(color(state), color(`${state}-soft`)), `${state}-soft`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("has twelve run colours of at least 3:1 on the panel", () => {
    for (let slot = 0; slot < 12; slot++)
      expect(contrast(color(`c${slot}`), color("panel")), `--c${slot}`).toBeGreaterThanOrEqual(3);
  });
});
