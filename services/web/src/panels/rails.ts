// The step rails of the panels that are on the page, for the keys that are pressed on a panel.

type Move = (by: 1 | -1 | "last") => void;

const rails = new Map<string, Move>();

/** Gives what takes it back. */
export function addRail(panel: string, move: Move): () => void {
  rails.set(panel, move);
  return () => {
    if (rails.get(panel) === move) rails.delete(panel);
  };
}

/** To the next logged step of the panel that way, or to its last one. */
export const moveRail = (panel: string, by: 1 | -1 | "last") => rails.get(panel)?.(by);
