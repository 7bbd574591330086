const MOST = 500; // ms

/**
 * ms between two pictures of a panel that live points changed: as the page wants, or so many that drawing takes a third of the
 * time at most, if that keeps pictures within half a second. `round`: ms that a picture of each panel takes.
 */
export const livePause = (wanted: number, round: number): number => Math.max(wanted, Math.min(MOST, 3 * round));
