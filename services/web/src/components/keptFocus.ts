// The focus is never lost: where what had it goes away (a bar whose act is done, a row that was deleted, a page that was left),
// it goes to what is nearest. Only for whoever works by keys; a pointer needs no focus.

// What the acts are about comes before the acts: the row of a table that is in the order of Tab.
const ROW = '[role="row"][tabindex="0"]';
const CONTROL = ':is(button, a[href], input, select, textarea, [tabindex="0"]):not(:disabled, [tabindex="-1"])';

const OWN = 100; // ms that a popup has to give the focus back itself

/** The place to go to from what was removed, by the elements that it stood in, innermost first. */
function nearest(around: readonly Element[]): HTMLElement | null {
  const main = document.getElementById("main");
  const home = around.find((el) => el.isConnected && main?.contains(el)) ?? main;
  const found = home?.querySelector<HTMLElement>(ROW);
  if (found || home === main) return found ?? main;
  const controls = home?.querySelectorAll<HTMLElement>(CONTROL) ?? [];
  return [...controls].find((el) => el.checkVisibility()) ?? main;
}

function pathOf(el: Element): Element[] {
  const path: Element[] = [];
  for (let at: Element | null = el; at !== null; at = at.parentElement) path.push(at);
  return path;
}

/** For the whole life of the program, whatever page is there. */
export function keepFocus(): void {
  let around: Element[] = [];
  // On the page itself: what opened over it gives the focus back to this.
  let below: HTMLElement | null = null;
  let byKeys = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const lost = () => byKeys && around.length > 0 && !around[0].isConnected && document.activeElement === document.body;
  const settle = () => {
    timer = undefined;
    if (!lost()) return;
    const back = below?.isConnected ? below : nearest(around);
    back?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => {
    if (timer === undefined && lost()) timer = setTimeout(settle, OWN);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  const on = <K extends keyof WindowEventMap>(name: K, listener: (event: WindowEventMap[K]) => void) =>
    addEventListener(name, listener, true);
  on("focusin", ({ target }) => {
    around = target instanceof Element ? pathOf(target) : [];
    if (target instanceof HTMLElement && target.closest("#main") !== null) below = target;
  });
  on("keydown", () => {
    byKeys = true;
  });
  on("pointerdown", () => {
    byKeys = false;
  });
}
