// Films of a panel go as one: what one of them does (plays, rests, goes to a place, changes its speed), the others do.

const FRAME = 0.01; // seconds: resting films that are nearer show the same
const DRIFT = 0.15; // seconds that playing films may be apart before they are put together

const HEARD = ["play", "pause", "seeking", "ratechange", "timeupdate"];

/** What is needed of a film. */
export type Film = Pick<
  HTMLVideoElement,
  "paused" | "ended" | "duration" | "currentTime" | "playbackRate" | "play" | "pause"
>;

/** A film of which the length is not known (a stream's) has no end. */
const atEnd = ({ currentTime, duration }: Film, time = currentTime) => time >= duration - FRAME;

function putAt(film: Film, time: number, apart: number): void {
  const to = Number.isFinite(film.duration) ? Math.min(time, film.duration) : time;
  if (Math.abs(film.currentTime - to) > apart) film.currentTime = to;
}

/** `leader`: the one that was played last by hand. Gives the leader after the event. */
export function together(type: string, film: Film, others: readonly Film[], leader: Film | null): Film | null {
  const apart = film.paused ? FRAME : DRIFT;
  switch (type) {
    case "play":
      if (leader !== null && leader !== film && !leader.paused) return leader; // it goes with the leader
      for (const other of others) {
        putAt(other, film.currentTime, FRAME);
        if (!atEnd(other, film.currentTime)) void other.play().catch(() => {}); // its player says why it cannot
      }
      return film;
    case "pause":
      // A film that has come to its end does not stop longer ones.
      if (!film.ended) for (const other of others) other.pause();
      return leader;
    case "seeking":
      if (!atEnd(film)) for (const other of others) putAt(other, film.currentTime, apart);
      return leader;
    case "ratechange":
      for (const other of others) if (other.playbackRate !== film.playbackRate) other.playbackRate = film.playbackRate;
      return leader;
    default:
      if (film === leader) for (const other of others) if (!other.paused) putAt(other, film.currentTime, DRIFT);
      return leader;
  }
}

/** A reference for what has the films in it, also those that come later. */
export function keepTogether(el: HTMLElement | null): (() => void) | undefined {
  if (el === null) return undefined;
  let leader: Film | null = null;
  const hear = ({ type, target }: Event) => {
    if (!(target instanceof HTMLVideoElement)) return;
    const others = [...el.querySelectorAll("video")].filter((other) => other !== target);
    leader = together(type, target, others, leader);
  };
  // These events do not bubble.
  for (const type of HEARD) el.addEventListener(type, hear, true);
  return () => {
    for (const type of HEARD) el.removeEventListener(type, hear, true);
  };
}
