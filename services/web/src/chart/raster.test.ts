import { describe, expect, it } from "vitest";
import { exactItem } from "../api/series_testing";
import { drawBand, drawSpans } from "./geometry";
import { lineOf, steps } from "./picture_testing";
import { clip, Density, polyline, Raster } from "./raster";
import { makeScale } from "./scale";

// A picture as text: one character a pixel, 0 (background) to 9 (full ink).
function picture(raster: Raster): string[] {
  return Array.from({ length: raster.height }, (_, y) =>
    Array.from({ length: raster.width }, (_, x) =>
      Math.round((1 - raster.pixels[(y * raster.width + x) * 4] / 255) * 9),
    ).join(""),
  );
}

const white = [255, 255, 255] as const;
const black = [0, 0, 0] as const;

function drawn(width: number, height: number, draw: (raster: Raster) => void, alpha = 1): string[] {
  const raster = new Raster(width, height, white);
  draw(raster);
  raster.flush(black, alpha);
  return picture(raster);
}

describe("the rasteriser's golden pixels", () => {
  it("draws a horizontal line on pixel centres sharp", () => {
    expect(drawn(6, 3, (r) => r.line(1, 1.5, 5, 1.5, 1))).toEqual(["000000", "099990", "000000"]);
  });

  it("splits a line between two rows in halves", () => {
    // Half of 255 rounds to 127.5: 4 or 5 of 9.
    const rows = drawn(4, 4, (r) => r.line(0, 2, 4, 2, 1));
    expect(rows[0]).toBe("0000");
    expect(rows[1]).toMatch(/^[45]{4}$/);
    expect(rows[2]).toBe(rows[1]);
    expect(rows[3]).toBe("0000");
  });

  it("draws a vertical line as it draws a horizontal one", () => {
    const across = drawn(5, 5, (r) => r.line(0.5, 2.25, 4.5, 2.25, 1.5));
    const down = drawn(5, 5, (r) => r.line(2.25, 0.5, 2.25, 4.5, 1.5));
    const turned = across.map((_, i) => across.map((row) => row[i]).join(""));
    expect(down).toEqual(turned);
  });

  it("draws a diagonal with the same ink in both directions", () => {
    const there = drawn(6, 6, (r) => r.line(0, 0, 6, 6, 1));
    const back = drawn(6, 6, (r) => r.line(6, 6, 0, 0, 1));
    expect(there).toEqual(back);
    expect(there).toEqual(["920000", "292000", "029200", "002920", "000292", "000029"]);
  });

  it("does not darken the joint of two segments", () => {
    const whole = drawn(8, 3, (r) => r.line(0, 1.5, 8, 1.5, 1), 0.5);
    const joined = drawn(8, 3, (r) => polyline(r, [0, 3.4, 8], [1.5, 1.5, 1.5], 0, 3, 1, []), 0.5);
    expect(joined).toEqual(whole);
  });

  it("draws dashes that run on through corners", () => {
    expect(drawn(12, 1, (r) => polyline(r, [0, 5, 12], [0.5, 0.5, 0.5], 0, 3, 1, [4, 2]))).toEqual(["999900999900"]);
  });

  it("draws a dot round", () => {
    const rows = drawn(7, 7, (r) => r.dot(3.5, 3.5, 2));
    expect(rows).toEqual([...rows].reverse());
    expect(rows[3]).toMatch(/^0[1-9]999[1-9]0$/);
    expect(rows[0]).toBe("0000000");
  });

  it("puts translucent ink over ink", () => {
    const raster = new Raster(1, 1, white);
    for (let i = 0; i < 2; i++) {
      raster.rect(0, 0, 1, 1);
      raster.flush(black, 0.5);
    }
    expect(raster.pixels[0]).toBeGreaterThanOrEqual(63);
    expect(raster.pixels[0]).toBeLessThanOrEqual(64);
    expect(raster.pixels[3]).toBe(255);
  });

  it("leaves the mask clean after a flush", () => {
    const raster = new Raster(4, 4, white);
    raster.line(0, 0, 4, 4, 2);
    raster.flush(black, 1);
    const before = raster.pixels.slice();
    raster.flush(black, 1);
    expect(raster.pixels).toEqual(before);
  });

  it("draws a crowd's spans with soft ends", () => {
    const raster = new Raster(3, 4, white);
    raster.spans(Float32Array.of(1, 0.5, 9), Float32Array.of(3, 1, 8), black, 1);
    expect(picture(raster).map((row) => row.replace(/[45]/g, "h"))).toEqual(["0h0", "900", "900", "000"]);
  });

  it("ignores what is far outside, infinite or not a number", () => {
    const empty = ["0000", "0000"];
    expect(drawn(4, 2, (r) => r.line(0, 1e12, 4, 1e13, 1))).toEqual(empty);
    expect(drawn(4, 2, (r) => r.line(0, Number.NaN, 4, 1, 1))).toEqual(empty);
    expect(drawn(4, 2, (r) => r.line(0, Number.NEGATIVE_INFINITY, 4, 1, 1))).toEqual(empty);
    expect(drawn(4, 2, (r) => r.rect(-5, 0, -1, 2))).toEqual(empty);
  });

  it("keeps the visible part of a line that leaves the picture", () => {
    const far = drawn(4, 4, (r) => r.line(-1e6, 2.5, 1e6, 2.5, 1));
    expect(far).toEqual(["0000", "0000", "9999", "0000"]);
  });
});

describe("clip", () => {
  it("cuts at the edges and keeps the slope", () => {
    expect(clip(-10, 0, 10, 20, 0, 0, 10, 100)).toEqual([0, 10, 10, 20]);
    expect(clip(0, 0, 1, 1, 5, 5, 6, 6)).toBeNull();
  });
});

describe("golden pixels of crowds and groups", () => {
  it("counts the lines that cross a pixel and shows them on a log scale of colours", () => {
    const raster = new Raster(3, 2, white);
    const density = new Density(3, 2);
    const span = (from: number, to: number) =>
      [Float32Array.of(from, from, from), Float32Array.of(to, to, to)] as const;
    for (let i = 0; i < 9; i++) density.spans(...span(0, 1));
    for (let i = 0; i < 3; i++) density.spans(...span(1, 2));
    density.paint(raster, [
      [200, 200, 200],
      [0, 0, 0],
    ]);
    expect([raster.pixels[0], raster.pixels[12]]).toEqual([0, 100]);
    expect(raster.pixels[3]).toBe(255);
  });

  it("leaves pixels that no line crosses as they are", () => {
    const raster = new Raster(2, 2, white);
    new Density(2, 2).paint(raster, [black, black]);
    expect(picture(raster)).toEqual(["00", "00"]);
  });

  it("fills a band between its edges and leaves a gap where there is none", () => {
    const x = Float64Array.of(0, 4, 6, 10);
    const lo = Float64Array.of(1, 1, Number.NaN, 2);
    const hi = Float64Array.of(3, 3, Number.NaN, 3);
    const rows = drawn(10, 4, (r) =>
      drawBand(r, x, lo, hi, makeScale(0, 10, 0, 10, "lin"), makeScale(0, 4, 4, 0, "lin")),
    );
    expect(rows).toEqual(["0000000000", "9999000000", "9999000000", "0000000000"]);
  });

  it("draws a dense line as spans, with dashes along x", () => {
    const line = lineOf(exactItem(steps(40), steps(40).map(Number), steps(40).map(Number))).line;
    const raster = new Raster(10, 4, white);
    const flat = new Float64Array(40).fill(1.5);
    drawSpans(
      raster,
      line,
      0,
      makeScale(0, 39, 0, 10, "lin"),
      makeScale(0, 4, 4, 0, "lin"),
      flat,
      black,
      1,
      0.5,
      [4, 2],
    );
    expect(picture(raster)).toEqual(["0000000000", "0000000000", "9999009999", "0000000000"]);
  });
});
