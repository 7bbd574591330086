// Answers to what public/early.js asked for before the program was there. Each is handed on once; later questions are asked
// anew.

declare global {
  interface Window {
    stepwellEarly?: Map<string, Promise<Response | null>>;
  }
}

/** The answer to a GET of this path, if it was asked for early; null: it was not, or it failed. */
export async function takeEarly(path: string): Promise<Response | null> {
  const early = typeof window === "undefined" ? undefined : window.stepwellEarly;
  const answer = early?.get(path);
  early?.delete(path);
  return (await answer) ?? null;
}
