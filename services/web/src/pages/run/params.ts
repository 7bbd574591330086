// Parameters: what differs, what is found, and how they are written for other programs.

export type Params = Record<string, unknown>;

/** What is captured about the run itself; not what its training was told. */
export const isCaptured = (key: string) => key.startsWith("stepwell.");

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A value as people read it: text without quotes, all else as JSON. */
export const shown = (value: unknown): string =>
  value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value);

export interface ParamRow {
  key: string;
  value: unknown;
  /** undefined: the baseline has none. */
  base: unknown;
  differs: boolean;
}

/** Of the run and its baseline, by name. */
export function paramRows(params: Params, base: Params | null): ParamRow[] {
  const keys = new Set([...Object.keys(params), ...Object.keys(base ?? {})]);
  return [...keys]
    .filter((key) => !isCaptured(key))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((key) => {
      const value = params[key];
      const before = base?.[key];
      return { key, value, base: before, differs: base !== null && !same(value, before) };
    });
}

/** "a.b.c" → {a: {b: {c}}}; a key that is both a value and a parent stays dotted. */
export function nested(params: Params): Params {
  const out: Params = Object.create(null);
  const keys = Object.keys(params).filter((key) => !isCaptured(key));
  const isParent = (path: string) => keys.some((key) => key.startsWith(`${path}.`));
  for (const key of keys.sort()) {
    const parts = key.split(".");
    const clean = parts.every((part, i) => {
      const path = parts.slice(0, i + 1).join(".");
      return part !== "" && (i === parts.length - 1 ? !isParent(path) : !keys.includes(path));
    });
    if (!clean) {
      out[key] = params[key];
      continue;
    }
    let at = out;
    for (const part of parts.slice(0, -1)) {
      at[part] ??= Object.create(null);
      at = at[part] as Params;
    }
    at[parts[parts.length - 1]] = params[key];
  }
  return out;
}

export const asJson = (params: Params): string => JSON.stringify(nested(params), null, 2);

const PLAIN = /^[A-Za-z_][\w./-]*$/;
// What YAML 1.1 or 1.2 would read as something else than text.
const NOT_TEXT = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|\.inf|\.nan|~)$/i;

function yamlScalar(value: unknown): string {
  if (typeof value === "string") return PLAIN.test(value) && !NOT_TEXT.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? "null";
}

export function asYaml(params: Params): string {
  const lines: string[] = [];
  const write = (value: Params, indent: string) => {
    for (const [key, child] of Object.entries(value)) {
      const name = PLAIN.test(key) && !NOT_TEXT.test(key) ? key : JSON.stringify(key);
      if (typeof child === "object" && child !== null && !Array.isArray(child) && Object.keys(child).length > 0) {
        lines.push(`${indent}${name}:`);
        write(child as Params, `${indent}  `);
      } else {
        lines.push(`${indent}${name}: ${yamlScalar(child)}`);
      }
    }
  };
  write(nested(params), "");
  return `${lines.join("\n")}\n`;
}

const SAFE_WORD = /^[\w@%+=:,./-]+$/;
const shellWord = (word: string) => (SAFE_WORD.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`);

/** `--optim.lr 0.001 --model.arch vit-b16` */
export function asCommandLine(params: Params): string {
  return Object.entries(params)
    .filter(([key]) => !isCaptured(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${shellWord(`--${key}`)} ${shellWord(shown(value))}`)
    .join(" ");
}
