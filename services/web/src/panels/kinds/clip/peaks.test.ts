import { describe, expect, it } from "vitest";
import { COLUMNS, type Peaks, peaksOf, spanAt } from "./peaks";
import { hasWaveform } from "./usePeaks";

/** The whole of it, and how often it paused. */
function all(channels: Float32Array[], rate: number): { peaks: Peaks; pauses: number } {
  const slices = peaksOf(channels, rate);
  for (let pauses = 0; ; pauses++) {
    const { done, value } = slices.next();
    if (done) return { peaks: value, pauses };
  }
}

describe("the peaks of a sound", () => {
  it("have every spike of every channel, and pause on the way", () => {
    const left = new Float32Array(2_000_000);
    const right = new Float32Array(2_000_000);
    left[1_234_567] = 0.75;
    right[1_999_999] = -0.5;
    const { peaks, pauses } = all([left, right], 8000);
    expect(peaks.seconds).toBe(250);
    expect(peaks.greatest[Math.floor((1_234_567 * COLUMNS) / 2_000_000)]).toBe(0.75);
    expect(peaks.least.at(-1)).toBe(-0.5);
    expect(peaks.greatest.filter((high) => high !== 0).length).toBe(1);
    expect(pauses).toBeGreaterThan(5);
  });

  it("of a sound that is shorter than they are many are its samples", () => {
    const { peaks } = all([new Float32Array([0.5, -0.25, 0])], 3);
    expect([...peaks.least]).toEqual([0.5, -0.25, 0]);
    expect([...peaks.greatest]).toEqual([0.5, -0.25, 0]);
    expect(peaks.seconds).toBe(1);
    expect(all([], 8000).peaks.least.length).toBe(0);
  });
});

describe("a pixel of a waveform", () => {
  const peaks: Peaks = {
    seconds: 1,
    least: new Float32Array([-1, 0, 0, -0.5]),
    greatest: new Float32Array([0, 0.5, 0.25, 0]),
  };

  it("shows the least and the greatest under it", () => {
    expect([0, 1].map((x) => spanAt(peaks, x, 2))).toEqual([
      [-1, 0.5],
      [-0.5, 0.25],
    ]);
  });

  it("of a wide picture shows the one that it lies in", () => {
    expect([0, 1, 2, 7].map((x) => spanAt(peaks, x, 8))).toEqual([
      [-1, 0],
      [-1, 0],
      [0, 0.5],
      [-0.5, 0],
    ]);
  });
});

describe("a waveform", () => {
  const clip = { blob: "a", label: "", rate: undefined, seconds: undefined };

  it("is of sounds up to a size, which is smaller where a file may be long", () => {
    expect(hasWaveform({ ...clip, type: "audio/wav", bytes: 16 << 20 })).toBe(true);
    expect(hasWaveform({ ...clip, type: "audio/wav", bytes: (16 << 20) + 1 })).toBe(false);
    expect(hasWaveform({ ...clip, type: "audio/mpeg", bytes: 2 << 20 })).toBe(true);
    expect(hasWaveform({ ...clip, type: "audio/mpeg", bytes: (2 << 20) + 1 })).toBe(false);
    expect(hasWaveform({ ...clip, type: "audio/wav", bytes: 0 })).toBe(false);
    expect(hasWaveform({ ...clip, type: "video/mp4", bytes: 1 })).toBe(false);
  });
});
