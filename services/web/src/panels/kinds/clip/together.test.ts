import { describe, expect, it } from "vitest";
import { type Film, together } from "./together";

/** A film as the browser has it, that writes down what it is told. */
class Fake implements Film {
  paused = true;
  ended = false;
  playbackRate = 1;
  told: string[] = [];

  constructor(
    readonly duration: number,
    private at = 0,
  ) {}

  get currentTime() {
    return this.at;
  }
  set currentTime(to: number) {
    this.at = to;
    this.told.push(`to ${to}`);
  }
  play() {
    this.paused = false;
    this.told.push("play");
    return Promise.resolve();
  }
  pause() {
    this.paused = true;
    this.told.push("pause");
  }
}

describe("films of a panel", () => {
  it("play from the place of the one that is played, but for those that end before it", () => {
    const film = new Fake(10, 3);
    const [long, short] = [new Fake(20), new Fake(2)];
    film.paused = false;
    expect(together("play", film, [long, short], null)).toBe(film);
    expect(long.told).toEqual(["to 3", "play"]);
    expect(short.told).toEqual(["to 2"]);
    // Its own event makes nothing of it.
    expect(together("play", long, [film, short], film)).toBe(film);
    expect(film.told).toEqual([]);
  });

  it("rest with one, but not with one that is at its end", () => {
    const [film, other] = [new Fake(10, 3), new Fake(20, 3)];
    together("pause", film, [other], null);
    expect(other.told).toEqual(["pause"]);
    film.ended = true;
    together("pause", film, [other], null);
    expect(other.told).toEqual(["pause"]);
  });

  it("go to its place, as far as they are long, and no shorter one takes the others back", () => {
    const [film, short] = [new Fake(Number.POSITIVE_INFINITY, 5), new Fake(2)];
    together("seeking", film, [short], null);
    expect(short.told).toEqual(["to 2"]);
    together("seeking", short, [film], null);
    expect(film.told).toEqual([]);
  });

  it("are put together when they drift apart, by the one that leads", () => {
    const [film, near, far] = [new Fake(10, 5), new Fake(10, 5.1), new Fake(10, 5.5)];
    for (const one of [film, near, far]) one.paused = false;
    together("timeupdate", far, [film, near], film);
    together("timeupdate", film, [near, far], film);
    expect([film, near, far].map(({ told }) => told)).toEqual([[], [], ["to 5"]]);
  });

  it("have one speed", () => {
    const [film, other] = [new Fake(10), new Fake(10)];
    film.playbackRate = 2;
    together("ratechange", film, [other], null);
    expect(other.playbackRate).toBe(2);
  });
});
