/** More lines than a chart can tell apart: a rule draws so many at most. */
export const MAX_DRAWN = 5000;
